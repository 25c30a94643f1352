//! Writes the seeds of every target: hushring-fuzz <folder>

use std::fs;
use std::path::PathBuf;

use hushring_fuzz::{TARGETS, seeds};

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    for (target, _) in TARGETS {
        let corpus = folder.join(target);
        fs::create_dir_all(&corpus).expect("the folder can be made");
        for (place, seed) in seeds::of(target).iter().enumerate() {
            fs::write(corpus.join(format!("seed-{place:04}")), seed).expect("it can be written");
        }
    }
}
