// The machine that is measured on, as load/src/speed/machine.rs tells it.

import { createHash } from "node:crypto";
import { cpus, loadavg, release, totalmem, type } from "node:os";

/** The machine in a line, and how busy it was before anything began. */
export function describe(): string {
  const load = loadavg()[0].toFixed(2);
  const cores = cpus();
  const model = cores[0]?.model ?? "a processor";
  const yardstick = (yardstickMs() / 1000).toFixed(2);
  const memory = Math.floor(totalmem() / 2 ** 30);
  return (
    `${cores.length} cores of ${model}, of which one needs ${yardstick} s for the MD5 of 256 MB (by OpenSSL), ` +
    `${memory} GiB, ${type()} ${release()}; load average before the start: ${load}`
  );
}

/**
 * How long a core takes for something that is always the same: machines of one name differ by half. It is to be compared among the browser's
 * records: load's own MD5 is another program.
 */
function yardstickMs(): number {
  const chunk = Buffer.alloc(1_000_000);
  const tries = [1, 2, 3].map(() => {
    const began = performance.now();
    const digest = createHash("md5");
    for (let times = 0; times < 256; times += 1) digest.update(chunk);
    digest.digest();
    return performance.now() - began;
  });
  return Math.min(...tries);
}
