// The real server: the release binary with a data folder and a PostgreSQL of its own, which can also be stopped, killed and started again.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY = process.env.BOBBIN_BIN || fileURLToPath(new URL("../target/release/bobbin", import.meta.url));
const START_DEADLINE_MS = 60_000;

export class Server {
  /** Where it is; the same after every start. */
  url = "";
  #process?: ChildProcess;

  private constructor(readonly data: string) {}

  /** A server on which nobody has been yet. */
  static async fresh(): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), "bobbin-end2end-"));
    // PostgreSQL, which does not run as root, has to find its way through it.
    await chmod(data, 0o755);
    const server = new Server(data);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const { DATABASE_URL: _, ...environment } = process.env;
    const child = spawn(BINARY, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment,
        BOBBIN_DATA: join(this.data, "data"),
        BOBBIN_LISTEN: this.url ? new URL(this.url).host : "127.0.0.1:0",
        BOBBIN_REQUESTS_PER_SECOND: "0",
      },
    });
    this.#process = child;
    let output = "";
    this.url = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}. Its output:\n${output}`));
      const deadline = setTimeout(fail, START_DEADLINE_MS, "The server did not start in time");
      const hear = (chunk: Buffer) => {
        output += chunk;
        const url = /Bobbin is at (http:\S+)/.exec(output)?.[1];
        if (url) {
          clearTimeout(deadline);
          resolve(url);
        }
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.on("error", (error) => fail(`${BINARY} cannot be run: ${error.message}`));
      child.on("exit", (code) => fail(`The server ended with ${code}`));
    });
  }

  /** Stops as an operator stops it. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Ends as in a power cut. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      child.kill(signal);
      await exit;
    }
  }

  /** Stops, and leaves nothing behind. */
  async drop(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
