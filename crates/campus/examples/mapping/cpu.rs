//! What a run costs, in microseconds of CPU.

use std::fmt;

/// How long one measurement lasts.
const SECONDS: f64 = 0.3;

/// Of all threads of this process: a database's work for it.
pub fn cost(run: &mut dyn FnMut()) -> f64 {
    run();
    let (start, mut runs) = (spent(), 0.0);
    loop {
        run();
        runs += 1.0;
        let spent = spent() - start;
        if spent > SECONDS {
            return spent / runs * 1e6;
        }
    }
}

fn spent() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let stats = threads.filter_map(|thread| std::fs::read_to_string(thread.unwrap().path().join("schedstat")).ok());
    stats.map(|stat| stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9).sum()
}

/// Median, lowest and highest of several measurements.
pub struct Spread {
    pub median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    pub fn of(mut costs: Vec<f64>) -> Self {
        costs.sort_by(f64::total_cmp);
        Self { median: costs[costs.len() / 2], lowest: costs[0], highest: costs[costs.len() - 1] }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} ({:.0} to {:.0})", self.median, self.lowest, self.highest)
    }
}
