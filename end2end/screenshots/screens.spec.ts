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
        // The day's name lies over the words until one has come to rest.
        await page.locator("[data-resting]").first().waitFor();
        await page.waitForFunction(() => document.getAnimations().length === 0);
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
        const bob = await browser.newContext({ locale });
        await speak(page, await bob.newPage());
        await take("secret-talk");
        await bob.close();
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

/** Alice asks bob for a secret chat, and the two talk. */
async function speak(hers: Page, his: Page): Promise<void> {
  await signIn(his, "bob");
  await hers.getByRole("alertdialog").locator(".button-primary").click();
  await his.getByRole("alertdialog").locator(".button-primary").click();
  const say = async (page: Page, words: string) => {
    const field = page.locator(".secret textarea");
    await field.fill(words);
    await field.press("Enter");
    for (const page of [hers, his]) await page.locator(".secret-text", { hasText: words }).waitFor();
  };
  await say(hers, "The door code is 4711");
  await say(his, "Got it. And nobody else has");
  await say(hers, "It is gone when we close this 👋");
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

/** A picture that nobody has to be asked for. */
async function landscape(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 960, height: 600 } });
  const ridge = (colour: string, points: string) => `<polygon fill="${colour}" points="0,600 ${points} 960,600"/>`;
  await page.setContent(`<style>body { margin: 0 }</style><svg width="960" height="600" xmlns="http://www.w3.org/2000/svg">
    <defs>
      <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#35426f"/><stop offset=".5" stop-color="#c98a8f"/><stop offset="1" stop-color="#f7cf9c"/></linearGradient>
      <linearGradient id="lake" x2="0" y2="1"><stop stop-color="#e7b893"/><stop offset="1" stop-color="#3d4a75"/></linearGradient>
    </defs>
    <rect width="960" height="600" fill="url(#sky)"/><circle cx="640" cy="300" r="46" fill="#fff3d6"/>
    ${ridge("#7d6d92", "0,330 150,240 270,320 400,210 560,330 700,250 850,330 960,270")}
    ${ridge("#554f7c", "0,390 120,330 260,385 430,320 610,392 760,335 960,385")}
    <rect y="400" width="960" height="200" fill="url(#lake)"/>
    <g fill="#fff3d6" opacity=".5"><rect x="560" y="420" width="160" height="4"/><rect x="600" y="445" width="110" height="4"/><rect x="585" y="480" width="130" height="5"/></g>
    ${ridge("#232944", "0,540 90,505 170,560 300,575 520,590 960,585")}
  </svg>`);
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

/** A group in which everything happens at once: long names and words, marks, code, a picture, reactions. Gives its id. */
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
  const say = async (username: string, body: string, further = {}): Promise<string> => {
    const message_id = randomUUID();
    await command(username, { send_message: { message_id, thread_id, body, ...further } });
    return message_id;
  };
  const react = async (message_id: string, by: Record<string, string>) => {
    for (const [username, emoji] of Object.entries(by)) {
      await command(username, { react: { thread_id, message_id, emoji, is_on: true } });
    }
  };
  await say("carol", "Good morning! Did anybody look at the numbers of **last night's** run?");
  const answer = await say("alice", "I did. 15,000 people connected, nothing lost, nothing twice.");
  await react(answer, { bob: "🎉", carol: "🎉", xiaoyu: "👏", longname: "🧵" });
  await say("bob", "This is all that it took:\n```rust\nlet next = greatest(now, last.created_at.next());\n```");
  await say("longname", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, if you ask me.", { reply_to: answer });
  await say("xiaoyu", "太好了！我下午把中文界面再看一遍，有问题就在这里告诉大家。");
  const uploaded = await contexts
    .get("carol")!
    .request.put(`${server.url}/api/v1/threads/${thread_id}/files/${randomUUID()}`, {
      params: { name: "the lake.png" },
      data: await landscape(browser),
      headers: { origin: server.url },
    });
  const picture = await say("carol", "From the way to work", { file_ids: [(await uploaded.json()).file_id] });
  await react(picture, { alice: "😍", bob: "😍", xiaoyu: "❤️" });
  await say("alice", "- the list opens where one left off\n- a reaction is one tap\n- [the notes](https://bobbin.example/notes) say the rest");
  await say("carol", "Lunch at one?");
  for (const context of contexts.values()) await context.close();
  return thread_id;
}
