//! What outlives every process: the relay's mailbox, the phone's files, and what was done.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use hushring::Envelope;
use hushring::inbox::{Action, Event};

/// Envelopes of a page (P12).
pub const PAGE: usize = 64;

pub struct World {
    folder: PathBuf,
}

/// A page of the mailbox: its envelopes by their places.
pub struct Page {
    pub envelopes: Vec<(usize, Vec<u8>)>,
    /// The place behind the last of them.
    pub next: usize,
    pub waiting: usize,
}

impl World {
    pub fn at(folder: impl AsRef<Path>) -> World {
        World {
            folder: folder.as_ref().into(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Adds to a file. Few bytes at once are added as a whole, or not at all.
    pub fn add(&self, name: &str, bytes: &[u8]) {
        let mut options = OpenOptions::new();
        let mut file = options
            .create(true)
            .append(true)
            .open(self.path(name))
            .unwrap();
        file.write_all(bytes).unwrap();
    }

    /// The relay's: what was confirmed is gone (P12).
    pub fn page(&self, from: usize) -> Page {
        let confirmed = self.read("confirmed");
        let waiting: Vec<usize> = (from..confirmed.len())
            .filter(|place| confirmed[*place] == 0)
            .collect();
        let page = &waiting[..waiting.len().min(PAGE)];
        Page {
            envelopes: page.iter().map(|at| (*at, self.envelope(*at))).collect(),
            next: page.last().map_or(from, |last| last + 1),
            waiting: waiting.len(),
        }
    }

    pub fn envelope(&self, place: usize) -> Vec<u8> {
        let mut envelope = vec![0; Envelope::LEN];
        let offset = (place * Envelope::LEN) as u64;
        let mailbox = File::open(self.path("mailbox")).unwrap();
        mailbox.read_exact_at(&mut envelope, offset).unwrap();
        envelope
    }

    pub fn confirm(&self, place: usize) {
        let mut options = OpenOptions::new();
        let confirmed = options.write(true).open(self.path("confirmed"));
        confirmed.unwrap().write_all_at(&[1], place as u64).unwrap();
    }

    pub fn unconfirmed(&self) -> usize {
        let confirmed = self.read("confirmed");
        confirmed.iter().filter(|byte| **byte == 0).count()
    }
}

/// A line of what the processes did.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A process begins with the state of this revision. What the one before had not saved is
    /// forgotten.
    Begun(u64),
    /// The app acted on an event, and perhaps acknowledged it.
    Acted {
        event: Name,
        ring: Option<Ring>,
        acknowledged: bool,
    },
    /// The state of this revision is about to take its place on disk, with everything that was
    /// acknowledged before.
    Saving(u64),
    /// The most memory that a process has had, above what it has at rest.
    Peak(u64),
    /// There was no room for all of a page.
    PassedOver,
}

/// The account and the message id that name an event.
pub type Name = ([u8; 32], [u8; 16]);

/// What names a ring: its UUID and its time.
pub type Ring = ([u8; 16], u64);

const LINE: usize = 80;

impl Line {
    pub fn acted(event: &Event, acknowledged: bool) -> Line {
        let uuid = match &event.action {
            Action::Ring(ring) => Some(ring.call_uuid),
            Action::Missed(missed) => Some(missed.call_uuid),
            _ => None,
        };
        Line::Acted {
            event: (
                *event.sender.account.as_bytes(),
                *event.message_id.as_bytes(),
            ),
            ring: uuid.map(|uuid| (*uuid.as_bytes(), event.sent_at.0)),
            acknowledged,
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = match self {
            Line::Acted {
                event: (account, id),
                ring,
                acknowledged,
            } => {
                let mut bytes = vec![1, u8::from(*acknowledged), u8::from(ring.is_some())];
                bytes.extend([account.as_slice(), id].concat());
                let (uuid, time) = ring.unwrap_or_default();
                bytes.extend([uuid.as_slice(), &time.to_be_bytes()].concat());
                bytes
            }
            Line::Saving(revision) => [&[2], revision.to_be_bytes().as_slice()].concat(),
            Line::Peak(bytes) => [&[3], bytes.to_be_bytes().as_slice()].concat(),
            Line::PassedOver => vec![5],
            Line::Begun(revision) => [&[4], revision.to_be_bytes().as_slice()].concat(),
        };
        bytes.resize(LINE, 0);
        bytes
    }

    /// A line that a kill has torn was not written.
    pub fn all(bytes: &[u8]) -> Vec<Line> {
        let lines = bytes.chunks_exact(LINE);
        lines.map(Line::from_bytes).collect()
    }

    fn from_bytes(line: &[u8]) -> Line {
        let number = u64::from_be_bytes(line[1..9].try_into().unwrap());
        match line[0] {
            1 => {
                let ring = (
                    line[51..67].try_into().unwrap(),
                    u64::from_be_bytes(line[67..75].try_into().unwrap()),
                );
                Line::Acted {
                    event: (
                        line[3..35].try_into().unwrap(),
                        line[35..51].try_into().unwrap(),
                    ),
                    ring: (line[2] == 1).then_some(ring),
                    acknowledged: line[1] == 1,
                }
            }
            2 => Line::Saving(number),
            3 => Line::Peak(number),
            4 => Line::Begun(number),
            5 => Line::PassedOver,
            other => panic!("a line that begins with {other}"),
        }
    }
}
