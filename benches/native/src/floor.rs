//! The bare primitives, over as many bytes as hushring's.

use hushring::Suite;
use hushring_bench_floor::Floor;

use crate::Job;

/// Bytes of a frame in front of its content.
const HEAD: usize = 170;

pub(crate) fn seal(suite: Suite, content: usize) -> Job {
    let (floor, frame) = floor(suite);
    let signed = HEAD + content;
    Job::repeated(move || floor.seal(&frame, signed))
}

pub(crate) fn open(suite: Suite, content: usize) -> Job {
    let (floor, frame) = floor(suite);
    let signed = HEAD + content;
    let envelope = floor.seal(&frame, signed);
    let opened = floor.open(&envelope, signed).unwrap();
    assert_eq!(opened[..signed], frame[..signed]);
    Job::repeated(move || floor.open(&envelope, signed))
}

fn floor(suite: Suite) -> (Floor, Vec<u8>) {
    let floor = match suite {
        Suite::X25519 => Floor::x25519(),
        Suite::XWing => Floor::xwing(),
    };
    let frame = (0..floor.frame_len()).map(|at| (at * 7) as u8).collect();
    (floor, frame)
}
