//! `cargo bench --package hushring-benches`.

use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use hushring_benches::{Job, names};

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    for name in names() {
        // A name is a group and an id, as criterion's filters have it.
        let (group, id) = name.rsplit_once(' ').unwrap_or((&name, ""));
        let mut group = criterion.benchmark_group(group);
        group.sampling_mode(SamplingMode::Flat);
        let mut job = None;
        group.bench_function(id, |bencher| {
            let job = job.get_or_insert_with(|| Job::new(&name));
            bencher.iter_custom(|times| job.run(times));
        });
        group.finish();
    }
    criterion.final_summary();
}
