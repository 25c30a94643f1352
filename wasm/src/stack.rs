//! The stack, which calls leave as they have used it.

use std::hint::black_box;

use wasm_bindgen::prelude::*;

/// Bytes of the stack that are wiped. `js/test/leftovers.test.mjs` measures that no call uses more.
const USED: usize = 65_536;

/// Fills with zeros what earlier calls have used of the stack, when no other call is running: a
/// secret that the compiler has copied there would stay until a later call overwrites it. This
/// function's own frame lies where theirs were.
#[wasm_bindgen(js_name = wipeStack)]
pub fn wipe_stack() {
    let mut used = [0_u8; USED];
    // Says that somebody reads the zeros, so that they are written.
    black_box(&mut used);
}
