//! Is each rule needed? It is taken away, and an invariant has to break.

use crate::rules::Rule;
use crate::scope::Scope;
use crate::search::{Found, search};

/// In which scope an invariant breaks without a rule.
#[derive(Clone, Copy, Debug)]
pub struct Ablation {
    pub rule: Rule,
    pub scope: &'static str,
    /// The invariant, as its message begins.
    pub invariant: &'static str,
}

impl Ablation {
    /// Returns what happens without the rule, and after which steps.
    pub fn run(&self) -> Found {
        search(&self.scope().without(self.rule), true, usize::MAX)
    }

    /// Returns the scope, with the rule.
    pub fn scope(&self) -> Scope {
        let scope = format!("{} no-symmetry", self.scope);
        scope.parse().expect("a scope")
    }
}

/// Declares the table.
macro_rules! ablations {
    ($($rule:ident: $scope:literal => $invariant:literal;)+) => {
        /// For each rule, a small scope in which it is needed.
        pub const ABLATIONS: [Ablation; Rule::ALL.len()] = [$(Ablation {
            rule: Rule::$rule,
            scope: $scope,
            invariant: $invariant,
        }),+];
    };
}

ablations! {
    Older: "b=1 rings=2" => "RINGS";
    Anew: "b=1 rings=2" => "DISAGREE";
    Silenced: "b=2" => "RINGS";
    Ended: "b=1" => "RINGS";
    Newer: "b=1 rings=2" => "RINGS";
    KeptOlder: "b=1 rings=2 signals=1" => "STALE";
    KeptStay: "b=1 rings=2 signals=1 late" => "LOST";
    Taken: "b=2" => "DIED";
    EndOlder: "b=1 rings=2" => "SILENT";
    EndReason: "b=3 no-decline no-cancel no-hang-up" => "SILENCED";
    EndFirst: "b=1" => "RINGS";
    EndDated: "b=1 rings=2" => "SILENT";
    EndRing: "b=1 rings=2" => "RINGS";
    Declined: "b=2" => "DIED";
    HungUpFirst: "b=1" => "DISAGREE";
    Remaining: "b=2 c=1 no-cancel no-hang-up" => "HUNG UP";
    Refused: "b=1 busy" => "RINGS";
    BusyTaken: "b=1 busy" => "DIED";
    Others: "b=2" => "DIED";
    Stays: "b=2" => "DIED";
    StaysRecorded: "b=2 rings=2 no-decline no-hang-up" => "RINGS";
    SiblingRing: "b=2 rings=2 no-cancel no-hang-up" => "SILENT";
    SiblingFirst: "b=2" => "RINGS";
    SiblingDated: "b=2 rings=2 no-cancel no-hang-up" => "SILENT";
    AnswerRing: "b=1 rings=2" => "DISAGREE";
    Second: "b=2" => "TWO";
    SecondClosed: "b=2" => "DISAGREE";
    Told: "b=2 crashes=1" => "SAID";
    SignalsOpen: "b=1 reply" => "LOST";
    SignalOlder: "b=1 rings=2 signals=1" => "STALE";
    Kept: "b=1 signals=1" => "LOST";
    PlaceVoids: "b=2 rings=2 no-decline no-cancel" => "DIED";
    Left: "b=1 rings=2" => "SILENT";
    LateAnswer: "b=1 timeout" => "DISAGREE";
}
