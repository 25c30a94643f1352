#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hushring_fuzz::session(data));
