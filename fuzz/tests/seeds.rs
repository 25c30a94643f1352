//! A part of the fuzzing that `make test` keeps: every seed, and some thousands of changes to them that
//! are the same in each run.

use hushring_fuzz::{TARGETS, seeds};

/// What a step of a linear congruential generator gives (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

fn change(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(numbers.below(256)).unwrap()),
            2 => bytes.extend(&other[..numbers.below(other.len())]),
            3 if !bytes.is_empty() => drop(bytes.remove(at)),
            4 if !bytes.is_empty() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            _ if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            _ => {}
        }
    }
    bytes
}

/// How many changes a target gets: those that encrypt or keep an inbox are slow.
fn runs(target: &str) -> usize {
    match target {
        "certificate" | "content" | "compression" | "keys" | "link" => 20_000,
        _ => 1_000,
    }
}

#[test]
fn seeds_and_their_neighbours() {
    std::thread::scope(|scope| {
        for (target, run) in TARGETS {
            scope.spawn(move || {
                let seeds = seeds::of(target);
                assert!(seeds.len() >= 6, "{target}: {}", seeds.len());
                seeds.iter().for_each(|seed| run(seed));
                let mut numbers = Numbers(1);
                for _ in 0..runs(target) {
                    let [one, other] = [0, 1].map(|_| &seeds[numbers.below(seeds.len())]);
                    run(&change(one, other, &mut numbers));
                }
            });
        }
    });
}
