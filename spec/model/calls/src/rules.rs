//! The rules that can be taken away, one at a time, to see whether each is needed.

/// Declares the rules: each with the line of spec/inbox.md it belongs to, and what it says.
macro_rules! rules {
    ($($rule:ident = $name:literal, $says:literal;)+) => {
        /// A rule of spec/inbox.md, section 8.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Rule {
            $(#[doc = $says] $rule,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: [Rule; [$($name),+].len()] = [$(Rule::$rule),+];

            /// Returns the line of the table, and which part of it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Rule::$rule => $name,)+
                }
            }

            /// Returns what the rule says.
            pub const fn says(self) -> &'static str {
                match self {
                    $(Rule::$rule => $says,)+
                }
            }
        }
    };
}

rules! {
    Older = "A1", "an invitation that is not newer than the last one is dropped";
    Anew = "A2", "a newer invitation to an answered call is answered anew";
    Silenced = "A3", "a ring that a sibling has ended does not ring";
    Ended = "A4", "a ring that the caller has ended does not ring";
    Newer = "A6", "a call that has rung rings again";
    KeptOlder = "A6-older", "kept signals older than the ring leave";
    KeptStay = "A5-stay", "kept signals outlast an invitation that does not ring";
    Taken = "Z1", "the device that was taken does not end";
    EndOlder = "Z2-rung", "the caller's end ends only a ring that is older";
    EndReason = "Z2-reason", "the caller's end gives no elsewhere reason where this device did not answer";
    EndFirst = "Z3", "an end that comes before its invitation is recorded";
    EndDated = "Z3-dated", "the caller's end is recorded for older rings alone";
    EndRing = "Z4", "an end that names an older ring is dropped";
    Declined = "Z5", "a leg stays open when one device declines";
    HungUpFirst = "Z6", "a hang-up that overtakes its answer closes the leg";
    Remaining = "Z5-remaining", "a leg that was taken remains, though a device declined before";
    Refused = "Z7", "a leg stays open when one device is busy";
    BusyTaken = "Z8-busy", "busy does not close the leg of the device that was taken";
    Others = "Z9", "an end of a device that was not taken is dropped";
    Stays = "Z10", "a sibling's end does not end what this device answered";
    StaysRecorded = "Z10-recorded", "and is recorded all the same";
    SiblingRing = "Z11-ring", "a sibling's end ends only the ring that it names, and older ones";
    SiblingFirst = "Z12", "a sibling's end that comes before the invitation is recorded";
    SiblingDated = "Z12-dated", "a sibling's end is recorded for that ring and older ones alone";
    AnswerRing = "G1", "an answer that names an older ring is dropped";
    Second = "G4", "the caller is told when a second device answers";
    SecondClosed = "G4-closed", "also after the device that was taken has hung up";
    Told = "G4-told", "and only once";
    SignalsOpen = "G6", "signals of a leg that is open are given";
    SignalOlder = "G8-older", "a signal older than the ring is dropped";
    Kept = "G10", "signals that overtake their invitation are kept";
    PlaceVoids = "place", "placing anew voids a `second` that the app has not acted on";
    Left = "left", "a device registers that it has declined or hung up";
    LateAnswer = "N22", "a caller that stopped without a word ends when an answer comes";
}

/// The rules that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    without: u64,
}

impl Rules {
    /// All rules.
    pub const ALL: Rules = Rules { without: 0 };

    /// Takes a rule away.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Rules {
        Rules {
            without: self.without | 1 << rule as u64,
        }
    }

    /// Returns whether a rule holds.
    pub const fn hold(self, rule: Rule) -> bool {
        self.without >> rule as u64 & 1 == 0
    }

    /// Returns whether no rule was taken away.
    pub const fn are_whole(self) -> bool {
        self.without == 0
    }
}
