//! A control: the kernel's own work for a frame over the loopback, that of the reader's side among it, if each leaves by itself.

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use std::{io::Write, net::Ipv4Addr, thread};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// At most so many connections: both of their ends are this program's, which may have 20,000 files open.
const MOST: usize = 7_000;
/// About how many bytes a delivery has.
const BYTES: usize = 400;
/// How many are written.
const WRITES: usize = 200_000;

/// The CPU of a write to each of so many connections in turn, of which somebody reads, in microseconds.
pub async fn write_us(connections: usize) -> anyhow::Result<f64> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut writers = Vec::new();
    let mut readers = JoinSet::new();
    for _ in 0..connections.min(MOST) {
        let (reader, accepted) = tokio::join!(TcpStream::connect(listener.local_addr()?), listener.accept());
        let (mut reader, writer) = (reader?, accepted?.0.into_std()?);
        writer.set_nodelay(true)?;
        writer.set_nonblocking(false)?;
        writers.push(writer);
        readers.spawn(async move {
            let mut buffer = [0; 4 * BYTES];
            while reader.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
        });
    }
    // A thread of its own, whose clock counts nothing else.
    let writing = thread::spawn(move || {
        let before = cpu_us();
        for number in 0..WRITES {
            let place = number % writers.len();
            if let Some(writer) = writers.get_mut(place) {
                writer.write_all(&[0; BYTES])?;
            }
        }
        anyhow::Ok((cpu_us() - before) / WRITES as f64)
    });
    // It ends once all has been written, and so does what is read.
    while readers.join_next().await.is_some() {}
    writing.join().ok().context("the thread that writes panicked")?
}

/// How long this thread has been on a processor.
fn cpu_us() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
