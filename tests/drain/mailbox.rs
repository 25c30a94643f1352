//! A mailbox of ten thousand envelopes, sealed as they are in life, and what a phone has to make of
//! each.

use std::collections::{BTreeMap, BTreeSet};

use hushring::content::{Content, Cover, End, EndReason, Invite, Map, Message, Negotiate};
use hushring::content::{Description, DescriptionType};
use hushring::error::SealError;
use hushring::inbox::Contact;
use hushring::{
    Account, BundleCheck, CallId, Device, Inbox, MessageId, Prekey, PrekeyBundle, SealOptions,
    Suite, UnixMillis, Validity, content::Value,
};
use hushring_test_support::clock::{NOW, day};

use crate::dice::Dice;
use crate::world::{Name, Ring};

const CONTACTS: usize = 60;
const STRANGERS: usize = 20;

/// Who, and what it posts.
#[derive(Clone)]
enum Post {
    Message {
        by: usize,
        heavy: bool,
    },
    Invite(usize),
    /// The end of a call, by its caller or by a sibling of the phone.
    End(usize, bool),
    /// In the call that the phone has answered.
    Signal,
    Stranger(usize),
    Cover(usize),
    Forged(usize),
    /// Dated a quarter of an hour ahead.
    Ahead,
    /// What stands so far before, again.
    Again(usize),
}

pub struct Mailbox {
    pub envelopes: Vec<Vec<u8>>,
    /// What has to be acted on, and the ring that it is, if it is one.
    pub expected: BTreeMap<Name, Option<Ring>>,
    /// What is held for the clock.
    pub ahead: BTreeSet<Name>,
    /// Places of what may be pushed before its turn.
    pub pushed: Vec<usize>,
    /// Places of signals of the call that goes on.
    pub signals: Vec<usize>,
    pub inbox: Inbox,
    pub phone: Device,
    pub prekey: Prekey,
}

struct People {
    /// The heavy contact is the first, the one of the call that was answered the second, the own
    /// other device the last; strangers stand behind the contacts.
    devices: Vec<Device>,
    bundle: PrekeyBundle,
    calls: Vec<(CallId, usize, UnixMillis)>,
    answered: (CallId, UnixMillis),
}

impl Mailbox {
    pub fn new(dice: &mut Dice) -> Mailbox {
        let owner = Account::generate_with_rng(dice).unwrap();
        let phone = Device::enroll_with_rng(&owner, &validity(), dice).unwrap();
        let prekey = Prekey::generate_with_rng(Suite::X25519, day(60), NOW, dice).unwrap();
        let published = phone.publish_after(&[&prekey], None, NOW).unwrap()[0].to_bytes();
        let check = BundleCheck::at(NOW);
        let bundle = PrekeyBundle::verify(&published, owner.public_key(), &check).unwrap();
        let mut inbox = Inbox::new(phone.certificate());
        inbox.add_prekey(prekey.clone()).unwrap();
        let mut devices = Vec::new();
        for number in 0..CONTACTS + STRANGERS {
            let account = Account::generate_with_rng(dice).unwrap();
            devices.push(Device::enroll_with_rng(&account, &validity(), dice).unwrap());
            if number < CONTACTS {
                let contact = Contact::named(format!("Contact {number}"));
                inbox.trust(*account.public_key(), contact, NOW).unwrap();
            }
        }
        devices.push(Device::enroll_with_rng(&owner, &validity(), dice).unwrap());

        // A call that goes on.
        let call_id = call_id(dice);
        let begun = UnixMillis(NOW.0 - 60_000);
        let invite = Content::Invite(Invite::new(call_id, true));
        let invite = devices[1].seal_with_rng(&bundle, &invite, SealOptions::at(begun), dice);
        let event = inbox.receive(invite.unwrap().as_bytes(), begun).unwrap();
        let caller = *devices[1].account();
        inbox.answered(&caller, call_id, begun).unwrap();
        assert!(inbox.acknowledge(&event));

        let mut mailbox = Mailbox {
            envelopes: Vec::new(),
            expected: BTreeMap::new(),
            ahead: BTreeSet::new(),
            pushed: Vec::new(),
            signals: Vec::new(),
            inbox,
            phone,
            prekey,
        };
        let mut people = People {
            devices,
            bundle,
            calls: vec![(call_id, 0, NOW); 240],
            answered: (call_id, begun),
        };
        let posts = posts(dice);
        let count = posts.len();
        for (place, post) in posts.into_iter().enumerate() {
            // A week, whose last minute is crowded.
            let left = (count - place) as u64;
            let ago = if left < 300 {
                left * 200
            } else {
                left * 60_000
            };
            mailbox.post(&post, UnixMillis(NOW.0 - ago), &mut people, dice);
        }
        mailbox
    }

    fn post(&mut self, post: &Post, at: UnixMillis, people: &mut People, dice: &mut Dice) {
        let (by, content) = people.say(post, at, dice);
        if let Post::Again(before) = post {
            let place = self.envelopes.len().saturating_sub(*before + 1);
            self.envelopes.extend(self.envelopes.get(place).cloned());
            return;
        }
        let at = match post {
            Post::Signal => UnixMillis(at.0.max(people.answered.1.0 + 1)),
            Post::Ahead => UnixMillis(NOW.0 + 900_000),
            _ => at,
        };
        let device = &people.devices[by];
        let id: [u8; 16] = dice.bytes();
        let name: Name = (*device.account().as_bytes(), id);
        let options = SealOptions::at(at).with_message_id(MessageId::from_bytes(id));
        let envelope = device.seal_with_rng(&people.bundle, &content, options, dice);
        let mut envelope = envelope.unwrap().as_bytes().to_vec();
        match post {
            Post::Message { .. } | Post::End(..) | Post::Signal => {
                self.expected.insert(name, None);
            }
            Post::Invite(call) => {
                let uuid = people.calls[*call].0.callkit_uuid(device.account());
                self.expected.insert(name, Some((*uuid.as_bytes(), at.0)));
            }
            Post::Ahead => {
                self.ahead.insert(name);
            }
            Post::Forged(_) => {
                let place = dice.below(envelope.len());
                envelope[place] ^= 1 << dice.below(8);
            }
            Post::Stranger(_) | Post::Cover(_) | Post::Again(_) => {}
        }
        if matches!(post, Post::Signal) {
            self.signals.push(self.envelopes.len());
        }
        if matches!(post, Post::Message { .. } | Post::Invite(_)) {
            self.pushed.push(self.envelopes.len());
        }
        self.envelopes.push(envelope);
    }
}

impl People {
    fn say(&mut self, post: &Post, at: UnixMillis, dice: &mut Dice) -> (usize, Content) {
        let text = |text: String| Content::Message(Message::text(text));
        match *post {
            Post::Message { by, heavy: true } => {
                let content = heavy(&self.devices[by], &self.bundle, dice.percent(50), dice);
                (by, content)
            }
            Post::Message { by, .. } | Post::Forged(by) => (by, text(format!("It is {}", at.0))),
            Post::Stranger(by) => (CONTACTS + by, text("Do you know me?".into())),
            Post::Ahead | Post::Again(_) => (2, text("Tomorrow".into())),
            Post::Cover(by) => (by, Content::Cover(Cover::default())),
            Post::Invite(call) => {
                let id = call_id(dice);
                let caller = 2 + call % (CONTACTS - 2);
                self.calls[call] = (id, caller, at);
                let mut invite = Invite::new(id, true);
                invite.offer = Some("v=0\r\n".repeat(40));
                (caller, Content::Invite(invite))
            }
            Post::End(call, false) => {
                let (id, caller, _) = self.calls[call];
                (
                    caller,
                    Content::End(End::by_caller(id, EndReason::Cancelled)),
                )
            }
            Post::End(call, true) => {
                let (id, caller, rung) = self.calls[call];
                let caller = self.devices[caller].account();
                let end = End::by_callee(id, EndReason::AnsweredElsewhere, caller, rung);
                (self.devices.len() - 1, Content::End(end))
            }
            Post::Signal => {
                let negotiate = Negotiate {
                    call_id: self.answered.0,
                    description: Description {
                        kind: DescriptionType::Offer,
                        sdp: Some("v=0\r\n".into()),
                        extra: Map::new(),
                    },
                    extra: Map::new(),
                };
                (1, Content::Negotiate(negotiate))
            }
        }
    }
}

/// In the order in which they are posted.
fn posts(dice: &mut Dice) -> Vec<Post> {
    let mut posts: Vec<(u64, Post)> = Vec::new();
    let mut add = |count: usize, dice: &mut Dice, make: &dyn Fn(&mut Dice) -> Post| {
        for _ in 0..count {
            let post = make(dice);
            posts.push((dice.next(), post));
        }
    };
    let contact = |dice: &mut Dice| 2 + dice.below(CONTACTS - 2);
    add(4_000, dice, &|dice| Post::Message {
        by: 0,
        heavy: dice.percent(6),
    });
    add(4_200, dice, &|dice| Post::Message {
        by: contact(dice),
        heavy: dice.percent(4),
    });
    add(400, dice, &|dice| Post::Stranger(dice.below(STRANGERS)));
    add(400, dice, &|dice| Post::Cover(contact(dice)));
    add(250, dice, &|dice| Post::Forged(contact(dice)));
    add(60, dice, &|dice| Post::Again(dice.below(2_000)));
    add(5, dice, &|_| Post::Ahead);
    // A call is renegotiated so often at once that an extension, which leaves signals alone, has no
    // room for them.
    for burst in 0..3 {
        let begun = u64::MAX / 4 * (burst + 1);
        posts.extend((0..100).map(|_| (begun + dice.next() / 64, Post::Signal)));
    }
    for call in 0..240 {
        // Some ring while the mailbox is taken.
        let late = u64::MAX - u64::MAX / 64;
        let rings = dice.next() | if call % 16 == 0 { late } else { 0 };
        posts.push((rings, Post::Invite(call)));
        if call % 6 != 0 {
            let ends = rings.saturating_add(dice.next() / 100).max(rings + 1);
            posts.push((ends, Post::End(call, call % 6 == 1)));
        }
    }
    posts.sort_by_key(|(order, _)| *order);
    posts.into_iter().map(|(_, post)| post).collect()
}

/// A message that fills its envelope, and has 65,536 bytes once it is inflated: few large values, or
/// as many small ones as there may be.
pub fn heavy(by: &Device, bundle: &PrekeyBundle, many: bool, dice: &mut Dice) -> Content {
    let mut noise = 2_560;
    loop {
        let content = heavy_with(noise, many, dice);
        let options = SealOptions::at(NOW);
        match by.seal_with_rng(bundle, &content, options, dice) {
            Ok(_) => return content,
            Err(SealError::TooLarge { needed, available }) => noise -= needed - available,
            Err(error) => panic!("{error}"),
        }
    }
}

fn heavy_with(noise: usize, many: bool, dice: &mut Dice) -> Content {
    let mut bytes = vec![0; noise];
    bytes.fill_with(|| dice.next().to_be_bytes()[0]);
    let mut data = Map::new();
    let mut rest = 65_490 - noise;
    if many {
        let mut item = Map::new();
        item.insert("name", Value::Text("value".into()));
        data.insert("items", Value::Array(vec![Value::Map(item); 2_040]));
        rest -= 2_040 * 12 + 10;
    }
    data.insert("rest", Value::Bytes(vec![0; rest]));
    data.insert("noise", Value::Bytes(bytes));
    Content::Message(Message {
        data: Some(Value::Map(data)),
        ..Message::default()
    })
}

/// A random UUID, of version 4.
pub fn call_id(dice: &mut Dice) -> CallId {
    let mut bytes: [u8; 16] = dice.bytes();
    bytes[6] = 0x40 | bytes[6] & 0x0f;
    CallId::from_bytes(bytes).unwrap()
}

pub fn validity() -> Validity {
    Validity::until(day(100), NOW).with_not_before(day(-40))
}
