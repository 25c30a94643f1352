//! The floor in WebAssembly.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct Floor(crate::Floor);

#[wasm_bindgen]
impl Floor {
    pub fn x25519() -> Floor {
        Floor(crate::Floor::x25519())
    }

    pub fn xwing() -> Floor {
        Floor(crate::Floor::xwing())
    }

    #[wasm_bindgen(js_name = frameLength)]
    pub fn frame_len(&self) -> usize {
        self.0.frame_len()
    }

    pub fn seal(&self, frame: &[u8], signed: usize) -> Vec<u8> {
        self.0.seal(frame, signed)
    }

    pub fn open(&self, envelope: &[u8], signed: usize) -> Option<Vec<u8>> {
        self.0.open(envelope, signed)
    }
}
