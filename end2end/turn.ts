// A real TURN server, coturn, which carries secret chats whose people hide their addresses.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";

const START_DEADLINE_MS = 20_000;
/** The ports it relays by. Linux gives no port over 60,999 to a program that names none, so that whoever has one of these is relayed. */
const RELAY_PORTS = [61_000, 61_999] as const;

export class Turn {
  readonly secret = randomUUID();
  /** What it has printed. */
  log = "";
  #process?: ChildProcess;

  private constructor(
    readonly address: string,
    readonly port: number,
  ) {}

  /** Starts one. Browsers do not relay over the loopback, so that it takes an address of this machine. */
  static async start(): Promise<Turn> {
    const own = Object.values(networkInterfaces()).flat();
    const address = own.find((one) => one && !one.internal && one.family === "IPv4")?.address;
    if (!address) throw new Error("This machine has no address but the loopback's, by which no TURN server can be reached.");
    const turn = new Turn(address, await freePort(address));
    await turn.#begin();
    return turn;
  }

  async #begin(): Promise<void> {
    const { address, port, secret } = this;
    const listening = ["--listening-ip", address, "--relay-ip", address, "--listening-port", `${port}`];
    const relaying = ["--min-port", `${RELAY_PORTS[0]}`, "--max-port", `${RELAY_PORTS[1]}`];
    const auth = ["--use-auth-secret", "--static-auth-secret", secret, "--realm", "bobbin"];
    const quiet = ["--no-tls", "--no-dtls", "--no-cli", "--log-file", "stdout", "--simple-log", "--pidfile", "/dev/null"];
    const child = spawn("turnserver", ["-n", "--verbose", ...listening, ...relaying, ...auth, ...quiet], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}. Its output:\n${this.log}`));
      const deadline = setTimeout(fail, START_DEADLINE_MS, "The TURN server did not start in time");
      const hear = (chunk: Buffer) => {
        this.log += chunk;
        output += chunk;
        if (/listener opened/i.test(output)) {
          clearTimeout(deadline);
          resolve();
        }
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.on("error", (error) => fail(`turnserver cannot be run: ${error.message}`));
      child.on("exit", (code) => fail(`The TURN server ended with ${code}`));
    });
  }

  get url(): string {
    return `turn:${this.address}:${this.port}`;
  }

  /** Whether what is sent to this port of this machine passes through it. */
  relays(port: number): boolean {
    return port >= RELAY_PORTS[0] && port <= RELAY_PORTS[1];
  }

  /** Carries nothing, and says nothing, until it goes on. */
  pause(): void {
    this.#process!.kill("SIGSTOP");
  }

  goOn(): void {
    this.#process!.kill("SIGCONT");
  }

  /** Starts anew, and knows nothing of what it carried before. */
  async restart(): Promise<void> {
    await this.#end("SIGKILL");
    await this.#begin();
  }

  end(): Promise<void> {
    this.goOn();
    return this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      child.kill(signal);
      await exit;
    }
  }
}

/** A port that nobody listens on. */
async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
