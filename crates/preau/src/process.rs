//! What this process uses of its machine, under the names that Prometheus's own libraries give
//! (<https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>).

use std::fmt::Error;

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

/// The process since an instant.
#[derive(Debug)]
pub(crate) struct Process(Timestamp);

impl Process {
    /// This process, which began just now.
    pub(crate) fn beginning() -> Self {
        Self(Timestamp::now())
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let mut write = |name, help, unit: Option<Unit>, metric: &dyn EncodeMetric| {
            metric.encode(encoder.encode_descriptor(name, help, unit.as_ref(), metric.metric_type())?)
        };
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        let cpu = ConstCounter::new(cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9);
        write("process_cpu", "Processor time, user and system", Some(Unit::Seconds), &cpu)?;
        let began = ConstGauge::new(self.0.as_second());
        write("process_start_time", "When the process began, since 1970", Some(Unit::Seconds), &began)?;
        // Where the kernel does not tell, there is no series.
        if let Some(memory) = resident() {
            write("process_resident_memory", "Memory in use", Some(Unit::Bytes), &ConstGauge::new(memory))?;
        }
        if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
            let open = i64::try_from(open.count()).unwrap_or(i64::MAX);
            write("process_open_fds", "Open files and connections", None, &ConstGauge::new(open))?;
        }
        if let Some(most) = getrlimit(Resource::Nofile).current {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            write("process_max_fds", "Files and connections at most", None, &ConstGauge::new(most))?;
        }
        Ok(())
    }
}

/// Bytes of memory in use.
fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib << 10)
}
