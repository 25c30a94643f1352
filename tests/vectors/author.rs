//! Writes vectors. What is expected is said by whoever writes the vector, from the specification;
//! what follows from the inputs is filled in without asking the crate.

use hushring::{Device, Prekey, PrekeyBundle, Suite};
use hushring_test_support::cbor;
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::derived::{check, tag};
use hushring_test_support::flate::{self, stored};
use hushring_test_support::forge::{self, Frame, Sign, to_be_signed};
use hushring_test_support::people::{bundle, device, prekey, seed};
use hushring_test_support::random::TestRng;
use hushring_test_support::text::{base64, hex};
use serde_json::{Map as Object, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::points::{self, WEAK};

pub const MINUTE: u64 = 60_000;
pub const DAY: u64 = 86_400_000;

pub struct Vector {
    pub folder: &'static str,
    pub name: String,
    pub rules: Vec<String>,
    comment: String,
    members: Object<String, Json>,
}

/// `kind` says what to do with the inputs; vectors/README.md lists them.
pub fn vector(
    (folder, kind): (&'static str, &str),
    name: &str,
    rules: &str,
    comment: &str,
    inputs: Json,
    expect: Json,
) -> Vector {
    let mut members = Object::new();
    members.insert("kind".into(), kind.into());
    let Json::Object(inputs) = inputs else {
        panic!("{name}: inputs are an object");
    };
    members.extend(inputs);
    members.insert("expect".into(), expect);
    Vector {
        folder,
        name: name.into(),
        rules: rules.split(' ').map(Into::into).collect(),
        comment: one_line(comment),
        members,
    }
}

pub fn error(code: &str) -> Json {
    json!({ "error": code })
}

/// These inputs, and others or the same with other values.
pub fn with(mut inputs: Json, more: &Json) -> Json {
    for (name, value) in more.as_object().unwrap() {
        inputs[name] = value.clone();
    }
    inputs
}

impl Vector {
    /// The same with one more input.
    pub fn with(mut self, name: &str, input: Json) -> Vector {
        self.members.insert(name.into(), input);
        self
    }

    pub fn is_refusal(&self) -> bool {
        self.members["expect"].get("error").is_some()
    }

    pub fn to_json(&self) -> Json {
        let mut json = json!({
            "name": self.name,
            "comment": self.comment,
            "rules": self.rules,
        });
        let object = json.as_object_mut().unwrap();
        object.extend(self.members.clone());
        json
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An integer, or its digits where JSON's readers would round it.
pub fn number(value: u64) -> Json {
    if value < 1 << 53 {
        value.into()
    } else {
        value.to_string().into()
    }
}

/// Who signs, and how.
#[derive(Clone, Copy)]
pub struct Key {
    pub seed: [u8; 32],
    pub public: [u8; 32],
    pub sign: Sign,
}

impl Key {
    pub fn account(name: &str) -> Key {
        Key::of(seed(&format!("account of {name}")))
    }

    pub fn device(owner: &str, name: &str) -> Key {
        Key::of(seed(&format!("device {name} of {owner}")))
    }

    pub fn of(seed: [u8; 32]) -> Key {
        let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        Key {
            seed,
            public: public.to_bytes(),
            sign: forge::sign,
        }
    }

    /// Nobody's, for whom everybody signs.
    pub fn weak(digits: &str) -> Key {
        Key {
            seed: [0; 32],
            public: points::point(digits),
            sign: points::by_weak_key,
        }
    }

    /// With a y that is not below p, for whom everybody signs.
    pub fn above_p(more: u8) -> Key {
        Key {
            public: points::above_p(more),
            ..Key::weak(WEAK[0].1)
        }
    }

    pub fn mixed(of: &str) -> Key {
        let seed = seed(of);
        Key {
            seed,
            public: points::mixed_key(&seed),
            sign: points::by_mixed_key,
        }
    }

    pub fn signing(self, sign: Sign) -> Key {
        Key { sign, ..self }
    }

    /// A signature (spec/envelope.md, "Signatures").
    pub fn signs(&self, label: &str, fields: &[u8]) -> [u8; 64] {
        (self.sign)(&self.seed, &self.public, &to_be_signed(label, fields))
    }

    /// A certificate (spec/envelope.md, "Certificates"). Times are in seconds since 1970.
    pub fn certifies(&self, device: &[u8; 32], from: u64, until: u64) -> Vec<u8> {
        let mut bytes = [self.public, *device].concat();
        bytes.extend(from.to_be_bytes());
        bytes.extend(until.to_be_bytes());
        let signature = self.signs("hushring/1 certificate", &bytes);
        bytes.extend(signature);
        bytes
    }
}

/// The ways to break a signature in which some libraries see none, and the rule of each.
pub const SIGNATURES: [(&str, &str, &str, Sign); 5] = [
    (
        "s-not-reduced",
        "S4",
        "S + L in place of S: the equation holds, and S is not less than L.",
        points::s_not_reduced,
    ),
    (
        "r-of-small-order",
        "S5",
        "R is the identity and S = k·a: the equation holds, and R is of small order.",
        points::r_of_small_order,
    ),
    (
        "r-not-canonical",
        "S5 S6",
        "R is the identity, written with y = p + 1. Who decodes it sees the equation hold; the
         encoding of [S]B − [k]A is another string.",
        points::r_not_canonical,
    ),
    (
        "only-with-cofactor",
        "S6",
        "R is off by a point of order 8. Who multiplies by the cofactor sees the equation hold.",
        points::only_with_cofactor,
    ),
    (
        "wrong",
        "S6",
        "One bit of S is wrong: the equation does not hold.",
        |seed, key, message| {
            let mut signature = forge::sign(seed, key, message);
            signature[33] ^= 4;
            signature
        },
    ),
];

/// The ways to sign other bytes than those of S1, by whoever signs honestly.
pub const OTHER_BYTES: [(&str, &str, Sign); 3] = [
    (
        "other-label",
        "The signature is over another label: a signature for one use is none for another.",
        |seed, key, message| {
            let digest = &message[message.len() - 64..];
            forge::sign(seed, key, &[b"hushring/1 another\0", digest].concat())
        },
    ),
    (
        "label-without-zero",
        "The signature is over the label without the zero byte behind it.",
        |seed, key, message| {
            let (label, digest) = message.split_at(message.len() - 64);
            let label = &label[..label.len() - 1];
            forge::sign(seed, key, &[label, digest].concat())
        },
    ),
    (
        "without-label",
        "The signature is over the hash of the fields alone.",
        |seed, key, message| forge::sign(seed, key, &message[message.len() - 64..]),
    ),
];

/// Every way to break a signature: [`SIGNATURES`], and [`OTHER_BYTES`] with the rule S1.
pub fn bad_signatures() -> impl Iterator<Item = (&'static str, &'static str, &'static str, Sign)> {
    let other_bytes = OTHER_BYTES.map(|(name, comment, sign)| (name, "S1", comment, sign));
    SIGNATURES.into_iter().chain(other_bytes)
}

/// The lifetimes that T3 refuses: name, comment, beginning and end.
pub fn refused_lifetimes(from: u64) -> [(&'static str, &'static str, u64, u64); 4] {
    let day = 86_400;
    [
        ("lifetime-0", "It ends as it begins.", from, from),
        (
            "lifetime-negative",
            "It ends before it begins.",
            from,
            from - 1,
        ),
        (
            "lifetime-beyond-366-days",
            "It lasts a second longer than 366 days.",
            from,
            from + 366 * day + 1,
        ),
        (
            "lifetime-that-wraps",
            "It ends before it begins. Computed with wrapping, the lifetime would be 100 days.",
            u64::MAX - 50 * day,
            50 * day - 1,
        ),
    ]
}

/// A key that is refused, although its equation holds.
pub struct RefusedKey {
    pub name: String,
    pub rules: String,
    pub comment: String,
    pub key: Key,
    pub code: &'static str,
}

/// Keys that `rule` refuses where the key of `whom` is read: all strings of K6, and some that are
/// not below p.
pub fn refused_keys(whom: &str, rule: &str) -> Vec<RefusedKey> {
    let weak = WEAK.map(|(name, digits)| RefusedKey {
        name: format!("weak-key-{name}"),
        rules: format!("K6 {rule} S3"),
        comment: format!("The {whom}'s key is one of the strings of K6, and its equation holds."),
        key: Key::weak(digits),
        code: "weak_key",
    });
    let above_p =
        [(1, "weak_key"), (2, "bad_key"), (3, "weak_key")].map(|(more, code)| RefusedKey {
            name: format!("key-p-plus-{more}"),
            rules: format!("K6 {rule}"),
            comment: format!("The {whom}'s y is not below p."),
            key: Key::above_p(more),
            code,
        });
    weak.into_iter().chain(above_p).collect()
}

/// An envelope to Bob's phone, from Alice's unless it is said otherwise, and what opening it gives.
pub struct Open {
    folder: &'static str,
    name: String,
    rules: String,
    comment: String,
    pub suite: Suite,
    pub now: u64,
    pub receiver: Device,
    /// Sealed to this bundle instead of the receiver's.
    pub bundle: Option<PrekeyBundle>,
    pub prekeys: Vec<Prekey>,
    pub trusted: Vec<[u8; 32]>,
    pub frame: Frame,
    pub other_aead: bool,
    cbor: Option<Vec<u8>>,
    spoil: fn(&mut Vec<u8>),
    envelope: Option<Vec<u8>>,
}

impl Open {
    /// One that says `{ type: "message", body: "Hi" }` in one stored block.
    pub fn new(folder: &'static str, name: &str, rules: &str, comment: &str) -> Open {
        let sender = device("alice", "phone");
        let id = seed(&format!("message id of {name} in {folder}"));
        let id = id[..16].try_into().unwrap();
        Open {
            folder,
            name: name.into(),
            rules: rules.into(),
            comment: comment.into(),
            suite: Suite::X25519,
            now: NOW.0 + 1000,
            receiver: device("bob", "phone"),
            bundle: None,
            prekeys: Suite::ALL
                .map(|suite| prekey(suite, "weekly", day(60)))
                .to_vec(),
            trusted: vec![Key::account("alice").public],
            frame: Frame::of(&sender, id, NOW.0, stored(&cbor::content(&hi()))),
            other_aead: false,
            cbor: Some(cbor::content(&hi())),
            spoil: |_| (),
            envelope: None,
        }
    }

    pub fn in_suite(mut self, suite: Suite) -> Open {
        self.suite = suite;
        self
    }

    pub fn at(mut self, now: u64) -> Open {
        self.now = now;
        self
    }

    pub fn sent_at(mut self, sent_at: u64) -> Open {
        self.frame.sent_at = sent_at;
        self
    }

    /// What comes out of the stream, if that is worth showing.
    pub fn stream(mut self, stream: Vec<u8>, cbor: Option<Vec<u8>>) -> Open {
        self.frame.content = stream;
        self.cbor = cbor;
        self
    }

    /// In one stored block.
    pub fn cbor(self, bytes: Vec<u8>) -> Open {
        let stream = if bytes.len() > 2_000 {
            flate::deflated(&bytes)
        } else {
            stored(&bytes)
        };
        self.stream(stream, Some(bytes))
    }

    pub fn by(mut self, account: Key, device: Key, from: u64, until: u64) -> Open {
        self.trusted = vec![account.public];
        self.frame.seed = device.seed;
        self.frame.sign = device.sign;
        self.frame.certificate = account.certifies(&device.public, from, until);
        self
    }

    pub fn change(mut self, change: impl FnOnce(&mut Open)) -> Open {
        change(&mut self);
        self
    }

    /// Changes the sealed envelope.
    pub fn spoil(mut self, change: fn(&mut Vec<u8>)) -> Open {
        self.spoil = change;
        self
    }

    /// Bytes that were sealed elsewhere.
    pub fn sealed(mut self, envelope: &[u8]) -> Open {
        self.envelope = Some(envelope.to_vec());
        self.cbor = None;
        self
    }

    pub fn gives(self, content: &Json) -> Vector {
        let (account, device) = self.frame.certificate[..64].split_at(32);
        let expect = json!({
            "envelopeTag": "",
            "account": hex(account),
            "device": hex(device),
            "messageId": hex(&self.frame.message_id),
            "sentAt": self.frame.sent_at,
            "content": content,
        });
        self.finish(expect)
    }

    pub fn refused(self, code: &str) -> Vector {
        let expect = json!({ "error": code, "stoppedAt": check(code) });
        self.finish(expect)
    }

    /// `bad_content`, with the path of the member.
    pub fn refused_member(self, member: &str) -> Vector {
        let expect = json!({ "error": "bad_content", "member": member, "stoppedAt": "members" });
        self.finish(expect)
    }

    fn finish(self, mut expect: Json) -> Vector {
        let key = self.prekeys.iter().find(|key| key.suite() == self.suite);
        let to = self
            .bundle
            .unwrap_or_else(|| bundle(&self.receiver, key.unwrap()));
        let rng = rng(&format!("{} in {}", self.name, self.folder));
        let mut envelope = match self.envelope {
            Some(envelope) => envelope,
            None if self.other_aead => self.frame.seal_with_other_aead(&to, rng),
            None => self.frame.seal(&to, rng),
        };
        (self.spoil)(&mut envelope);
        if expect.get("envelopeTag").is_some() {
            expect["envelopeTag"] = tag(&envelope).into();
        }
        let keys: Vec<String> = self.prekeys.iter().map(|key| hex(&*key.export())).collect();
        let trusted: Vec<String> = self.trusted.iter().map(|key| hex(key)).collect();
        let mut inputs = json!({
            "device": hex(&*self.receiver.export()),
            "prekeys": keys,
            "trusted": trusted,
            "now": self.now,
            "envelope": base64(&envelope),
        });
        // What stands inside helps where content is read; the rest does not get there.
        if self.folder == "contents" {
            if self.frame.content.len() <= 1024 {
                inputs["stream"] = hex(&self.frame.content).into();
            }
            if let Some(cbor) = self.cbor.filter(|cbor| cbor.len() <= 1024) {
                inputs["cbor"] = hex(&cbor).into();
            }
        }
        vector(
            (self.folder, "open"),
            &self.name,
            &self.rules,
            &self.comment,
            inputs,
            expect,
        )
    }
}

pub fn hi() -> Json {
    json!({ "type": "message", "body": "Hi" })
}

pub fn rng(name: &str) -> TestRng {
    let seed = Sha256::digest(format!("hushring vectors: {name}"));
    TestRng::new(u64::from(u32::from_be_bytes(seed[..4].try_into().unwrap())))
}

/// Seconds since 1970 at which the vectors are, and so many days from then.
pub fn seconds(days: i64) -> u64 {
    day(days).0
}
