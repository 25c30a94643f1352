//! How much is looked at: how many devices, rings and signals, and what may happen.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::rules::{Rule, Rules};
use crate::{Account, CALLER, Device, LAST, STRANGER};

/// How much is looked at. Written as text such as `b=2 rings=2 busy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    numbers: [usize; NUMBERS.len()],
    switches: [bool; SWITCHES.len()],
    /// The rules that hold.
    pub rules: Rules,
}

/// The numbers of a scope, with those that are meant where none is given.
const NUMBERS: [(&str, usize); 5] = [
    ("b", 2),
    ("c", 0),
    ("rings", 1),
    ("signals", 0),
    ("crashes", 0),
];

const SWITCHES: [&str; 13] = [
    "busy",
    "late",
    "timeout",
    "reply",
    "anytime",
    "strangers",
    "reasons",
    "loss",
    "no-decline",
    "no-hang-up",
    "no-cancel",
    "no-symmetry",
    "no-burial",
];

/// Declares a method for each number or switch.
macro_rules! members {
    ($kind:ident of $list:ident: $($(#[$doc:meta])* $method:ident = $at:literal;)+) => {
        impl Scope {
            $(
                $(#[$doc])*
                pub const fn $method(&self) -> $kind {
                    self.$list[$at]
                }
            )+
        }
    };
}

members! { usize of numbers:
    /// Devices of account B.
    b = 0;
    /// Devices of account C, which is called as well.
    c = 1;
    /// How often each account may be rung.
    rings = 2;
    /// Signals that the caller may send after each ring, besides.
    signals = 3;
    /// How often a device may crash while an act is due, and repeat it.
    crashes = 4;
}

members! { bool of switches:
    /// A device may say that it is busy, and ring on or stop.
    is_busy = 0;
    /// An invitation may come too late to ring.
    is_late = 1;
    /// A ring may time out, at either end.
    times_out = 2;
    /// A device sends a signal with its answer.
    replies = 3;
    /// The caller may ring an account that it is talking to.
    rings_anytime = 4;
    /// A stranger, and account C, may say anything to anybody at any moment.
    has_strangers = 5;
    /// Every reason that may be given is given, rather than one of its kind.
    has_reasons = 6;
    /// Letters may be lost. Then fewer invariants hold.
    loses = 7;
    /// Nobody declines.
    no_decline = 8;
    /// No callee hangs up.
    no_hang_up = 9;
    /// The caller does not end the call.
    no_cancel = 10;
    /// States that differ in the names of devices alone are told apart.
    no_symmetry = 11;
    /// Letters that cannot change anything any more stay on their way.
    no_burial = 12;
}

impl Scope {
    /// Returns the scope with this rule taken away.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Scope {
        self.rules = self.rules.without(rule);
        self
    }

    /// Returns the devices that are called.
    pub const fn called(&self) -> RangeInclusive<Device> {
        1..=(self.b() + self.c()) as Device
    }

    /// Returns the devices of a called account.
    pub const fn devices(&self, account: Account) -> RangeInclusive<Device> {
        let b = self.b() as Device;
        match account {
            Account::B => 1..=b,
            _ => b + 1..=b + self.c() as Device,
        }
    }

    /// Returns the accounts that are called.
    pub fn accounts(&self) -> &'static [Account] {
        &Account::CALLED[..if self.c() == 0 { 1 } else { 2 }]
    }

    /// Returns whose device it is.
    pub const fn account_of(&self, device: Device) -> Account {
        match device {
            CALLER => Account::A,
            STRANGER => Account::M,
            _ if device as usize <= self.b() => Account::B,
            _ => Account::C,
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Scope, String> {
        let mut scope = Scope {
            numbers: NUMBERS.map(|(_, usual)| usual),
            switches: Default::default(),
            rules: Rules::ALL,
        };
        for word in text.split_whitespace() {
            let unknown = || format!("{word} is not known");
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            if let Some(at) = NUMBERS.iter().position(|(number, _)| *number == name) {
                scope.numbers[at] = value.parse().map_err(|_| unknown())?;
            } else if let Some(at) = SWITCHES.iter().position(|switch| *switch == word) {
                scope.switches[at] = true;
            } else if name == "without" {
                let rule = Rule::ALL.into_iter().find(|rule| rule.name() == value);
                scope = scope.without(rule.ok_or_else(unknown)?);
            } else {
                return Err(unknown());
            }
        }
        if scope.b() == 0 || scope.b() + scope.c() >= usize::from(STRANGER) {
            return Err("from 1 to 6 devices are called".into());
        }
        // Each ring, signal, end and `second` of the caller takes a time.
        let accounts = scope.accounts().len();
        let most = accounts * scope.rings() * (3 + scope.signals()) + scope.crashes();
        if most > usize::from(LAST) {
            return Err(format!("up to {most} times of at most {LAST}"));
        }
        Ok(scope)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b={}", self.b())?;
        for (at, (name, usual)) in NUMBERS.iter().enumerate().skip(1) {
            if self.numbers[at] != *usual {
                write!(f, " {name}={}", self.numbers[at])?;
            }
        }
        for (at, switch) in SWITCHES.iter().enumerate() {
            if self.switches[at] {
                write!(f, " {switch}")?;
            }
        }
        for rule in Rule::ALL {
            if !self.rules.hold(rule) {
                write!(f, " without={}", rule.name())?;
            }
        }
        Ok(())
    }
}
