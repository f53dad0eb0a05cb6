//! Times of one kind of request, and how they are told.

use std::time::Duration;

/// What each request of one peer took.
pub(super) struct Figures {
    name: &'static str,
    cpu: Vec<Duration>,
    wall: Vec<Duration>,
}

impl Figures {
    pub(super) fn of(name: &'static str) -> Self {
        Self { name, cpu: Vec::new(), wall: Vec::new() }
    }

    pub(super) fn add(&mut self, cpu: Duration, wall: Duration) {
        self.cpu.push(cpu);
        self.wall.push(wall);
    }
}

/// Prints a row a peer; the first is what the others are compared with.
pub(super) fn table(title: &str, peers: &[Figures]) {
    println!("| {title} | CPU p50 | CPU p99 | CPU mean | wall p50 | wall p99 | CPU p50, times ours |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let ours = at(&peers[0].cpu, 0.5);
    for Figures { name, cpu, wall } in peers {
        let mean = cpu.iter().sum::<Duration>().as_secs_f64() / cpu.len().max(1) as f64;
        let ms = |time: f64| format!("{:.3} ms", time * 1e3);
        let ratio = at(cpu, 0.5) / ours;
        let [c50, c99, w50, w99] = [at(cpu, 0.5), at(cpu, 0.99), at(wall, 0.5), at(wall, 0.99)].map(ms);
        println!("| {name} | {c50} | {c99} | {} | {w50} | {w99} | {ratio:.1} |", ms(mean));
    }
    println!();
}

/// A quantile, in seconds.
fn at(times: &[Duration], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short list")]
    let place = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(f64::NAN, Duration::as_secs_f64)
}
