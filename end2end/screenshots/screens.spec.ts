// Takes the main screens in the demonstration's world, wide and on a phone, light and dark, in each language.

import { type Browser, type BrowserContext, type Page, test } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Server } from "../server.ts";

const FOLDER = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));
const PASSWORD = "bobbin-demo";

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const LANGUAGES = { en: "en-GB", zh: "zh-CN" };
const THEMES = ["light", "dark"] as const;

let server: Server;
let showcase = "";

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  server = await Server.fresh("demo");
  showcase = await writeShowcase(browser);
});

test.afterAll(() => server.drop());

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of THEMES) {
    for (const [language, locale] of Object.entries(LANGUAGES)) {
      test(`${size}, ${theme}, ${language}`, async ({ browser }) => {
        const context = await browser.newContext({
          viewport,
          locale,
          colorScheme: theme,
          timezoneId: "Europe/Berlin",
          deviceScaleFactor: size === "phone" ? 2 : 1,
        });
        const page = await context.newPage();
        const take = async (name: string) => {
          await page.screenshot({ path: `${FOLDER}${name}-${size}-${theme}-${language}.png` });
        };
        const open = async (path: string) => {
          await page.goto(server.url + path);
          await page.locator("#app[data-ready]").waitFor();
          await page.waitForFunction(() => Array.from(document.images).every((image) => image.complete));
        };
        await page.goto(`${server.url}/sign-in`);
        await take("sign-in");
        await signIn(page, "alice");
        await take("list");
        await open(`/t/${showcase}?at=end`);
        await take("conversation");
        await page.getByRole("article").last().click({ button: "right", position: { x: 40, y: 8 } });
        await page.getByRole("menuitem", { name: /^(Forward|转发)$/ }).click();
        await page.locator(".forwards-list").waitFor();
        await take("forward");
        await page.keyboard.press("Escape");
        await open(`/t/${showcase}/details`);
        await take("details");
        await open(`/t/${await directWithBob(context)}`);
        await page.getByRole("button", { name: /^(Secret chat|私密聊天)$/ }).click();
        await page.getByRole("alertdialog").waitFor();
        await take("secret");
        await open("/new");
        await take("new");
        await page.goto(`${server.url}/settings`);
        await take("settings");
        await context.clearCookies();
        await signIn(page, "newcomer");
        await take("empty");
        await context.close();
      });
    }
  }
}

async function directWithBob({ request }: BrowserContext): Promise<string> {
  const found = await (await request.get(`${server.url}/api/v1/users?prefix=bob`)).json();
  const command = { open_direct: { user_id: found.people[0].user_id } };
  const answer = await request.post(`${server.url}/api/v1/commands`, { data: command, headers: { origin: server.url } });
  return (await answer.json()).opened.thread.thread_id;
}

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto(`${server.url}/sign-in`);
  await page.locator("[name=username]").fill(username);
  await page.locator("[name=password]").fill(PASSWORD);
  await page.locator("[name=password]").press("Enter");
  await page.locator("#app[data-ready]").waitFor();
}

/** A group in which everything happens at once: long names and words, marks, code. Gives its id. */
async function writeShowcase(browser: Browser): Promise<string> {
  const contexts = new Map<string, Awaited<ReturnType<Browser["newContext"]>>>();
  const post = async (username: string, path: string, data: object) => {
    let context = contexts.get(username);
    if (!context) {
      context = await browser.newContext();
      contexts.set(username, context);
      await context.request.post(`${server.url}/api/v1/sessions`, {
        data: { username, password: PASSWORD },
        headers: { origin: server.url },
      });
    }
    const response = await context.request.post(server.url + path, { data, headers: { origin: server.url } });
    if (!response.ok()) throw new Error(`${username}: ${path}: ${await response.text()}`);
    return response.json();
  };
  const command = (username: string, what: object) => post(username, "/api/v1/commands", what);
  await post("newcomer", "/api/v1/accounts", { username: "newcomer", display_name: "Nell Newcomer", password: PASSWORD });
  await post("longname", "/api/v1/accounts", {
    username: "longname",
    display_name: "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine",
    password: PASSWORD,
  });

  const people = ["bob", "carol", "xiaoyu", "longname"];
  const user_ids: string[] = [];
  for (const username of people) {
    const found = await contexts
      .get("newcomer")!
      .request.get(`${server.url}/api/v1/users?prefix=${username}`)
      .then((response) => response.json());
    user_ids.push(found.people[0].user_id);
  }
  const thread_id = randomUUID();
  await command("alice", {
    create_group: { thread_id, title: "Bobbin: the autumn release", avatar: { hue: 4, glyph: "🧵" }, user_ids },
  });
  const say = (username: string, body: string) =>
    command(username, { send_message: { message_id: randomUUID(), thread_id, body } });
  await say("carol", "Good morning! Did anybody look at the numbers of **last night's** run?");
  await say("alice", "I did. 15,000 people connected, nothing lost, nothing twice.");
  await say("bob", "This is all that it took:\n```rust\nlet next = greatest(now, last.created_at.next());\n```");
  await say("longname", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, if you ask me.");
  await say("xiaoyu", "太好了！我下午把中文界面再看一遍，有问题就在这里告诉大家。");
  await say("alice", "- the list opens where one left off\n- a reaction is one tap\n- [the notes](https://bobbin.example/notes) say the rest");
  await say("carol", "Lunch at one?");
  for (const context of contexts.values()) await context.close();
  return thread_id;
}
