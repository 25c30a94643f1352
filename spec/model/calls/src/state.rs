//! A state of everything: inboxes, apps and their users, and what is on its way.

use crate::letter::{Content, Letter};
use crate::scope::Scope;
use crate::tables::{Inbox, Kept, Leg, LegPhase, Phase};
use crate::{Account, CALLER, DEVICES, Device, LAST, Time};

/// A state of everything.
#[derive(Clone, Debug)]
pub struct State {
    /// The caller's clock.
    pub time: Time,
    /// How many crashes are left.
    pub crashes: u8,
    /// Those of the caller's device and of each that is called.
    pub inboxes: [Inbox; DEVICES],
    /// The caller's app, for each account.
    pub calling: [Calling; 4],
    /// The app of each device that is called.
    pub called: [Called; DEVICES],
    /// What is on its way.
    pub letters: Vec<Letter>,
    /// The invariant that the last step broke, if it broke one.
    pub broken: Option<&'static str>,
}

/// What the caller's app does about one account, and what has happened since it last rang there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calling {
    pub rings: u8,
    /// It has stopped without a word.
    pub stopped: Stopped,
    /// It still has to say that it took this device.
    pub due: Option<Device>,
    /// When signals were sent, as a set of times.
    pub sent: u32,
    /// Sets of devices: those that answered, that hung up afterwards, that sent a signal with their
    /// answer, and those of which the app got one.
    pub answered: u8,
    pub hung_up: u8,
    pub replied: u8,
    pub heard: u8,
    /// The caller's user has ended the call.
    pub ended: bool,
}

/// Why the caller's app has stopped, without a word to anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stopped {
    #[default]
    No,
    Declined,
    TimedOut,
}

/// What the app of a device that is called does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// The ring that it still has to answer.
    pub due: Time,
    /// Its user has turned away from the call, or its time to ring is over: whatever the inbox
    /// says, it neither rings nor talks.
    pub is_away: bool,
    pub was_busy: bool,
    /// The last ring on which its user acted.
    pub acted: Time,
    /// The times of the signals that the app got, as a set.
    pub got: u32,
}

impl State {
    /// Returns the state in which nobody has called.
    pub fn new(scope: &Scope) -> State {
        let device = |device| {
            let device = device as Device;
            Inbox::new(device, scope.account_of(device))
        };
        State {
            time: 0,
            crashes: scope.crashes() as u8,
            inboxes: std::array::from_fn(device),
            calling: Default::default(),
            called: Default::default(),
            letters: Vec::new(),
            broken: None,
        }
    }

    /// Returns the leg of an account at the caller.
    pub fn leg(&self, account: Account) -> &Leg {
        &self.inboxes[usize::from(CALLER)].legs[account as usize]
    }

    /// Returns the leg of an account at the caller.
    pub fn leg_mut(&mut self, account: Account) -> &mut Leg {
        &mut self.inboxes[usize::from(CALLER)].legs[account as usize]
    }

    /// Returns whether this device rings.
    pub fn rings(&self, device: Device) -> bool {
        self.phase(device) == Phase::Ringing && !self.called[usize::from(device)].is_away
    }

    /// Returns whether this device is in the call, as far as it knows.
    pub fn is_in_call(&self, device: Device) -> bool {
        self.phase(device) == Phase::Answered && !self.called[usize::from(device)].is_away
    }

    /// Returns how far the call is at this device.
    pub fn phase(&self, device: Device) -> Phase {
        self.inboxes[usize::from(device)].calls[Account::A as usize].phase
    }

    /// Moves the caller's clock on.
    pub fn tick(&mut self) -> Time {
        self.time += 1;
        assert!(self.time <= LAST, "a scope that is too large");
        self.time
    }

    /// Returns the state as bytes. States that differ only in the names of B's devices have the
    /// same bytes, unless the scope tells them apart: devices are named in the order of what each
    /// has, and where this leaves several orders, the one with the least bytes counts.
    pub fn canonical(&self, scope: &Scope, orders: &Orders) -> Vec<u8> {
        let called = std::array::from_fn(|device| self.encode_called(device));
        let ascending = orders.ascending(&called);
        let encoded = ascending.map(|order| self.encode(&called, scope, order));
        encoded.min().expect("an order")
    }

    /// Returns the state as bytes, with another name for each device.
    fn encode(&self, called: &EncodedCalled, scope: &Scope, order: &Order) -> Vec<u8> {
        let name = |device: Device| order.names[usize::from(device)];
        let some = |device: Option<Device>| device.map_or(0, name);
        let set = |devices: u8| {
            let of = scope.called().filter(|device| devices >> device & 1 == 1);
            of.fold(0, |set: u8, device| set | 1 << name(device))
        };
        let room = 2 + 32 + scope.called().count() * CALLED_LEN + self.letters.len() * Letter::LEN;
        let mut bytes = Vec::with_capacity(room);
        bytes.extend([self.time, self.crashes]);
        for account in scope.accounts() {
            let (leg, app) = (self.leg(*account), &self.calling[*account as usize]);
            let flags = leg.phase as u8
                | u8::from(leg.told) << 2
                | u8::from(leg.declined) << 3
                | (app.stopped as u8) << 4
                | u8::from(app.ended) << 6;
            bytes.extend([leg.since, flags, some(leg.by), app.rings, some(app.due)]);
            bytes.extend([app.answered, app.hung_up, app.replied, app.heard].map(set));
            bytes.extend(app.sent.to_le_bytes());
        }
        for name in scope.called() {
            bytes.extend(called[usize::from(order.devices[usize::from(name)])]);
        }
        let renamed = |letter: &Letter| {
            let content = match letter.content {
                Content::End {
                    reason,
                    device: Some(device),
                } => Content::End {
                    reason,
                    device: Some(name(device)),
                },
                content => content,
            };
            let letter = Letter {
                from: name(letter.from),
                to: name(letter.to),
                content,
                ..*letter
            };
            letter.encode()
        };
        let mut letters: Vec<_> = self.letters.iter().map(renamed).collect();
        letters.sort_unstable();
        bytes.extend(letters.as_flattened());
        bytes
    }

    fn encode_called(&self, device: usize) -> [u8; CALLED_LEN] {
        let mut bytes = [0; CALLED_LEN];
        let call = &self.inboxes[device].calls[Account::A as usize];
        let app = &self.called[device];
        let flags = call.phase as u8
            | u8::from(call.declined_elsewhere) << 2
            | u8::from(app.is_away) << 3
            | u8::from(app.was_busy) << 4;
        let times = [
            call.rung,
            call.over,
            call.elsewhere,
            flags,
            app.due,
            app.acted,
        ];
        bytes[..6].copy_from_slice(&times);
        bytes[6..10].copy_from_slice(&app.got.to_le_bytes());
        for (place, time) in bytes[10..].iter_mut().zip(call.kept.times()) {
            *place = time;
        }
        bytes
    }

    /// Reads what [`State::canonical`] wrote.
    pub fn decode(bytes: &[u8], scope: &Scope) -> State {
        let mut state = State::new(scope);
        let mut rest = bytes;
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at(count);
            rest = left;
            taken
        };
        let some = |device: Device| (device != 0).then_some(device);
        let start = take(2);
        (state.time, state.crashes) = (start[0], start[1]);
        for account in scope.accounts() {
            let bytes = take(13);
            let flags = bytes[1];
            *state.leg_mut(*account) = Leg {
                since: bytes[0],
                phase: LEG_PHASES[usize::from(flags & 3)],
                by: some(bytes[2]),
                told: flags >> 2 & 1 == 1,
                declined: flags >> 3 & 1 == 1,
            };
            state.calling[*account as usize] = Calling {
                rings: bytes[3],
                stopped: STOPPED[usize::from(flags >> 4 & 3)],
                due: some(bytes[4]),
                sent: mask(&bytes[9..]),
                answered: bytes[5],
                hung_up: bytes[6],
                replied: bytes[7],
                heard: bytes[8],
                ended: flags >> 6 & 1 == 1,
            };
        }
        for device in scope.called().map(usize::from) {
            let bytes = take(CALLED_LEN);
            let call = &mut state.inboxes[device].calls[Account::A as usize];
            (call.rung, call.over, call.elsewhere) = (bytes[0], bytes[1], bytes[2]);
            let flags = bytes[3];
            call.phase = PHASES[usize::from(flags & 3)];
            call.declined_elsewhere = flags >> 2 & 1 == 1;
            for time in bytes[10..].iter().filter(|time| **time != 0) {
                call.kept.push(*time);
            }
            state.called[device] = Called {
                due: bytes[4],
                is_away: flags >> 3 & 1 == 1,
                was_busy: flags >> 4 & 1 == 1,
                acted: bytes[5],
                got: mask(&bytes[6..10]),
            };
        }
        state.letters = rest.chunks(Letter::LEN).map(Letter::decode).collect();
        state
    }
}

/// The names that devices may be given: those of B in any order.
pub struct Orders {
    all: Vec<Order>,
    /// The devices from 1 to this one are not told apart.
    alike: usize,
}

struct Order {
    /// The name of each device.
    names: [Device; DEVICES],
    /// The device of each name.
    devices: [Device; DEVICES],
}

impl Orders {
    /// Returns the orders that a scope does not tell apart.
    pub fn of(scope: &Scope) -> Orders {
        let alike = if scope.no_symmetry() { 1 } else { scope.b() };
        let devices = std::array::from_fn(|device| device as Device);
        let all = permuted(devices, 1, alike).into_iter().map(Order::new);
        Orders {
            all: all.collect(),
            alike,
        }
    }

    /// Returns those in which what the devices have ascends.
    fn ascending(&self, called: &EncodedCalled) -> impl Iterator<Item = &Order> {
        let has = |device: &Device| &called[usize::from(*device)];
        let ascends = move |order: &&Order| order.devices[1..=self.alike].is_sorted_by_key(has);
        self.all.iter().filter(ascends)
    }
}

impl Order {
    fn new(devices: [Device; DEVICES]) -> Order {
        let mut names = devices;
        for (name, device) in devices.into_iter().enumerate() {
            names[usize::from(device)] = name as Device;
        }
        Order { names, devices }
    }
}

/// Returns these devices, with the places from `from` to `last` in every order.
fn permuted(devices: [Device; DEVICES], from: usize, last: usize) -> Vec<[Device; DEVICES]> {
    if from >= last {
        return vec![devices];
    }
    let swapped = |other| {
        let mut devices = devices;
        devices.swap(from, other);
        permuted(devices, from + 1, last)
    };
    (from..=last).flat_map(swapped).collect()
}

/// What each device that is called has, as bytes.
type EncodedCalled = [[u8; CALLED_LEN]; DEVICES];

/// How many bytes a device that is called takes.
const CALLED_LEN: usize = 10 + Kept::MOST;

const LEG_PHASES: [LegPhase; 4] = [
    LegPhase::None,
    LegPhase::Open,
    LegPhase::Taken,
    LegPhase::Closed,
];

const PHASES: [Phase; 4] = [Phase::None, Phase::Ringing, Phase::Missed, Phase::Answered];

const STOPPED: [Stopped; 4] = [
    Stopped::No,
    Stopped::Declined,
    Stopped::TimedOut,
    Stopped::No,
];

fn mask(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("four bytes"))
}
