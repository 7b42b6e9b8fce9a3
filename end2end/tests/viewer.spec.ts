// Looking at images: one after the other, nearer, by mouse, keys and fingers; downloaded; and back to where one was.

import type { Locator } from "@playwright/test";
import { expect, type Person, type Screen, SENT, test } from "../people.ts";
import { photo } from "../photo.ts";

async function sendImages(screen: Screen, words: string, ...images: [name: string, width: number, height: number][]) {
  const files = images.map(([name, width, height]) => ({ name, mimeType: "image/png", buffer: photo(width, height) }));
  await screen.page.getByLabel("Attach files").setInputFiles(files);
  await screen.says(words);
  await expect(screen.message(words)).toContainText(SENT);
}

/** Bob looks at what Alice has sent him: one image, and then two. */
async function looking(people: Record<"alice" | "bob", Person>): Promise<[Screen, Screen, Locator]> {
  const thread = await people.alice.directWith(people.bob);
  const hers = await people.alice.opens(`/t/${thread}`);
  await sendImages(hers, "The first", ["one.png", 1600, 900]);
  await sendImages(hers, "Two more", ["two.png", 500, 1400], ["three.png", 200, 100]);
  const his = await people.bob.opens(`/t/${thread}`);
  return [hers, his, his.page.getByRole("dialog", { name: "Image" })];
}

/** How an image is drawn: how large, and where its middle is. */
async function drawn(viewer: Locator, name: string) {
  const image = viewer.getByRole("img", { name });
  // It has its size one frame after it has come.
  await expect(image).toHaveAttribute("style", /--wide/);
  const box = await image.boundingBox();
  return box && { width: box.width, height: box.height, x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test("images are looked at one after the other, and the focus comes back", async ({ people }) => {
  const [, his, viewer] = await looking(people);
  const link = his.message("The first").getByRole("link", { name: "one.png" });
  await link.click();
  await expect(viewer.getByRole("img", { name: "one.png" })).toBeVisible();
  await expect(viewer.getByRole("status")).toContainText(`one.png1 of 3 · ${people.alice.name}`);
  await expect(viewer.getByRole("button", { name: "Previous image" })).toHaveCount(0);
  await viewer.getByRole("button", { name: "Next image" }).click();
  await expect(viewer.getByRole("status")).toContainText("two.png2 of 3");
  await his.page.keyboard.press("PageDown");
  await expect(viewer.getByRole("img", { name: "three.png" })).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Next image" })).toHaveCount(0);
  // No larger than it is.
  expect(await drawn(viewer, "three.png")).toMatchObject({ width: 200, height: 100 });
  const [download] = await Promise.all([his.page.waitForEvent("download"), viewer.getByRole("link", { name: "Download" }).click()]);
  expect(download.suggestedFilename()).toBe("three.png");

  // The focus stays in it, wherever Tab leads, and is back afterwards.
  for (let presses = 0; presses < 8; presses += 1) {
    await his.page.keyboard.press("Tab");
    expect(await his.page.evaluate(() => document.activeElement === document.body || !!document.activeElement!.closest("dialog"))).toBe(true);
  }
  await his.page.keyboard.press("Escape");
  await expect(viewer).toHaveCount(0);
  await expect(link).toBeFocused();
  await his.page.keyboard.press("Enter");
  await expect(viewer.getByRole("img", { name: "one.png" })).toBeVisible();
});

test("an image is brought nearer and moved about, by keys, wheel and mouse", async ({ people }) => {
  const [, his, viewer] = await looking(people);
  await his.message("The first").getByRole("link", { name: "one.png" }).click();
  const image = viewer.getByRole("img", { name: "one.png" });
  await expect.poll(() => image.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1600);
  const whole = (await drawn(viewer, "one.png"))!;
  const width = his.page.viewportSize()!.width;
  expect(whole.width).toBeLessThanOrEqual(width);
  await his.page.keyboard.press("+");
  await expect.poll(async () => (await drawn(viewer, "one.png"))!.width).toBeCloseTo(1.5 * whole.width, 0);
  const middle = (await drawn(viewer, "one.png"))!.x;
  await his.page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await drawn(viewer, "one.png"))!.x).toBeCloseTo(middle - 80, 0);
  await his.page.keyboard.press("0");
  await expect.poll(() => drawn(viewer, "one.png")).toEqual(whole);

  // What is under the pointer stays there.
  const [left, top] = [whole.x - whole.width / 4, whole.y];
  await his.page.mouse.move(left, top);
  await his.page.mouse.wheel(0, -400);
  await expect.poll(async () => (await drawn(viewer, "one.png"))!.width).toBeGreaterThan(1.8 * whole.width);
  const near = (await drawn(viewer, "one.png"))!;
  expect((left - near.x) / near.width).toBeCloseTo(-0.25, 2);
  await his.page.mouse.down();
  await his.page.mouse.move(left + 60, top, { steps: 3 });
  await his.page.mouse.up();
  await expect.poll(async () => (await drawn(viewer, "one.png"))!.x).toBeCloseTo(near.x + 60, 0);
  // Letting go after a move is not leaving; pressing beside the image is.
  await viewer.getByRole("button", { name: "Zoom out" }).click();
  await his.page.keyboard.press("0");
  await expect.poll(() => drawn(viewer, "one.png")).toEqual(whole);
  await viewer.getByRole("button", { name: "Next image" }).click();
  await expect(viewer.getByRole("img", { name: "two.png" })).toBeVisible();
  await his.page.mouse.click(200, his.page.viewportSize()!.height - 60);
  await expect(viewer).toHaveCount(0);
});

test("an image that is deleted while somebody looks at it is gone", async ({ people }) => {
  const [hers, his, viewer] = await looking(people);
  await his.message("Two more").getByRole("link", { name: "two.png" }).click();
  await expect(viewer.getByRole("img", { name: "two.png" })).toBeVisible();
  await hers.message("Two more").hover();
  await hers.message("Two more").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Delete" }).click();
  await hers.button("Delete").click();
  await expect(viewer).toHaveCount(0);
  await expect(his.page.getByRole("img", { name: "two.png" })).toHaveCount(0);
});
