// Files: chosen, pasted, dropped; on their way, given up, tried again; seen and downloaded by somebody else.

import { expect, type Person, Screen, SENT, test } from "../people.ts";
import { photo } from "../photo.ts";

const UPLOADS = "**/api/v1/threads/*/files/*";

/** What stands above the composer. */
function attached(screen: Screen) {
  return screen.page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
}

function choose(screen: Screen, ...files: { name: string; mimeType: string; buffer: Buffer }[]) {
  return screen.page.getByLabel("Attach files").setInputFiles(files);
}

function text(name: string, words: string) {
  return { name, mimeType: "text/plain", buffer: Buffer.from(words) };
}

function image(name: string, width: number, height: number) {
  return { name, mimeType: "image/png", buffer: photo(width, height) };
}

/** Two people in their conversation. */
async function two(people: Record<"alice" | "bob", Person>): Promise<[Screen, Screen]> {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  return [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
}

test("several files are chosen and sent, seen and downloaded under their own names", async ({ people }) => {
  const [hers, his] = await two(people);
  await choose(hers, image("beach.png", 1200, 800), text("报告 1.txt", "all is well"));
  await expect(attached(hers)).toHaveText([/beach\.png/, /报告 1\.txt/]);
  await hers.says("Look at these");
  await expect(hers.message("Look at these")).toContainText(SENT);
  await expect(attached(hers)).toHaveCount(0);

  const message = his.message("Look at these");
  const shown = message.getByRole("img", { name: "beach.png" });
  await expect(shown).toBeVisible();
  // A smaller version, in the image's own proportions.
  await expect.poll(() => shown.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])).toEqual([640, 427]);
  const [download] = await Promise.all([his.page.waitForEvent("download"), message.getByRole("link", { name: /报告 1\.txt/ }).click()]);
  expect(download.suggestedFilename()).toBe("报告 1.txt");
  const stream = await download.createReadStream();
  expect(Buffer.concat(await stream.toArray()).toString()).toBe("all is well");

  await choose(hers, image("alone.png", 300, 300));
  await expect(attached(hers)).toHaveCount(1);
  await hers.button("Send").click();
  await expect(his.page.getByRole("img", { name: "alone.png" })).toBeVisible();
  await expect(his.row(people.alice.name)).toContainText("Photo");
});

test("an image is pasted, and words that are pasted stay words", async ({ people }) => {
  const [hers, his] = await two(people);
  const paste = (kinds: string[]) =>
    hers.composer.evaluate(
      (field, [kinds, bytes]) => {
        const content = new DataTransfer();
        for (const kind of kinds as string[]) {
          if (kind === "text/plain") content.setData(kind, "words");
          else content.items.add(new File([Uint8Array.from(bytes as number[])], "image.png", { type: kind }));
        }
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: content, bubbles: true, cancelable: true }));
      },
      [kinds, [...photo(64, 64)]],
    );
  await paste(["text/plain", "image/png"]);
  await paste(["image/png"]);
  await expect(attached(hers)).toHaveText([/image\.png/]);
  await hers.composer.press("Enter");
  await expect(his.page.getByRole("img", { name: "image.png" })).toBeVisible();
});

test("files are dropped on the conversation, which says so, and nowhere else", async ({ people }) => {
  const [hers, his] = await two(people);
  const content = await hers.page.evaluateHandle(() => {
    const content = new DataTransfer();
    content.items.add(new File(["dropped"], "dropped.txt"));
    return content;
  });
  const target = hers.page.getByText(`Drop the files here for ${people.bob.name}`);
  await hers.list.dispatchEvent("drop", { dataTransfer: content });
  await hers.scroller.dispatchEvent("dragover", { dataTransfer: content });
  await expect(target).toBeVisible();
  await hers.list.dispatchEvent("dragover", { dataTransfer: content });
  await expect(target).toHaveCount(0);
  await hers.scroller.dispatchEvent("dragover", { dataTransfer: content });
  await hers.scroller.dispatchEvent("drop", { dataTransfer: content });
  await expect(target).toHaveCount(0);
  await expect(attached(hers)).toHaveText([/dropped\.txt/]);
  await hers.composer.press("Enter");
  await expect(his.messages.getByRole("link", { name: /dropped\.txt/ })).toBeVisible();
});

test("a message waits for its files also where what uploads them has not been loaded yet", async ({ people }) => {
  const [hers, his] = await two(people);
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await hers.page.route("**/split_uploads.wasm", async (route) => {
    await gate;
    await route.continue();
  });
  await hers.page.getByLabel("Attach files").setInputFiles(text("early.txt", "early"));
  await hers.says("With a file");
  await expect(hers.page.getByText("It is sent when the files are uploaded.")).toBeVisible();
  letGo();
  await expect(his.message("With a file").getByRole("link", { name: /early\.txt/ })).toBeVisible();
  await expect(hers.composer).toHaveValue("");
});

test("a message waits for its files, and an upload can be given up", async ({ people }) => {
  const [hers, his] = await two(people);
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await hers.page.route(UPLOADS, async (route) => {
    await gate;
    await route.continue().catch(() => {});
  });
  await choose(hers, text("slow.txt", "slow"), text("unwanted.txt", "unwanted"));
  await expect(hers.page.getByRole("progressbar", { name: "slow.txt" })).toBeVisible();
  await hers.composer.fill("With a file");
  await hers.composer.press("Enter");
  await expect(hers.page.getByText("It is sent when the files are uploaded.")).toBeVisible();
  await hers.button("Remove unwanted.txt").click();
  await expect(attached(hers)).toHaveText([/slow\.txt/]);
  await expect(hers.composer).toHaveValue("With a file");
  letGo();
  await expect(his.message("With a file").getByRole("link", { name: /slow\.txt/ })).toBeVisible();
  await expect(hers.composer).toHaveValue("");
  await expect(his.page.getByText("unwanted.txt")).toHaveCount(0);
});

test("what waits for its files is not mixed up with a message that is changed meanwhile", async ({ people }) => {
  const [hers, his] = await two(people);
  await hers.says("See you at sevn");
  await expect(hers.message("See you at sevn")).toContainText(SENT);
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await hers.page.route(UPLOADS, async (route) => {
    await gate;
    await route.continue();
  });
  await choose(hers, text("slow.txt", "slow"));
  await hers.composer.fill("With a file");
  await hers.composer.press("Enter");
  await expect(hers.page.getByText("It is sent when the files are uploaded.")).toBeVisible();
  await hers.message("See you at sevn").hover();
  await hers.message("See you at sevn").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Edit" }).click();
  await hers.composer.fill("See you at sev");
  letGo();
  await expect(hers.page.getByRole("progressbar")).toHaveCount(0);
  await expect(hers.composer).toHaveValue("See you at sev");
  await hers.composer.fill("See you at seven");
  await hers.composer.press("Enter");
  await expect(his.message("With a file").getByRole("link", { name: /slow\.txt/ })).toBeVisible();
  await expect(his.messages).toHaveText([/See you at seven/, /With a file/]);
  await expect(hers.composer).toHaveValue("");

  // A message with a file needs no words.
  await hers.message("With a file").hover();
  await hers.message("With a file").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Edit" }).click();
  await expect(hers.composer).toHaveValue("With a file");
  await hers.composer.fill("");
  await hers.composer.press("Enter");
  await expect(his.page.getByText("With a file")).toHaveCount(0);
  await expect(his.messages.getByRole("link", { name: /slow\.txt/ })).toBeVisible();
});

test.describe(() => {
  test.use({ networkMayFail: true });

  test("an upload that fails is tried again, and what was written stays", async ({ people }) => {
    const [hers, his] = await two(people);
    // A connection that begins tries again by itself what has failed: hers is there once she hears of something.
    await his.says("Do you have it?");
    await expect(hers.message("Do you have it?")).toBeVisible();
    await hers.page.route(UPLOADS, (route) => route.abort());
    await choose(hers, text("unlucky.txt", "at last"));
    await hers.composer.fill("Second try");
    await expect(attached(hers)).toContainText("cannot be reached");
    await hers.composer.press("Enter");
    await expect(hers.composer).toHaveAccessibleDescription(/was not uploaded/);
    await hers.page.unroute(UPLOADS);
    await hers.button("Retry").click();
    await expect(hers.button("Retry")).toHaveCount(0);
    await hers.composer.press("Enter");
    await expect(his.message("Second try").getByRole("link", { name: /unlucky\.txt/ })).toBeVisible();
  });

  test("a file that is too large is refused before it is sent", async ({ people }) => {
    const [hers] = await two(people);
    await hers.page.evaluate(() => {
      const content = new DataTransfer();
      const file = new File(["x"], "film.mkv");
      Object.defineProperty(file, "size", { value: 200_000_000 });
      content.items.add(file);
      const input = document.querySelector<HTMLInputElement>("input[type=file]")!;
      input.files = content.files;
      Object.defineProperty(input.files[0], "size", { value: 200_000_000 });
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await expect(attached(hers)).toContainText("larger than 100 MB");
    await hers.button("Remove film.mkv").click();
    await expect(attached(hers)).toHaveCount(0);
  });
});

test("nothing moves when images come", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  for (const [name, width, height] of [["wide.png", 1600, 500], ["high.png", 500, 1400], ["tiny.png", 20, 20]] as const) {
    await choose(hers, image(name, width, height));
    await hers.says(`This is ${name}`);
    await expect(hers.message(`This is ${name}`)).toContainText(SENT);
  }
  await choose(hers, image("1.png", 700, 500), image("2.png", 500, 700), image("3.png", 900, 900));
  await hers.says("Three of them");
  await expect(hers.message("Three of them")).toContainText(SENT);

  const page = await bob.context.newPage();
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/files/**", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${bob.server.url}/t/${thread}`);
  // Within the conversation, so that scrolling does not count.
  const places = () =>
    page.evaluate(() => {
      const origin = document.querySelector(".message-list-column")!.getBoundingClientRect();
      return [...document.querySelectorAll("article, article a")].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return `${element.textContent} ${[x - origin.x, y - origin.y, width, height].map(Math.round)}`;
      });
    });
  await new Screen(page).isReady();
  const before = await places();
  expect(before.length).toBeGreaterThan(8);
  letGo();
  const images = page.getByRole("article").getByRole("img");
  await images.first().scrollIntoViewIfNeeded();
  await images.last().scrollIntoViewIfNeeded();
  await expect.poll(() => images.evaluateAll((all) => all.every((img) => (img as HTMLImageElement).naturalWidth > 0))).toBe(true);
  expect(await places()).toEqual(before);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("files are sent by the form, and images are links", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    const hers = await alice.visits(`/t/${thread}`);
    await choose(hers, image("plain.png", 800, 600), text("plain.txt", "plain"));
    await hers.composer.fill("From a plain page");
    await hers.button("Send").click();
    await expect(hers.message("From a plain page")).toBeVisible();
    const his = await bob.visits(`/t/${thread}`);
    const message = his.message("From a plain page");
    await expect(message.getByRole("link", { name: "plain.png" })).toHaveAttribute("href", /^\/files\//);
    await expect(message.getByRole("link", { name: /plain\.txt/ })).toBeVisible();
  });
});
