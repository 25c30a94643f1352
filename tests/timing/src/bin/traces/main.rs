//! Does one case with one input, for valgrind's lackey, which records every instruction and every
//! address.
//!
//! `traces` lists the cases and whether they leak, `traces marks` prints the addresses of [`begin`] and
//! [`end`], between whose calls the record counts, and `traces CASE INPUT` does it.

mod cases;
mod twins;

use std::hint::black_box;
use std::process::ExitCode;

use sha2::{Digest, Sha512};

use crate::cases::{CASES, FIXED, Input};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, number] = arguments.as_slice() else {
        match arguments.is_empty() {
            true => list(),
            false => println!("{:p} {:p}", begin as fn() -> u8, end as fn() -> u8),
        }
        return ExitCode::SUCCESS;
    };
    let Some(case) = CASES.iter().find(|case| case.name == name) else {
        eprintln!("no case is called {name}");
        return ExitCode::FAILURE;
    };
    let work = (case.prepare)()(&input(number));
    // Once before, so that what is made at the first use is there.
    work();
    begin();
    work();
    end();
    ExitCode::SUCCESS
}

fn list() {
    for case in CASES {
        println!("{} {}", case.name, case.leaks);
    }
}

/// The fixed one, the extremes, changes in one place, and pseudo-random ones.
fn input(number: &str) -> Input {
    let mut one = [0; 64];
    match number {
        "0" => FIXED,
        "1" => [0xff; 64],
        "2" => {
            one[0] = 1;
            one[32] = 0x80;
            one[48] = 0x80;
            one
        }
        _ => Sha512::digest(number).into(),
    }
}

// Each returns something else, so that they are not made one.

#[inline(never)]
fn begin() -> u8 {
    black_box(1)
}

#[inline(never)]
fn end() -> u8 {
    black_box(2)
}
