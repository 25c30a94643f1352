//! Users, their devices, and the network between them, at random.

use std::collections::BTreeMap;
use std::rc::Rc;

use hushring::{AccountKey, CallId, Inbox};
use hushring_test_support::clock::NOW;

use crate::app::{App, PhoneId};
use crate::network::Envelope;
use crate::random::Dice;
use crate::truth::Truth;
use crate::world::{ALICE, BOB, CAROL, Hardware, Who, hardware};

/// Who calls whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    /// Alice calls Bob.
    One,
    /// Alice calls Bob and Carol.
    Group,
    /// Alice and Bob call each other.
    Both,
    /// Alice calls another device of hers.
    Own,
}

pub struct Habits {
    /// The chance of a crash at each step, in percent.
    pub crash: u64,
    pub crashes_left: u32,
    /// How fast the network is: the chance that the next step is its, in percent.
    pub network: u64,
    /// The chance that an envelope comes again, in percent.
    pub again: u64,
    /// The longest time between two steps.
    pub pause: u64,
    /// Whether some devices say that they are busy.
    pub says_busy: bool,
    /// Whether a caller may ring an account that it talks to.
    pub rings_anytime: bool,
    /// Whether users end calls.
    pub hangs_up: bool,
    pub declines: bool,
    /// Whether callers wait longer than the call's lifetime.
    pub is_patient: bool,
    pub rings: u32,
}

impl Habits {
    pub const fn crashes_used(&self) -> u32 {
        CRASHES - self.crashes_left
    }
}

/// Of one conversation.
const CRASHES: u32 = 12;

pub struct Phone {
    pub hardware: &'static Hardware,
    pub who: Who,
    /// How much its clock is fast, in milliseconds.
    pub fast: i64,
    pub inbox: Inbox,
    pub app: App,
    /// The newest ring that its inbox has accepted.
    pub rung: Rung,
    disk: (Vec<u8>, App),
}

/// For each call, by its caller.
pub type Rung = BTreeMap<(AccountKey, CallId), u64>;

pub struct Conversation {
    pub scene: Scene,
    pub habits: Habits,
    pub dice: Dice,
    /// The true time.
    pub time: u64,
    pub phones: Vec<Phone>,
    pub flight: Vec<Rc<Envelope>>,
    pub truth: Truth,
    /// For random bytes and numbers of signals.
    pub count: u64,
    /// Prints what happens.
    pub tells: bool,
}

/// A device starts anew from what it saved.
pub struct Crash;

impl Conversation {
    pub fn new(scene: Scene, seed: u64, tells: bool) -> Conversation {
        let mut dice = Dice::new(seed);
        let mut phones = Vec::new();
        // Minutes in some conversations, some seconds in others.
        let skew = [2_000, 20_000, 240_000][dice.place(3)];
        let devices = match scene {
            Scene::One => [1 + dice.below(2), 1 + dice.below(4), 0],
            Scene::Group => [1 + dice.below(2), 1 + dice.below(3), 1 + dice.below(2)],
            Scene::Both => [1 + dice.below(2), 1 + dice.below(3), 0],
            Scene::Own => [2 + dice.below(2), 0, 0],
        };
        for (who, many) in [ALICE, BOB, CAROL].into_iter().zip(devices) {
            for number in 0..usize::try_from(many).unwrap() {
                let hardware = hardware(who, number);
                let mut inbox = hardware.new_inbox();
                phones.push(Phone {
                    hardware,
                    who,
                    fast: dice.below(2 * skew).cast_signed() - skew.cast_signed(),
                    disk: (inbox.save().to_vec(), App::default()),
                    inbox,
                    app: App::default(),
                    rung: Rung::new(),
                });
            }
        }
        let habits = Habits {
            crash: [0, 0, 2, 6][dice.place(4)],
            crashes_left: CRASHES,
            network: [30, 60, 90][dice.place(3)],
            hangs_up: dice.percent(70),
            declines: dice.percent(70),
            again: [0, 10, 30][dice.place(3)],
            pause: [300, 3_000, 30_000][dice.place(3)],
            says_busy: dice.percent(20),
            rings_anytime: dice.percent(20),
            is_patient: dice.percent(30),
            rings: 1 + u32::try_from(dice.below(3)).unwrap(),
        };
        Conversation {
            scene,
            habits,
            dice,
            time: NOW.0,
            phones,
            flight: Vec::new(),
            truth: Truth::default(),
            count: seed << 20,
            tells,
        }
    }

    /// Random steps, and the checks whenever nothing is in flight or due. In the end everybody hangs
    /// up, and nobody is in a call.
    pub fn run(&mut self) {
        for _ in 0..5 + self.dice.below(60) {
            self.pass_time();
            let acts = self.acts();
            let weights: u64 = acts.iter().map(|act| self.weight(act)).sum();
            if self.flight.is_empty() && weights == 0 {
                break;
            }
            let network = !self.flight.is_empty() && self.dice.percent(self.habits.network);
            if network || weights == 0 {
                let place = self.dice.place(self.flight.len());
                self.deliver_some(place);
            } else {
                let mut rest = self.dice.below(weights);
                let chosen = acts.iter().find(|act| {
                    let weight = self.weight(act);
                    let is_it = rest < weight;
                    rest = rest.saturating_sub(weight);
                    is_it
                });
                self.act(chosen.unwrap().clone());
            }
            self.check();
        }
        self.settle();
        self.hang_up_all();
        self.settle();
        self.check_silence();
    }

    /// Delivers everything, and lets what is quiet ring.
    fn settle(&mut self) {
        for _ in 0..4 {
            while !self.flight.is_empty() {
                self.pass_time();
                let place = self.dice.place(self.flight.len());
                self.deliver_some(place);
                self.check();
            }
            self.time += 6_000;
            self.let_time_act();
        }
        self.check();
    }

    fn pass_time(&mut self) {
        self.time += 1 + self.dice.below(self.habits.pause);
        self.let_time_act();
    }

    pub fn now(&self, phone: PhoneId) -> u64 {
        self.time.strict_add_signed(self.phones[phone].fast)
    }

    pub fn phones_of(&self, who: Who) -> Vec<PhoneId> {
        let all = self.phones.iter().enumerate();
        let of_account = all.filter(|(_, phone)| phone.who == who);
        of_account.map(|(number, _)| number).collect()
    }

    pub fn name(&self, phone: PhoneId) -> &'static str {
        &self.phones[phone].hardware.name
    }

    pub fn new_call_id(&mut self) -> CallId {
        let mut bytes = self.dice.bytes();
        // As random UUIDs are (M14).
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        CallId::from_bytes(bytes).unwrap()
    }

    pub fn tell(&self, what: impl FnOnce() -> String) {
        if self.tells {
            println!("{:>7} {}", self.time - NOW.0, what());
        }
    }

    // The disk of a device.

    pub fn save(&mut self, phone: PhoneId) {
        let phone = &mut self.phones[phone];
        phone.disk = (phone.inbox.save().to_vec(), phone.app.clone());
    }

    /// Between any two steps a device may die.
    pub fn survive(&mut self) -> Result<(), Crash> {
        if self.habits.crashes_left > 0 && self.dice.percent(self.habits.crash) {
            self.habits.crashes_left -= 1;
            return Err(Crash);
        }
        Ok(())
    }

    pub fn restart(&mut self, number: PhoneId) {
        self.tell(|| format!("{} crashes", self.name(number)));
        self.truth.reach("crash");
        let phone = &mut self.phones[number];
        phone.inbox = phone.hardware.load(&phone.disk.0);
        phone.app = phone.disk.1.clone();
    }
}
