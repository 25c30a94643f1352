//! Bundles, one by one and in lists, and publishing (spec/envelope.md, section 9).

use hushring::Suite;
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::people::{self, device, prekey};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::author::*;
use crate::points::{self, WEAK, WEAK_X25519, point};

/// The fields of a bundle, all of which a vector may change. It is signed as it then is.
struct Bundle {
    version: u8,
    account: Key,
    device: Key,
    certificate: Vec<u8>,
    offers: u8,
    suite: u8,
    issued_at: u64,
    expires_at: u64,
    public_key: Vec<u8>,
    /// Behind everything.
    more: Vec<u8>,
}

fn public_key(suite: Suite, name: &str) -> Vec<u8> {
    let key = prekey(suite, name, day(60));
    let published = people::bundle(&device("bob", "phone"), &key).to_bytes();
    published[163..published.len() - 64].to_vec()
}

impl Bundle {
    fn new(suite: Suite) -> Bundle {
        let (account, device) = (Key::account("bob"), Key::device("bob", "phone"));
        Bundle {
            version: 1,
            account,
            device,
            certificate: account.certifies(&device.public, seconds(-100), seconds(200)),
            offers: 3,
            suite: suite.byte(),
            issued_at: seconds(0),
            expires_at: seconds(60),
            public_key: public_key(suite, "weekly"),
            more: Vec::new(),
        }
    }

    fn certified(&mut self, from: u64, until: u64) {
        self.certificate = self.account.certifies(&self.device.public, from, until);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.version];
        bytes.extend(&self.certificate);
        bytes.extend([self.offers, self.suite]);
        bytes.extend(self.issued_at.to_be_bytes());
        bytes.extend(self.expires_at.to_be_bytes());
        bytes.extend(&self.public_key);
        let signature = self.device.signs("hushring/1 prekey", &bytes);
        bytes.extend(signature);
        bytes.extend(&self.more);
        bytes
    }

    fn accepted(&self) -> Json {
        let names = ["x25519", "xwing"];
        let offers: Vec<&str> = (0..2)
            .filter(|bit| self.offers >> bit & 1 == 1)
            .map(|bit| names[bit])
            .collect();
        json!({
            "device": hex(&self.device.public),
            "suite": names[usize::from(self.suite) - 1],
            "offers": offers,
            "prekeyId": hex(&Sha256::digest(&self.public_key)[..8]),
            "issuedAt": number(self.issued_at),
            "expiresAt": number(self.expires_at),
        })
    }
}

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    for suite in Suite::ALL {
        good(&mut all, suite);
        bad(&mut all, suite);
    }
    with_state(&mut all);
    lists(&mut all);
    publishing(&mut all);
    all
}

fn verify(
    name: &str,
    rules: &str,
    comment: &str,
    bytes: &[u8],
    more: Json,
    expect: Json,
) -> Vector {
    let mut inputs = json!({
        "bundle": hex(bytes),
        "account": hex(&Key::account("bob").public),
        "now": NOW.0,
    });
    for (key, value) in more.as_object().unwrap() {
        inputs[key] = value.clone();
    }
    vector(("bundles", "bundle"), name, rules, comment, inputs, expect)
}

fn good(all: &mut Vec<Vector>, suite: Suite) {
    let mut good = |name: &str, rules: &str, comment: &str, change: fn(&mut Bundle)| {
        let mut bundle = Bundle::new(suite);
        change(&mut bundle);
        let inputs = json!({ "account": hex(&bundle.account.public) });
        let name = format!("{suite}-{name}");
        let expect = bundle.accepted();
        all.push(verify(
            &name,
            rules,
            comment,
            &bundle.bytes(),
            inputs,
            expect,
        ));
    };
    good("sound", "B1 B4 B10 E3 S1", "A bundle.", |_| ());
    good(
        "offers-its-own-suite-alone",
        "B7",
        "The device publishes one suite.",
        |bundle| bundle.offers = bundle.suite,
    );
    good(
        "offers-unknown-suites",
        "B7 V4",
        "The other bits are signed, and otherwise ignored.",
        |bundle| bundle.offers = 0xff,
    );
    good("of-90-days", "B8", "The longest lifetime.", |bundle| {
        bundle.expires_at = bundle.issued_at + 90 * 86_400
    });
    good(
        "as-long-as-its-certificate",
        "B8",
        "It ends with its certificate.",
        |bundle| bundle.certified(seconds(-100), seconds(60)),
    );
    good(
        "issued-in-10-minutes",
        "B12",
        "The limit itself is accepted.",
        |bundle| bundle.issued_at += 600,
    );
    good(
        "certificate-begins-in-10-minutes",
        "B11 T5",
        "The limit itself is accepted.",
        |bundle| bundle.certified(seconds(0) + 600, seconds(200)),
    );
    good(
        "ends-in-a-second",
        "B13",
        "now is before expires_at.",
        |bundle| {
            bundle.issued_at -= 86_400;
            bundle.expires_at = seconds(0) + 1;
        },
    );
    good(
        "mixed-device-key",
        "B10 K6 S5",
        "A key of mixed order is not refused, and the equation holds without the cofactor.",
        |bundle| {
            bundle.device = Key::mixed("a mixed device");
            bundle.certified(seconds(-100), seconds(200));
        },
    );
    if suite == Suite::XWing {
        good(
            "largest-coefficients",
            "B9 K8",
            "A key whose first and last coefficient is 3,328. (Nobody has its private key.)",
            |bundle| {
                bundle.public_key[0] = 0x00;
                bundle.public_key[1] = bundle.public_key[1] & 0xf0 | 0x0d;
                bundle.public_key[1150] &= 0x0f;
                bundle.public_key[1151] = 0xd0;
            },
        );
        good(
            "seed-of-ones",
            "B9 K8",
            "The 32 bytes behind the coefficients are free. (Nobody has the private key.)",
            |bundle| bundle.public_key[1152..1184].fill(0xff),
        );
    }
}

fn bad(all: &mut Vec<Vector>, suite: Suite) {
    let mut made = |name: &str, rules: &str, comment: &str, bundle: Bundle, code: &str| {
        let inputs = json!({ "account": hex(&bundle.account.public) });
        let name = format!("{suite}-{name}");
        let expect = error(code);
        all.push(verify(
            &name,
            rules,
            comment,
            &bundle.bytes(),
            inputs,
            expect,
        ));
    };
    let new = |change: &dyn Fn(&mut Bundle)| {
        let mut bundle = Bundle::new(suite);
        change(&mut bundle);
        bundle
    };
    for version in [0, 2, 255] {
        made(
            &format!("version-{version}"),
            "B2 V2",
            "Byte 0 is 1, or the version is not supported.",
            new(&|bundle| bundle.version = version),
            "unsupported_version",
        );
    }
    for byte in [0, 3, 255] {
        made(
            &format!("suite-{byte}"),
            "B3 V2",
            "The suite is 1 or 2, or it is not supported.",
            new(&|bundle| bundle.suite = byte),
            "unsupported_suite",
        );
    }
    made(
        "suite-of-the-other-key",
        "B4",
        "The suite is known, and the length is that of the other.",
        new(&|bundle| bundle.suite = 3 - bundle.suite),
        "bad_length",
    );
    made(
        "byte-behind",
        "B4",
        "A byte follows.",
        new(&|bundle| bundle.more = vec![0]),
        "bad_length",
    );
    // Certificates have vectors of their own: here is one for each rule.
    let (from, until) = (seconds(-100), seconds(200));
    for (name, digits) in [WEAK[0], WEAK[4], WEAK[8]] {
        made(
            &format!("weak-device-key-{name}"),
            "B5 K6 S4 T1",
            "The device's key is one of the strings of K6, and its equation holds.",
            new(&|bundle| {
                bundle.device = Key::weak(digits);
                bundle.certified(from, until);
            }),
            "bad_certificate",
        );
    }
    made(
        "equal-keys",
        "B5 T2",
        "The account certifies itself.",
        new(&|bundle| {
            bundle.device = bundle.account;
            bundle.certified(from, until);
        }),
        "bad_certificate",
    );
    made(
        "certificate-beyond-366-days",
        "B5 T3",
        "The certificate's lifetime is a second too long.",
        new(&|bundle| bundle.certified(from, from + 366 * 86_400 + 1)),
        "bad_certificate",
    );
    made(
        "certificate-signature",
        "B5 T4",
        "The certificate's signature does not verify.",
        new(&|bundle| bundle.certificate[100] ^= 1),
        "bad_certificate",
    );
    let mut other = new(&|bundle| {
        bundle.certificate = Key::account("mallory").certifies(&bundle.device.public, from, until);
    });
    other.account = Key::account("bob");
    made(
        "of-another-account",
        "B6",
        "Mallory has certified Bob's device. The certificate is sound; it is not Bob's.",
        other,
        "wrong_account",
    );
    for (name, offers) in [
        ("nothing", 0),
        ("the-other-suite", 3 - suite.byte()),
        ("others", 0xfc),
    ] {
        made(
            &format!("offers-{name}"),
            "B7",
            "The bit of its own suite is not set.",
            new(&|bundle| bundle.offers = offers),
            "bad_offers",
        );
    }
    for (name, comment, issued_at, expires_at) in [
        (
            "lifetime-0",
            "It ends as it is issued.",
            seconds(0),
            seconds(0),
        ),
        (
            "lifetime-negative",
            "It ends before it is issued.",
            seconds(0) + 2,
            seconds(0) + 1,
        ),
        (
            "lifetime-beyond-90-days",
            "It lasts a second longer than 90 days.",
            seconds(0),
            seconds(90) + 1,
        ),
        (
            "lifetime-that-wraps",
            "It ends before it is issued. Computed with wrapping, the lifetime would be 60 days.",
            u64::MAX - 10,
            60 * 86_400 - 11,
        ),
    ] {
        made(
            name,
            "B8",
            comment,
            new(&|bundle| {
                bundle.issued_at = issued_at;
                bundle.expires_at = expires_at;
            }),
            "bad_lifetime",
        );
    }
    made(
        "outlives-its-certificate",
        "B8",
        "It ends a second later than its certificate.",
        new(&|bundle| bundle.certified(from, bundle.expires_at - 1)),
        "bad_lifetime",
    );
    for (name, digits) in WEAK_X25519 {
        made(
            &format!("weak-key-{name}"),
            "B9 K7",
            "The X25519 key is one of the strings of K7, or not below p.",
            new(&|bundle| {
                let start = bundle.public_key.len() - 32;
                bundle.public_key[start..].copy_from_slice(&point(digits));
            }),
            "weak_key",
        );
    }
    made(
        "top-bit",
        "B9 K7",
        "The X25519 key has its top bit set. RFC 7748 ignores that bit; here all 256 count.",
        new(&|bundle| *bundle.public_key.last_mut().unwrap() |= 0x80),
        "weak_key",
    );
    made(
        "order-8-with-top-bit",
        "B9 K7",
        "A point of low order with the top bit set.",
        new(&|bundle| {
            let start = bundle.public_key.len() - 32;
            bundle.public_key[start..].copy_from_slice(&point(WEAK_X25519[2].1));
            bundle.public_key[start + 31] |= 0x80;
        }),
        "weak_key",
    );
    if suite == Suite::XWing {
        for (name, comment, place, change) in [
            (
                "first",
                "The first coefficient is 3,329.",
                0,
                (|at: &mut [u8]| {
                    at[0] = 0x01;
                    at[1] = at[1] & 0xf0 | 0x0d;
                }) as fn(&mut [u8]),
            ),
            (
                "second",
                "The second coefficient is 3,329.",
                1,
                (|at: &mut [u8]| {
                    at[0] = at[0] & 0x0f | 0x10;
                    at[1] = 0xd0;
                }) as fn(&mut [u8]),
            ),
            (
                "largest",
                "A coefficient in the middle is 4,095.",
                600,
                (|at: &mut [u8]| {
                    at[0] = 0xff;
                    at[1] |= 0x0f;
                }) as fn(&mut [u8]),
            ),
            (
                "last",
                "The last coefficient is 3,329.",
                1150,
                (|at: &mut [u8]| {
                    at[0] = at[0] & 0x0f | 0x10;
                    at[1] = 0xd0;
                }) as fn(&mut [u8]),
            ),
        ] {
            made(
                &format!("coefficient-{name}"),
                "B9 K8",
                comment,
                new(&|bundle| change(&mut bundle.public_key[place..place + 2])),
                "weak_key",
            );
        }
    }
    for (name, rules, comment, sign) in SIGNATURES {
        if suite == Suite::XWing && name != "wrong" {
            continue;
        }
        made(
            &format!("signature-{name}"),
            &format!("B10 {rules}"),
            comment,
            new(&|bundle| bundle.device.sign = sign),
            "bad_signature",
        );
    }
    for (name, comment, sign) in OTHER_BYTES {
        if suite == Suite::XWing {
            break;
        }
        made(
            &format!("signature-{name}"),
            "B10 S1",
            comment,
            new(&|bundle| bundle.device.sign = sign),
            "bad_signature",
        );
    }
    made(
        "signature-of-the-account",
        "B10",
        "Signed by the account's key in place of the device's.",
        new(&|bundle| bundle.device.seed = bundle.account.seed),
        "bad_signature",
    );
    made(
        "mixed-device-key-with-cofactor",
        "B10 S5",
        "The equation holds with the cofactor alone.",
        new(&|bundle| {
            bundle.device =
                Key::mixed("a mixed device").signing(points::by_mixed_key_with_cofactor);
            bundle.certified(from, until);
        }),
        "bad_signature",
    );
    for (name, from, until, code) in [
        (
            "certificate-begins-later",
            seconds(0) + 601,
            until,
            "certificate_not_yet_valid",
        ),
        (
            "certificate-has-ended",
            from,
            seconds(0),
            "certificate_expired",
        ),
    ] {
        made(
            name,
            "B11 T5",
            "The certificate's times do not hold now.",
            new(&|bundle| {
                bundle.certified(from, until);
                bundle.expires_at = bundle.expires_at.min(until);
                bundle.issued_at = bundle.expires_at - 86_400;
            }),
            code,
        );
    }
    made(
        "issued-later",
        "B12",
        "Issued more than 10 minutes ahead.",
        new(&|bundle| bundle.issued_at += 601),
        "bundle_not_yet_valid",
    );
    made(
        "has-ended",
        "B13",
        "now is expires_at.",
        new(&|bundle| {
            bundle.issued_at -= 86_400;
            bundle.expires_at = seconds(0);
        }),
        "bundle_expired",
    );

    let sound = Bundle::new(suite).bytes();
    let bob = hex(&Key::account("bob").public);
    for (name, rules, length) in [
        ("empty", "B1", 0),
        ("of-146-bytes", "B1", 146),
        ("of-147-bytes", "B4", 147),
        ("without-its-last-byte", "B4", sound.len() - 1),
    ] {
        all.push(verify(
            &format!("{suite}-{name}"),
            rules,
            "The length is exactly that of the suite, and 147 bytes say which suite it is.",
            &sound[..length],
            json!({ "account": bob }),
            error("bad_length"),
        ));
    }
    for (name, place) in [
        ("offers", 145),
        ("issued-at", 154),
        ("expires-at", 162),
        ("key", 170),
    ] {
        let mut bytes = sound.clone();
        bytes[place] ^= if place == 145 { 4 } else { 1 };
        all.push(verify(
            &format!("{suite}-changed-{name}"),
            "B10",
            "One bit of what was signed is not what stands here.",
            &bytes,
            json!({}),
            error("bad_signature"),
        ));
    }
}

fn with_state(all: &mut Vec<Vector>) {
    let bundle = Bundle::new(Suite::X25519);
    let bytes = bundle.bytes();
    let own = hex(&bundle.device.public);
    let other = hex(&Key::device("bob", "tablet").public);
    let begin = seconds(-100);
    let issued_at = bundle.issued_at;
    let revocation = |name: &str, floor: u64| {
        let key = Key::account(name);
        hex(&super::links::revocation(&key, floor))
    };
    for (name, floor, code) in [
        ("floor-at-the-certificate", begin, None),
        ("floor-above-the-certificate", begin + 1, Some("revoked")),
    ] {
        all.push(verify(
            name,
            "B11 T6",
            "A certificate counts if its not_before is not below the floor.",
            &bytes,
            json!({ "revocation": revocation("bob", floor) }),
            code.map_or_else(|| bundle.accepted(), error),
        ));
    }
    let mut ended = Bundle::new(Suite::X25519);
    ended.certified(begin, seconds(0) - 1);
    ended.issued_at = seconds(-20);
    ended.expires_at = seconds(0) - 1;
    all.push(verify(
        "revoked-and-ended",
        "B11 T6",
        "Revocation is checked before the times.",
        &ended.bytes(),
        json!({ "revocation": revocation("bob", begin + 1) }),
        error("revoked"),
    ));
    for (name, device, newest, code) in [
        ("newest-is-equal", &own, issued_at, None),
        ("newest-is-older", &own, issued_at - 1, None),
        ("newest-is-newer", &own, issued_at + 1, Some("stale_bundle")),
        (
            "newest-of-another-device-is-newer",
            &other,
            issued_at + 1,
            None,
        ),
    ] {
        all.push(verify(
            name,
            "B14",
            "Held against the newest accepted issued_at of this device, whatever its suite was; equal
             is accepted.",
            &bytes,
            json!({ "newest": [{ "device": device, "issuedAt": newest }] }),
            code.map_or_else(|| bundle.accepted(), error),
        ));
    }
}

fn lists(all: &mut Vec<Vector>) {
    let published = |suite: Suite, owner: &str, age: u64, offers: u8| {
        let mut bundle = Bundle::new(suite);
        bundle.device = Key::device("bob", owner);
        bundle.certified(seconds(-100), seconds(200));
        bundle.issued_at -= age;
        bundle.offers = offers;
        bundle.bytes()
    };
    let newest = |owner: &str, age: u64| {
        let device = hex(&Key::device("bob", owner).public);
        json!({ "device": device, "issuedAt": seconds(0) - age })
    };
    let mut list =
        |name: &str, rules: &str, comment: &str, bundles: &[Vec<u8>], known: Json, expect| {
            let bundles: Vec<String> = bundles.iter().map(|bytes| hex(bytes)).collect();
            let inputs = json!({
                "bundles": bundles,
                "account": hex(&Key::account("bob").public),
                "now": NOW.0,
                "newest": known,
            });
            all.push(vector(
                ("bundles", "bundles"),
                &format!("list-{name}"),
                rules,
                comment,
                inputs,
                expect,
            ));
        };
    let (one, two) = (Suite::X25519, Suite::XWing);
    let downgraded = |owner: &str| {
        let device = hex(&Key::device("bob", owner).public);
        json!({ "device": device, "offered": "xwing", "available": "x25519" })
    };
    list(
        "both-suites",
        "B15 B16 B17",
        "A publication of two bundles: the target is the one of the stronger suite.",
        &[published(one, "phone", 0, 3), published(two, "phone", 0, 3)],
        json!([]),
        json!({
            "accepted": [0, 1], "rejected": [], "newest": [newest("phone", 0)],
            "targets": [1], "downgraded": [],
        }),
    );
    list(
        "two-devices",
        "B16",
        "One target for each device, in the order in which the devices come first.",
        &[
            published(two, "tablet", 0, 3),
            published(one, "phone", 50, 1),
            published(one, "tablet", 0, 3),
        ],
        json!([]),
        json!({
            "accepted": [0, 1, 2], "rejected": [],
            "newest": [newest("tablet", 0), newest("phone", 50)],
            "targets": [0, 1], "downgraded": [],
        }),
    );
    list(
        "withheld",
        "B17 B18",
        "The device says that it published suite 2, and that bundle is not there. The target is
         returned, and the downgrade is reported.",
        &[published(one, "phone", 0, 3)],
        json!([]),
        json!({
            "accepted": [0], "rejected": [], "newest": [newest("phone", 0)],
            "targets": [0], "downgraded": [downgraded("phone")],
        }),
    );
    let mut spoilt = published(two, "phone", 0, 3);
    *spoilt.last_mut().unwrap() ^= 1;
    list(
        "refused-is-withheld",
        "B15 B18",
        "The bundle of suite 2 is there, and is refused.",
        &[spoilt, published(one, "phone", 0, 3)],
        json!([]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "bad_signature" }],
            "newest": [newest("phone", 0)],
            "targets": [1], "downgraded": [downgraded("phone")],
        }),
    );
    let stale = json!([{ "index": 1, "error": "stale_bundle" }]);
    list(
        "older-beside-newer",
        "B14 B15",
        "An older publication is stale beside a newer one of its device, whatever the suite.",
        &[published(one, "phone", 0, 1), published(two, "phone", 1, 3)],
        json!([]),
        json!({
            "accepted": [0], "rejected": stale, "newest": [newest("phone", 0)],
            "targets": [0], "downgraded": [],
        }),
    );
    list(
        "newer-beside-older",
        "B14 B15",
        "The order of the list does not matter.",
        &[published(two, "phone", 1, 3), published(one, "phone", 0, 1)],
        json!([]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "stale_bundle" }],
            "newest": [newest("phone", 0)], "targets": [1], "downgraded": [],
        }),
    );
    list(
        "refused-ones-do-not-make-others-stale",
        "B15",
        "A bundle that is refused does not count as the newest.",
        &[published(one, "phone", 0, 2), published(one, "phone", 9, 1)],
        json!([newest("phone", 10)]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "bad_offers" }],
            "newest": [newest("phone", 9)], "targets": [1], "downgraded": [],
        }),
    );
    list(
        "older-than-what-was-stored",
        "B14 B15",
        "What was stored before the list counts, and stays.",
        &[
            published(one, "tablet", 0, 1),
            published(one, "phone", 1, 1),
        ],
        json!([newest("phone", 0)]),
        json!({
            "accepted": [0], "rejected": stale,
            "newest": [newest("phone", 0), newest("tablet", 0)],
            "targets": [0], "downgraded": [],
        }),
    );
    let mut later = published(one, "phone", 0, 1);
    later[0] = 2;
    let mut other = published(one, "phone", 0, 1);
    other[146] = 3;
    list(
        "later-versions-and-suites",
        "V1 V2",
        "Bundles of a version and a suite that are not known do not hinder the others.",
        &[later, other, vec![], published(one, "phone", 0, 1)],
        json!([]),
        json!({
            "accepted": [3],
            "rejected": [
                { "index": 0, "error": "unsupported_version" },
                { "index": 1, "error": "unsupported_suite" },
                { "index": 2, "error": "bad_length" },
            ],
            "newest": [newest("phone", 0)], "targets": [3], "downgraded": [],
        }),
    );
    list(
        "empty",
        "B15",
        "There is nothing.",
        &[],
        json!([newest("phone", 0)]),
        json!({
            "accepted": [], "rejected": [], "newest": [newest("phone", 0)],
            "targets": [], "downgraded": [],
        }),
    );
}

fn publishing(all: &mut Vec<Vector>) {
    let keys = [Suite::X25519, Suite::XWing];
    let keys = keys.map(|suite| prekey(suite, "weekly", day(60)));
    let mut publish =
        |name: &str, rules: &str, comment: &str, device: &Json, keys: &[Json], now, expect| {
            let inputs = json!({ "device": device, "prekeys": keys, "now": now });
            let name = format!("publish-{name}");
            all.push(vector(
                ("bundles", "publish"),
                &name,
                rules,
                comment,
                inputs,
                expect,
            ));
        };
    let export = |key: &hushring::Prekey| json!(hex(&*key.export()));
    let phone = json!(hex(&*device("bob", "phone").export()));
    let both = [export(&keys[0]), export(&keys[1])];
    let bundles: Vec<String> = Suite::ALL
        .map(|suite| hex(&Bundle::new(suite).bytes()))
        .to_vec();
    publish(
        "both-suites",
        "B20 B21 S1 S6 V4",
        "One bundle for each prekey, in their order. An Ed25519 signer that does not randomise gives
         exactly these bytes.",
        &phone,
        &both,
        NOW.0 + 999,
        json!({ "bundles": bundles }),
    );
    let mut one = Bundle::new(Suite::X25519);
    one.offers = 1;
    publish(
        "one-suite",
        "B20",
        "What it offers is what it publishes. now is rounded down.",
        &phone,
        &both[..1],
        NOW.0,
        json!({ "bundles": [hex(&one.bytes())] }),
    );
    let ending = people::device_between("bob", "phone", day(-100), day(30));
    let mut short = Bundle::new(Suite::X25519);
    short.certified(seconds(-100), seconds(30));
    short.offers = 1;
    short.expires_at = seconds(30);
    publish(
        "ends-with-its-certificate",
        "B8 B21",
        "It ends with the prekey or the certificate, whichever is earlier.",
        &json!(hex(&*ending.export())),
        &both[..1],
        NOW.0,
        json!({ "bundles": [hex(&short.bytes())] }),
    );
    publish(
        "nothing",
        "B20",
        "There is no prekey.",
        &phone,
        &[],
        NOW.0,
        error("no_prekeys"),
    );
    let second = export(&prekey(Suite::X25519, "second", day(60)));
    publish(
        "one-suite-twice",
        "B20",
        "Two prekeys of one suite.",
        &phone,
        &[both[0].clone(), second],
        NOW.0,
        error("duplicate_suite"),
    );
    let ended = export(&prekey(Suite::X25519, "ended", day(0)));
    publish(
        "ended-prekey",
        "B21",
        "now is the prekey's expires_at.",
        &phone,
        &[ended],
        NOW.0,
        error("prekey_expired"),
    );
    let long = export(&prekey(Suite::X25519, "long", day(91)));
    publish(
        "prekey-of-91-days",
        "B8 B21",
        "The bundle would live longer than 90 days.",
        &phone,
        &[long],
        NOW.0,
        error("bad_lifetime"),
    );
    for (name, from, until, code) in [
        ("certificate-has-ended", -100, 0, "certificate_expired"),
        (
            "certificate-begins-later",
            1,
            200,
            "certificate_not_yet_valid",
        ),
    ] {
        let device = people::device_between("bob", "phone", day(from), day(until));
        publish(
            name,
            "T9",
            "A device does not publish outside its certificate's times.",
            &json!(hex(&*device.export())),
            &both,
            NOW.0,
            error(code),
        );
    }
}
