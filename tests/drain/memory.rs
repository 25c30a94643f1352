//! The memory of this process, as the system counts it.

use std::fs;

/// What the process has before it begins.
pub struct Rest {
    bytes: u64,
}

impl Rest {
    /// Forgets the peak of before, so that it is that of what follows.
    pub fn now() -> Rest {
        fs::write("/proc/self/clear_refs", "5").unwrap();
        Rest {
            bytes: of_status("VmRSS"),
        }
    }

    /// The most that there was since, above what there was at rest.
    pub fn peak(&self) -> u64 {
        of_status("VmHWM").saturating_sub(self.bytes)
    }
}

fn of_status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<u64>().unwrap() * 1024
}
