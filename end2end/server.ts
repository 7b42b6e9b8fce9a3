// The real server: the release binary with a data folder and a PostgreSQL of its own, which can also be stopped, killed and started again.
// Where a PostgreSQL is given by DATABASE_URL, it gets a database of its own in that one.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BINARY = process.env.BOBBIN_BIN || fileURLToPath(new URL("../target/release/bobbin", import.meta.url));
const START_DEADLINE_MS = 60_000;
const GIVEN = process.env.DATABASE_URL;

export class Server {
  /** Where it is; the same after every start. */
  url = "";
  /** What it has printed. */
  log = "";
  #process?: ChildProcess;
  #database = `bobbin_end2end_${randomUUID().replaceAll("-", "")}`;

  private constructor(
    readonly data: string,
    readonly args: string[],
  ) {}

  /** A server on which nobody has been yet, started with these arguments. */
  static async fresh(...args: string[]): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), "bobbin-end2end-"));
    // PostgreSQL, which does not run as root, has to find its way through it.
    await chmod(data, 0o755);
    const server = new Server(data, args);
    await server.#psql(`create database ${server.#database}`);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const child = spawn(BINARY, this.args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        ...(GIVEN && { DATABASE_URL: Object.assign(new URL(GIVEN), { pathname: this.#database }).href }),
        BOBBIN_DATA: join(this.data, "data"),
        BOBBIN_LISTEN: this.url ? new URL(this.url).host : "127.0.0.1:0",
        BOBBIN_REQUESTS_PER_SECOND: "0",
      },
    });
    this.#process = child;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.log += chunk));
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
    await this.#psql(`drop database if exists ${this.#database} with (force)`);
    await rm(this.data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** All that its database holds, where that is not in the data folder. */
  rows(): Promise<string> {
    return this.#psql("select database_to_xml(true, true, '')", this.#database);
  }

  async #psql(command: string, database?: string): Promise<string> {
    if (!GIVEN) return "";
    const url = database ? Object.assign(new URL(GIVEN), { pathname: database }).href : GIVEN;
    return (await promisify(execFile)("psql", [url, "--tuples-only", "--command", command], { maxBuffer: 2 ** 28 })).stdout;
  }
}
