//! N8, B20 and B21: publishing.

use hushring::Suite;

use super::Model;
use crate::people::{DAY, SECOND, TOLERANCE, WORLD};

/// A bundle: suite, issued_at, expires_at, offers.
pub type Published = (Suite, u64, u64, u8);

impl Model {
    pub fn publish(&mut self, prekeys: &[usize], now: u64) -> Result<Vec<Published>, &'static str> {
        if prekeys.is_empty() {
            return Err("no_prekeys");
        }
        let certificate = WORLD.phone.certificate();
        let begins = certificate.not_before().0 * SECOND;
        let ends = certificate.expires_at().0 * SECOND;
        if now < begins - TOLERANCE {
            return Err("certificate_not_yet_valid");
        }
        if now >= ends {
            return Err("certificate_expired");
        }
        let suites: Vec<Suite> = prekeys
            .iter()
            .map(|prekey| WORLD.prekeys[*prekey].prekey.suite())
            .collect();
        let times = |suite: &Suite| suites.iter().filter(|other| *other == suite).count();
        if suites.iter().any(|suite| times(suite) > 1) {
            return Err("duplicate_suite");
        }
        let after_last = self.last_published.map_or(0, |last| last + 1);
        let issued_at = (now / SECOND).max(after_last);
        if issued_at * SECOND > now + TOLERANCE {
            return Err("clock");
        }
        let offers = suites.iter().fold(0, |offers, suite| offers | suite.byte());
        let mut bundles = Vec::new();
        for prekey in prekeys {
            let prekey = &WORLD.prekeys[*prekey];
            if now >= prekey.expires_at {
                return Err("prekey_expired");
            }
            let expires_at = prekey.expires_at.min(ends) / SECOND;
            if expires_at <= issued_at || expires_at - issued_at > 90 * DAY / SECOND {
                return Err("bad_lifetime");
            }
            bundles.push((prekey.prekey.suite(), issued_at, expires_at, offers));
        }
        for prekey in prekeys {
            self.add_prekey(*prekey);
        }
        self.last_published = Some(issued_at);
        Ok(bundles)
    }
}
