//! Who seals, and the envelopes of a scene.

use hushring::{Content, Device, MessageId, PrekeyBundle, SealOptions, Suite, UnixMillis};
use hushring_test_support::clock::NOW;
use hushring_test_support::forge::Frame;
use hushring_test_support::people::{bundle, device, seed};
use hushring_test_support::random::TestRng;
use hushring_test_support::text::base64;

use super::{Letter, OWN, Scene};

/// Who seals, from which device, when, and how.
pub struct Writer {
    device: Device,
    sent_at: u64,
    message_id: Option<[u8; 16]>,
    suite: Suite,
}

/// The only device of an account, or the one that it uses most, at the beginning of the scenes.
pub fn by(owner: &str) -> Writer {
    by_device(device(owner, "phone"))
}

/// Another device of an account.
pub fn of(owner: &str, name: &str) -> Writer {
    by_device(device(owner, name))
}

/// The other device of the account whose phone receives.
pub fn desktop() -> Writer {
    of(OWN, "desktop")
}

pub fn by_device(device: Device) -> Writer {
    Writer {
        device,
        sent_at: NOW.0,
        message_id: None,
        suite: Suite::X25519,
    }
}

impl Writer {
    pub fn at(self, sent_at: u64) -> Writer {
        Writer { sent_at, ..self }
    }

    pub fn id(self, byte: u8) -> Writer {
        Writer {
            message_id: Some([byte; 16]),
            ..self
        }
    }

    pub fn suite(self, suite: Suite) -> Writer {
        Writer { suite, ..self }
    }
}

impl Scene {
    pub fn seal(&mut self, name: &str, writer: Writer, content: Content) -> Letter {
        let bundle = self.bundle(&writer);
        self.seal_with(name, &writer, &bundle, content)
    }

    /// An envelope to another device than the one that receives here.
    pub fn seal_to(&mut self, name: &str, to: &PrekeyBundle, content: Content) -> Letter {
        self.seal_with(name, &by("alice"), to, content)
    }

    fn seal_with(
        &mut self,
        name: &str,
        writer: &Writer,
        to: &PrekeyBundle,
        content: Content,
    ) -> Letter {
        let message_id = writer.message_id.unwrap_or_else(|| self.random(name));
        let options = SealOptions::at(UnixMillis(writer.sent_at))
            .with_message_id(MessageId::from_bytes(message_id));
        let rng = &mut self.rng(name);
        let sealed = writer.device.seal_with_rng(to, &content, options, rng);
        let bytes = sealed.unwrap().as_bytes().to_vec();
        self.post(name, writer, message_id, content, bytes)
    }

    /// An envelope from support/src/forge.rs: `change` breaks what the scene is about. `content` is
    /// what the envelope says, where it can be read.
    pub fn forge(
        &mut self,
        name: &str,
        writer: Writer,
        content: Content,
        stream: Vec<u8>,
        change: impl FnOnce(&mut Frame),
    ) -> Letter {
        let message_id = writer.message_id.unwrap_or_else(|| self.random(name));
        let mut frame = Frame::of(&writer.device, message_id, writer.sent_at, stream);
        change(&mut frame);
        let bytes = frame.seal(&self.bundle(&writer), self.rng(name));
        self.post(name, &writer, message_id, content, bytes)
    }

    /// An envelope whose bytes were changed on the way.
    pub fn spoil(
        &mut self,
        name: &str,
        letter: &Letter,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Letter {
        let mut spoiled = letter.clone();
        spoiled.name = name.into();
        change(&mut spoiled.bytes);
        self.letters
            .insert(name.into(), base64(&spoiled.bytes).into());
        spoiled
    }

    fn post(
        &mut self,
        name: &str,
        writer: &Writer,
        message_id: [u8; 16],
        content: Content,
        bytes: Vec<u8>,
    ) -> Letter {
        let old = self.letters.insert(name.into(), base64(&bytes).into());
        assert!(old.is_none(), "{}: two letters {name}", self.name);
        Letter {
            name: name.into(),
            account: *writer.device.account(),
            device: *writer.device.public_key().as_bytes(),
            message_id,
            sent_at: writer.sent_at,
            content,
            claimed: None,
            bytes,
        }
    }

    fn bundle(&self, writer: &Writer) -> PrekeyBundle {
        let mut keys = self.prekeys.iter();
        let key = keys.find(|key| key.suite() == writer.suite).unwrap();
        bundle(&self.receiver, key)
    }

    fn random(&self, name: &str) -> [u8; 16] {
        seed(&format!("message id of {name} in {}", self.name))[..16]
            .try_into()
            .unwrap()
    }

    fn rng(&self, name: &str) -> TestRng {
        let seed = seed(&format!("encapsulation of {name} in {}", self.name));
        TestRng::new(u64::from(u32::from_be_bytes(seed[..4].try_into().unwrap())))
    }
}
