//! Every rule is needed: without it, an invariant breaks in a small scope.

use hushring_calls_model::ablation::ABLATIONS;
use hushring_calls_model::rules::Rule;
use hushring_calls_model::search::{Verdict, search};

#[test]
fn without_a_rule_an_invariant_breaks() {
    for (ablation, rule) in ABLATIONS.iter().zip(Rule::ALL) {
        assert_eq!(ablation.rule, rule);
        match ablation.run().verdict {
            Verdict::Broken { invariant, .. } => {
                assert!(
                    invariant.starts_with(ablation.invariant),
                    "{rule:?}: {invariant}"
                );
            }
            other => panic!("{rule:?}: {other:?}"),
        }
    }
}

/// With the rules, nothing breaks there.
#[test]
fn with_all_rules_nothing_breaks() {
    for ablation in ABLATIONS {
        let found = search(&ablation.scope(), false, usize::MAX);
        assert!(matches!(found.verdict, Verdict::Holds), "{found:?}");
    }
}

/// The README names every rule, and what breaks without it.
#[test]
fn the_readme_names_the_rules() {
    let readme = include_str!("../README.md");
    for ablation in ABLATIONS {
        let rule = ablation.rule;
        let (name, says) = (rule.name(), rule.says());
        let row = format!("| {name} | {says} | `{}` | ", ablation.scope);
        assert!(readme.contains(&row), "{row}");
        let rest = readme.split(&row).nth(1).unwrap();
        assert!(rest.starts_with(ablation.invariant), "{name}");
    }
}
