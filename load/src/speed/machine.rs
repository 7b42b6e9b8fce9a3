//! What the kernel says of processes and of the machine: /proc.

use anyhow::Context;
use std::fs;

/// What a set of processes used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Time on a processor, of the user and the kernel together.
    pub cpu_s: f64,
    /// Memory that is in use: without files that are only mapped.
    pub memory_bytes: u64,
}

impl Usage {
    /// Of one process.
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name may have spaces and parentheses.
        let (_, fields) = stat.rsplit_once(')').context("an odd /proc/<pid>/stat")?;
        let fields: Vec<u64> =
            fields.split_whitespace().map(|field| field.parse().unwrap_or_default()).collect();
        let ticks = fields.get(11).zip(fields.get(12)).map_or(0, |(user, kernel)| user + kernel);
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
        let kb: u64 = anonymous.trim().trim_end_matches(" kB").parse().unwrap_or_default();
        Ok(Self { cpu_s: ticks as f64 / TICKS_PER_S, memory_bytes: kb * 1024 })
    }

    /// Of a process and its children: PostgreSQL has one for each connection.
    pub fn of_family(pid: u32) -> anyhow::Result<Self> {
        let mut sum = Self::of(pid)?;
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            // It may have ended meanwhile.
            let child = Self::of(child).unwrap_or_default();
            sum =
                Self { cpu_s: sum.cpu_s + child.cpu_s, memory_bytes: sum.memory_bytes + child.memory_bytes };
        }
        Ok(sum)
    }
}

/// USER_HZ, which Linux shows to processes on every machine that Bobbin runs on.
const TICKS_PER_S: f64 = 100.0;

/// What all TCP sockets of the machine hold in the kernel: on a machine that measures itself, both ends of each.
pub fn socket_memory_bytes() -> u64 {
    let stat = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let tcp = stat.lines().find(|line| line.starts_with("TCP:")).unwrap_or_default();
    let pages = tcp.split_whitespace().skip_while(|word| *word != "mem").nth(1);
    pages.and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

/// The machine in a line, and how busy it was before anything began.
pub fn describe() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<_> = cpu.lines().filter_map(|line| line.strip_prefix("model name")).collect();
    let model = models.first().map_or("a processor", |model| model.trim_start_matches([' ', '\t', ':']));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kb = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or_default();
    let kb: u64 = kb.trim().trim_end_matches(" kB").parse().unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown");
    format!(
        "{} cores of {model}, {} GiB, Linux {}; load average before the start: {load}",
        models.len(),
        kb / 1024 / 1024,
        kernel.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_something() {
        let usage = Usage::of(std::process::id()).unwrap();
        assert!(usage.memory_bytes > 100_000, "{usage:?}");
        assert!(Usage::of_family(std::process::id()).unwrap().memory_bytes >= usage.memory_bytes / 2);
        assert!(describe().contains("GiB"));
    }
}
