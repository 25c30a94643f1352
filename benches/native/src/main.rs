//! Works in turns with a benchmark in JavaScript: reads names of work, one a line, does it for about
//! the time that the argument gives in milliseconds, and writes the median time in nanoseconds.

use std::collections::HashMap;
use std::io::{BufRead, Write, stdin, stdout};
use std::time::Duration;

use hushring_benches::Job;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let turn = std::env::args()
        .nth(1)
        .ok_or("how many milliseconds a turn?")?;
    let turn = Duration::from_millis(turn.parse()?);
    let mut jobs: HashMap<String, Job> = HashMap::new();
    for name in stdin().lock().lines() {
        let name = name?;
        let job = jobs.entry(name).or_insert_with_key(|name| Job::new(name));
        println!("{}", job.turn(turn).as_nanos());
        stdout().flush()?;
    }
    Ok(())
}
