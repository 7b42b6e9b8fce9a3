//! What the kernel says of processes and of the machine: /proc.

use anyhow::Context;
use md5::{Digest, Md5};
use std::{
    fs,
    hint::black_box,
    iter,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// The load average of a machine that others leave alone, and how long that is waited for.
const QUIET: f64 = 0.5;
const LONGEST_REST: Duration = Duration::from_secs(240);

/// What a set of processes used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Time on a processor, of the program and the kernel together.
    pub cpu_s: f64,
    /// The kernel's part of it.
    pub kernel_s: f64,
    /// Memory that is in use: without files that are only mapped.
    pub memory_bytes: u64,
}

impl Usage {
    /// Of one process.
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let [program, kernel, ..] = cpu_s(&stat)?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
        let kb: u64 = anonymous.trim().trim_end_matches(" kB").parse().unwrap_or_default();
        Ok(Self { cpu_s: program + kernel, kernel_s: kernel, memory_bytes: kb * 1024 })
    }

    /// Of a process and its children, those that have ended among them: PostgreSQL has one for each connection.
    pub fn of_family(pid: u32) -> anyhow::Result<Self> {
        let mut sum = Self::of(pid)?;
        let ended = ended_children(pid)?;
        sum.cpu_s += ended.cpu_s;
        sum.kernel_s += ended.kernel_s;
        for child in children(pid)? {
            // It may have ended meanwhile.
            let child = Self::of(child).unwrap_or_default();
            sum.cpu_s += child.cpu_s;
            sum.kernel_s += child.kernel_s;
            sum.memory_bytes += child.memory_bytes;
        }
        Ok(sum)
    }
}

/// What the children of a process used that have ended.
fn ended_children(pid: u32) -> anyhow::Result<Usage> {
    let [.., program, kernel] = cpu_s(&fs::read_to_string(format!("/proc/{pid}/stat"))?)?;
    Ok(Usage { cpu_s: program + kernel, kernel_s: kernel, memory_bytes: 0 })
}

/// What /proc/<pid>/stat says of the time on a processor (proc(5)): of the program and of the kernel, and the same of the children that have ended.
fn cpu_s(stat: &str) -> anyhow::Result<[f64; 4]> {
    // The name may have spaces and parentheses.
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/<pid>/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = fields.get(11..15).context("a short /proc/<pid>/stat")?;
    let ticks: Vec<f64> = ticks.iter().map(|ticks| ticks.parse()).collect::<Result<_, _>>()?;
    Ok(std::array::from_fn(|place| ticks.get(place).copied().unwrap_or_default() / TICKS_PER_S))
}

/// How much a process and its children have had read from the disk: what the kernel's memory did not have.
pub fn disk_bytes_of_family(pid: u32) -> anyhow::Result<u64> {
    let mut sum = 0;
    for pid in iter::once(pid).chain(children(pid)?) {
        // It may have ended meanwhile.
        let Ok(io) = fs::read_to_string(format!("/proc/{pid}/io")) else { continue };
        let read =
            io.lines().find_map(|line| line.strip_prefix("read_bytes: ")).context("an odd /proc/<pid>/io")?;
        sum += read.parse::<u64>()?;
    }
    Ok(sum)
}

fn children(pid: u32) -> anyhow::Result<impl Iterator<Item = u32>> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    let children: Vec<u32> = children.split_whitespace().filter_map(|child| child.parse().ok()).collect();
    Ok(children.into_iter())
}

/// USER_HZ, which Linux shows to processes on every machine that Bobbin runs on.
const TICKS_PER_S: f64 = 100.0;

/// What the kernel holds for everything that is open, and of what waits in TCP sockets: on a machine that measures itself, both ends of each.
pub fn kernel_memory_bytes() -> u64 {
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let slab = memory.lines().find_map(|line| line.strip_prefix("Slab:")).unwrap_or_default();
    let slab_kb: u64 = slab.trim().trim_end_matches(" kB").parse().unwrap_or_default();
    let stat = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let tcp = stat.lines().find(|line| line.starts_with("TCP:")).unwrap_or_default();
    let pages = tcp.split_whitespace().skip_while(|word| *word != "mem").nth(1);
    slab_kb * 1024 + pages.and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

/// How long all cores together have had nothing to do since the machine's start.
pub fn idle_s() -> anyhow::Result<f64> {
    let uptime = fs::read_to_string("/proc/uptime")?;
    Ok(uptime.split_whitespace().nth(1).context("an odd /proc/uptime")?.parse()?)
}

/// Waits until others leave the machine alone, and says so if they do not: what was built just now counts for a while.
pub async fn rest() {
    let until = Instant::now() + LONGEST_REST;
    while load() >= QUIET && Instant::now() < until {
        eprintln!("The load average is {}: it is waited until it is less than {QUIET}.", load());
        sleep(Duration::from_secs(15)).await;
    }
    if load() >= QUIET {
        eprintln!("The machine is busy: what is measured now will be worse than it could be.");
    }
}

/// The load average of the last minute.
fn load() -> f64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or_default()
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
    format!(
        "{} cores of {model}, of which one needs {:.2} s for the MD5 of 256 MB, {} GiB, Linux {}; load average before the start: {:.2}",
        models.len(),
        yardstick().as_secs_f64(),
        kb / 1024 / 1024,
        kernel.trim(),
        load()
    )
}

/// How long a core takes for something that is always the same: machines of one name differ by half.
fn yardstick() -> Duration {
    let chunk = vec![0; 1_000_000];
    let tries = (0..3).map(|_| {
        let began = Instant::now();
        let mut digest = Md5::new();
        (0..256).for_each(|_| digest.update(&chunk));
        black_box(digest.finalize());
        began.elapsed()
    });
    tries.min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_used_is_not_lost_when_it_ends() {
        let work = "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done";
        assert!(std::process::Command::new("sh").args(["-c", work]).status().unwrap().success());
        assert!(ended_children(std::process::id()).unwrap().cpu_s > 0.0);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = Usage::of(std::process::id()).unwrap();
        assert!(usage.memory_bytes > 100_000, "{usage:?}");
        assert!(Usage::of_family(std::process::id()).unwrap().memory_bytes >= usage.memory_bytes / 2);
        assert!(describe().contains("GiB"));
        assert!(kernel_memory_bytes() > 1_000_000);
    }
}
