pub fn run(_: &[&str]) {}
