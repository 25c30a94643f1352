"""Can a classifier tell calls from messages by what the relay and the push service had of them?

classify.py <the directory that traffic.ts wrote>

The features and models are those of tests/indistinguishability. Prints the comparison that is the
farthest from a coin's, in standard errors, and by how far one may be by chance, once in 100 runs.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tests" / "indistinguishability"))

from scipy.stats import norm  # noqa: E402

from classify import COMPARISONS, Experiment  # noqa: E402


def question(half):
    return half.kind == "call", half.kind == "message"


def distance(area, error):
    return (area - 0.5) / error if error > 0 else 0.0


results = Experiment(Path(sys.argv[1])).compare(question)
distances = {" ".join(name): distance(*result[:2]) for name, result in results.items()}
farthest = max(distances, key=lambda name: abs(distances[name]))
print(
    json.dumps(
        {
            "comparisons": len(distances),
            "farthest": farthest,
            "distance": distances[farthest],
            "threshold": float(norm.isf(0.01 / 2 / len(COMPARISONS))),
        }
    )
)
