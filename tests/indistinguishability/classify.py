"""Learns from one half to tell two classes apart, and measures on the other how well it does."""

import json
import warnings
from math import sqrt

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import features

warnings.simplefilter("ignore", ConvergenceWarning)  # 100 steps are enough, or are not

SEED = 1
MOST = 6000  # of each class, for the models of scikit-learn; every row is scanned for bits

MODELS = {
    "boosting": lambda: HistGradientBoostingClassifier(
        max_iter=30, max_leaf_nodes=8, min_samples_leaf=40, max_bins=63, early_stopping=False, random_state=SEED
    ),
    "logistic": lambda: make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=100)),
}
COMPARISONS = [(name, model) for name in features.ALL for model in MODELS] + [("bits", "scan")]


class Half:
    def __init__(self, directory, learnt):
        self.seen = features.Seen(directory)
        truth = [json.loads(line) for line in open(directory / "truth.ndjson")]
        self.kind = np.array([it["kind"] for it in truth])
        self.length = np.array([it.get("length", -1) for it in truth])
        self.suite = self.seen.bytes[:, 1]
        self.made = {name: make(self.seen, learnt) for name, make in features.ALL.items()}
        self.drawn = np.random.default_rng(SEED).permutation(len(truth))

    def classes(self, question):
        """The rows of the one class and of the other."""
        return [np.flatnonzero(rows) for rows in question(self)]

    def some(self, rows):
        return rows[np.argsort(self.drawn[rows])][:MOST]


class Experiment:
    def __init__(self, directory):
        learnt = []
        self.train = Half(directory / "train", learnt)
        self.test = Half(directory / "test", tuple(learnt))

    def compare(self, question):
        """For each comparison: the area under the ROC curve, its standard error, and the two counts."""
        train, test = self.train.classes(question), self.test.classes(question)
        results = {}
        some_train = [self.train.some(rows) for rows in train]
        some_test = [self.test.some(rows) for rows in test]
        labels = np.repeat([1, 0], [len(rows) for rows in some_train])
        for name, model in COMPARISONS[:-1]:
            learner = MODELS[model]()
            learner.fit(self.train.made[name][np.concatenate(some_train)].astype(np.float32), labels)
            scores = [
                learner.predict_proba(self.test.made[name][rows].astype(np.float32))[:, 1] for rows in some_test
            ]
            results[name, model] = area(*scores)
        results[COMPARISONS[-1]] = area(*self.scan(train, test))
        return results

    def scan(self, train, test):
        """Weighs each of the 23,040 bits by how far its frequencies lie apart, in standard errors.

        What exceeds 4 counts, which two bits do by chance; if nothing does, the farthest bit alone.
        """
        ones = [bits(self.train.seen.bytes, rows) for rows in train]
        counts = [len(rows) for rows in train]
        mean = (ones[0] + ones[1]) / sum(counts)
        error = np.sqrt(mean * (1 - mean) * (1 / counts[0] + 1 / counts[1]))
        apart = np.divide(ones[0] / counts[0] - ones[1] / counts[1], error, out=np.zeros_like(error), where=error > 0)
        excess = np.abs(apart) - min(4, np.abs(apart).max() * 0.999999)
        chosen = np.flatnonzero(excess > 0)
        weights = np.sign(apart[chosen]) * excess[chosen]
        at, shift = chosen // 8, 7 - chosen % 8
        return [((self.test.seen.bytes[rows][:, at] >> shift) & 1) @ weights for rows in test]


def bits(table, rows):
    """How often each bit is 1."""
    parts = (rows[start : start + 1000] for start in range(0, len(rows), 1000))
    return sum(np.unpackbits(table[part], axis=1).sum(0, dtype=np.int64) for part in parts)


def area(ones, others):
    """The area under the ROC curve, and its standard error where there is no difference.

    That of the rank sum over all ways to deal the labels, with ties: as Hanley and McNeil's for an
    area of 0.5, but exact for scores of few values too.
    """
    m, n = len(ones), len(others)
    scores = np.concatenate([ones, others])
    ranks = rankdata(scores)
    found = (ranks[:m].sum() - m * (m + 1) / 2) / (m * n)
    error = sqrt(ranks.var(ddof=1) / ((m + n) * m * n))
    return float(found), error, m, n
