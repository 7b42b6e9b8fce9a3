// The world that is measured in: the demonstration's, on a server and with a private PostgreSQL of its own.

import { type APIRequestContext, type Browser, type BrowserContext, type BrowserContextOptions, expect, type Page, request, test as base } from "@playwright/test";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Server } from "../server.ts";
import { Floor } from "./floor.ts";
import { instrument } from "./instrument.ts";

const PASSWORD = "bobbin-demo";

/** Somebody of the demonstration, who acts by the API and opens browsers. */
export class Account {
  private constructor(
    readonly server: Server,
    readonly userId: string,
    readonly api: APIRequestContext,
  ) {}

  static async signIn(server: Server, username: string): Promise<Account> {
    const api = await request.newContext({ baseURL: server.url, extraHTTPHeaders: { origin: server.url } });
    const response = await api.post("/api/v1/sessions", { data: { username, password: PASSWORD } });
    expect(response.ok(), `${username}: ${await response.text()}`).toBe(true);
    return new Account(server, (await response.json()).user.user_id, api);
  }

  async command(data: object): Promise<any> {
    const response = await this.api.post("/api/v1/commands", { data });
    expect(response.ok(), `${JSON.stringify(data)}: ${await response.text()}`).toBe(true);
    return response.json();
  }

  async ask(path: string): Promise<any> {
    const response = await this.api.get(path);
    expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
    return response.json();
  }

  async sends(thread_id: string, body: string): Promise<void> {
    await this.command({ send_message: { message_id: randomUUID(), thread_id, body } });
  }

  async group(title: string, others: Account[]): Promise<string> {
    const thread_id = randomUUID();
    await this.command({ create_group: { thread_id, title, avatar: { hue: 3 }, user_ids: others.map((other) => other.userId) } });
    return thread_id;
  }

  /** Threads that have a page and more, all of them read, so that they open at their end. */
  async longThreads(): Promise<{ thread_id: string; newest: string }[]> {
    const { threads } = await this.ask("/api/v1/threads");
    const long = threads.filter((thread: any) => thread.last_seq > 50);
    return Promise.all(
      long.map(async ({ thread_id }: any) => {
        const { messages } = await this.ask(`/api/v1/threads/${thread_id}/messages`);
        await this.command({ mark_read: { thread_id, created_at: messages.at(-1).created_at } });
        const spoken = messages.filter((message: any) => message.body);
        return { thread_id, newest: `m-${spoken.at(-1).message_id}` };
      }),
    );
  }

  /** A browser with an empty cache, signed in, which has been here before as far as cookies tell. */
  async browses(browser: Browser, { watchesPaints = false } = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ storageState: await this.api.storageState() });
    // By this the server knows where on the clock the reader is, and draws the page as the app would.
    const probe = await context.newPage();
    await probe.goto(this.server.url);
    await isReady(probe);
    const storageState = await context.storageState();
    await context.close();
    return watchedContext(browser, watchesPaints, { storageState });
  }
}

/** A browser with an empty cache, whose pages are watched. */
export async function watchedContext(browser: Browser, watchesPaints: boolean, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  await context.addInitScript(instrument, watchesPaints);
  return context;
}

/** Waits until the app has taken the page over. */
export async function isReady(page: Page): Promise<void> {
  await page.locator("#app[data-ready]").waitFor({ timeout: 120_000 });
}

/** Each part is measured in a world that no other has changed. */
export const test = base.extend<{ server: Server; alice: Account; floor: Floor }>({
  server: [
    async ({}, use) => {
      const server = await Server.fresh("demo");
      await use(server);
      await server.drop();
    },
    { timeout: 300_000 },
  ],
  floor: async ({}, use) => {
    const floor = await Floor.start();
    await use(floor);
    floor.drop();
  },
  alice: async ({ server }, use) => use(await Account.signIn(server, "alice")),
});

/** Puts so many messages of two people, "message 1." first, into a thread that has none, as the server's writer would have left them. */
export async function writeHistory(server: Server, thread_id: string, [one, other]: Account[], count: number): Promise<void> {
  await psql(
    server,
    `begin;
    select from thread where thread_id = '${thread_id}' for update;
    insert into message (thread_id, created_at, message_id, seq, sender_id, body)
      select '${thread_id}', date_trunc('second', now()) - (${count} - number) * interval '5 minutes', gen_random_uuid(), number,
          (case when number % 3 = 0 then '${one.userId}' else '${other.userId}' end)::uuid,
          'message ' || number || '. ' || repeat('and so on ', number % 20)
        from generate_series(1, ${count}) number;
    update thread set last_seq = seq, active_at = created_at, last_message_id = message_id, last_sender_id = sender_id, last_excerpt = body
      from message where thread.thread_id = '${thread_id}' and message.thread_id = thread.thread_id and seq = ${count}
        and created_at > now() - interval '1 minute';
    update member set active_hour = date_trunc('hour', thread.active_at, 'UTC'), read_seq = last_seq, read_at = thread.active_at,
        own_count = own.count, own_read_count = own.count, own_last_at = own.last_at
      from thread, (select sender_id, count(*), max(created_at) last_at from message where thread_id = '${thread_id}' group by sender_id) own
      where member.thread_id = '${thread_id}' and thread.thread_id = member.thread_id and own.sender_id = member.user_id;
    commit;
    analyze message;`,
  );
  const thread = await one.ask(`/api/v1/threads/${thread_id}`);
  expect(thread.last_seq, "what the server knows of the messages").toBe(count);
}

async function psql(server: Server, command: string): Promise<void> {
  // Its fifth line says where the socket is.
  const about = await readFile(join(server.data, "data/database/pg/postmaster.pid"), "utf8");
  const socket = about.split("\n")[4];
  const args = ["--host", socket, "--username", "postgres", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--command", command, "postgres"];
  await promisify(execFile)("psql", args);
}
