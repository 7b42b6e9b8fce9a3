// Who takes part in a test: a server, and people on it, each with a browser of their own. `const { alice, bob } = people` is all a test has to
// say. What goes wrong in a browser's console fails the test.

import { test as base, type BrowserContext, expect, type JSHandle, type Locator, type Page } from "@playwright/test";
import { randomInt, randomUUID } from "node:crypto";
import { Server } from "./server.ts";

export { expect };
/** What a message says that the server has: whether it was read, too, is up to the other person's screen. */
export const SENT = /Sent|Read/;
export const PASSWORD = "correct horse battery";
const NETWORK_TROUBLE = /Failed to load resource|WebSocket connection to|ERR_CONNECTION|ERR_INCOMPLETE|Failed to fetch/;

export class Person {
  userId = "";

  constructor(
    readonly name: string,
    readonly username: string,
    readonly context: BrowserContext,
    readonly server: Server,
  ) {}

  /** Makes the account, and is signed in with it. */
  async join(): Promise<void> {
    const account = { username: this.username, display_name: this.name, password: PASSWORD };
    const me = await this.#post("/api/v1/accounts", account);
    this.userId = me.user.user_id;
  }

  /** Does something by the API, as a program would. */
  command(command: object): Promise<any> {
    return this.#post("/api/v1/commands", command);
  }

  async #post(path: string, data: object): Promise<any> {
    const response = await this.context.request.post(this.server.url + path, {
      data,
      headers: { origin: this.server.url },
    });
    expect(response.ok(), `${this.name}: ${path} ${JSON.stringify(data)}: ${await response.text()}`).toBe(true);
    return response.json();
  }

  /** The thread with somebody. */
  async directWith(other: Person): Promise<string> {
    const answer = await this.command({ open_direct: { user_id: other.userId } });
    return answer.opened.thread.thread_id;
  }

  async group(title: string, others: Person[]): Promise<string> {
    const thread_id = randomUUID();
    const user_ids = others.map((other) => other.userId);
    await this.command({ create_group: { thread_id, title, avatar: { hue: 3 }, user_ids } });
    return thread_id;
  }

  /** Sends a message by the API, and tells when it was stored. */
  async sent(thread_id: string, body: string): Promise<number> {
    const answer = await this.command({ send_message: { message_id: randomUUID(), thread_id, body } });
    return answer.sent.message.created_at;
  }

  async hasRead(thread_id: string, created_at: number): Promise<void> {
    await this.command({ mark_read: { thread_id, created_at } });
  }

  /** A new tab at an address, taken over by the app. */
  async opens(path: string): Promise<Screen> {
    const page = await this.context.newPage();
    const screen = new Screen(page);
    await page.goto(this.server.url + path);
    await screen.isReady();
    return screen;
  }

  /** The same, once it is connected: of what happens before that it only sees what came of it. */
  async connects(path: string): Promise<Screen> {
    const isHeard = new Promise<void>((resolve) => this.context.once("page", (page) => resolve(hears(page))));
    const screen = await this.opens(path);
    await isHeard;
    return screen;
  }

  /** A new tab at an address, whatever stands there. */
  async visits(path: string): Promise<Screen> {
    const page = await this.context.newPage();
    await page.goto(this.server.url + path);
    return new Screen(page);
  }
}

/** When a page is next connected. */
export function hears(page: Page): Promise<void> {
  return new Promise((resolve) => page.on("websocket", (socket) => socket.on("framereceived", () => resolve())));
}

/** What somebody sees in a tab. */
export class Screen {
  readonly composer: Locator;
  readonly messages: Locator;
  readonly scroller: Locator;
  readonly list: Locator;
  readonly details: Locator;

  constructor(readonly page: Page) {
    this.composer = page.getByRole("textbox", { name: /^Message / });
    this.messages = page.getByRole("article");
    this.scroller = page.getByRole("region", { name: "Messages" });
    this.list = page.getByRole("navigation", { name: "Conversations" });
    this.details = page.getByRole("complementary", { name: "Details" });
  }

  async isReady(): Promise<void> {
    await expect(this.page.locator("#app[data-ready]")).toBeAttached({ timeout: 20_000 });
  }

  message(words: string): Locator {
    return this.messages.filter({ hasText: words });
  }

  /** A conversation's row in the list. */
  row(title: string): Locator {
    return this.list.getByRole("link").filter({ hasText: title });
  }

  /** What the toast says from here on: each time for a moment, perhaps while nobody looks. */
  toasts(): Promise<JSHandle<string[]>> {
    return this.page.locator(".toast").evaluateHandle((toast) => {
      const said: string[] = [];
      const hear = () => toast.hasAttribute("data-shown") && said.push(toast.textContent!);
      new MutationObserver(hear).observe(toast, { attributes: true, characterData: true, childList: true, subtree: true });
      return said;
    });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name });
  }

  async says(words: string): Promise<void> {
    await this.composer.fill(words);
    await this.composer.press("Enter");
  }
}

type Name = "alice" | "bob" | "carol";

export const test = base.extend<
  {
    /** Whether the browser may complain of requests that failed. */
    networkMayFail: boolean;
    server: Server;
    /** Gives somebody's browser to the test. */
    newContext: () => Promise<BrowserContext>;
    people: Record<Name, Person>;
  },
  { sharedServer: Server }
>({
  sharedServer: [
    async ({}, use) => {
      const server = await Server.fresh();
      await use(server);
      await server.drop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  server: async ({ sharedServer }, use) => use(sharedServer),
  networkMayFail: [false, { option: true }],

  newContext: async ({ browser, networkMayFail }, use) => {
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];
    const hear = (fault: string) => {
      if (!(networkMayFail && NETWORK_TROUBLE.test(fault))) faults.push(fault);
    };
    await use(async () => {
      const context = await browser.newContext();
      context.on("console", (message) => {
        if (message.type() === "error") hear(`${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => hear(String(error.error().stack ?? error.error())));
      contexts.push(context);
      return context;
    });
    for (const context of contexts) {
      // What a test has to answer itself, and is asked at the end, is broken off: that is no fault.
      for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
    }
    expect(faults, "what the browsers' consoles say").toEqual([]);
  },

  people: async ({ newContext, server }, use) => {
    const family = familyName();
    const person = async (first: string) => {
      const username = `${first.toLowerCase()}_${family.toLowerCase()}`;
      const somebody = new Person(`${first} ${family}`, username, await newContext(), server);
      await somebody.join();
      return somebody;
    };
    const [alice, bob, carol] = [await person("Alice"), await person("Bob"), await person("Carol")];
    await use({ alice, bob, carol });
  },
});

/** A name that nobody else on the server has. */
export function familyName(): string {
  return "X" + Array.from({ length: 7 }, () => String.fromCharCode(97 + randomInt(26))).join("");
}

/** A test that has a server to itself, and may do with it what it likes. */
export const testWithOwnServer = test.extend({
  server: [
    async ({}, use) => {
      const server = await Server.fresh();
      await use(server);
      await server.drop();
    },
    { scope: "test", timeout: 120_000 },
  ],
});
