// How people and groups are called and shown: their names, a line, their pictures; seen by others at once.

import { expect, type Screen, test } from "../people.ts";
import { photo } from "../photo.ts";

function choose(screen: Screen, name: string) {
  return screen.page.getByLabel("Picture", { exact: true }).setInputFiles({ name, mimeType: "image/png", buffer: photo(300, 500) });
}

/** Whether an image is drawn. */
function drawn(screen: Screen, where: string) {
  return expect
    .poll(() => screen.page.locator(`${where} .avatar img`).first().evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0))
    .toBe(true);
}

// What is refused is an answer that the console complains of.
test.use({ networkMayFail: true });

test("a name, a line and a picture are seen by others at once", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.directWith(bob);
  const group = await alice.group("Readers", [bob, carol]);
  await alice.sent(thread, "Hello Bob");
  const his = await bob.opens(`/t/${thread}/details`);
  const hers = await carol.opens(`/t/${group}`);
  // Whoever sees what is said now is connected, and will hear of another name.
  await alice.sent(group, "Hello all");
  await expect(hers.message("Hello all")).toContainText(alice.name);

  const settings = await alice.visits("/settings");
  const name = alice.name.replace("Alice", "Alicia");
  await settings.page.getByLabel("Your name").fill(name);
  await settings.page.getByLabel("About you").fill("Reads aloud 📚");
  await choose(settings, "me.png");
  const section = settings.page.getByRole("region", { name: "Profile" });
  await section.getByRole("button", { name: "Save" }).click();
  await expect(settings.page.getByRole("status")).toBeVisible();
  await drawn(settings, ".picture");

  await expect(his.row(name).first()).toBeVisible();
  await drawn(his, ".thread-row");
  await expect(his.details).toContainText("Reads aloud 📚");
  await drawn(his, ".details-who");
  await expect(hers.message("Hello all")).toContainText(name);
  await drawn(hers, ".message");
  // What was on the page stays as it was for whoever loads it anew.
  await hers.page.reload();
  await hers.isReady();
  await expect(hers.message("Hello all")).toContainText(name);

  await settings.page.getByLabel("Your name").fill(" ");
  await settings.page.getByLabel("About you").fill("Still reads");
  await section.getByRole("button", { name: "Save" }).click();
  await expect(settings.page.getByText("A name has 1 to 64 visible characters.")).toBeVisible();
  await expect(settings.page.getByLabel("About you")).toHaveValue("Still reads");
  await settings.page.getByLabel("Your name").fill(name);
  await settings.page.getByLabel("Remove the picture").check();
  await section.getByRole("button", { name: "Save" }).click();
  await expect(his.details).toContainText("Still reads");
  await expect(his.page.locator(".details-who img")).toHaveCount(0);
});

test("a group gets a picture from its admin, and what is no picture is refused", async ({ people }) => {
  const { alice, bob } = people;
  const group = await alice.group("Painters", [bob]);
  const his = await bob.opens(`/t/${group}/details`);
  await expect(his.details.getByRole("link", { name: "Picture" })).toHaveCount(0);
  const hers = await alice.opens(`/t/${group}/details`);
  await hers.details.getByRole("link", { name: "Picture" }).click();
  await expect(hers.page.getByRole("heading", { name: "Picture of the group" })).toBeVisible();
  await hers.page.getByLabel("Picture", { exact: true }).setInputFiles({ name: "not.png", mimeType: "image/png", buffer: Buffer.from("words") });
  await hers.button("Save").click();
  await expect(hers.page.getByText("Choose a photo or drawing")).toBeVisible();
  await choose(hers, "group.png");
  await hers.button("Save").click();
  await hers.isReady();
  await drawn(hers, ".details-who");
  await drawn(his, ".details-who");
  await drawn(his, ".thread-row");
  // Changing something else leaves it.
  await hers.details.getByRole("button", { name: "Edit" }).click();
  await hers.page.getByLabel("Name of the group").fill("Old painters");
  await hers.details.getByRole("button", { name: "Save" }).click();
  await expect(his.row("Old painters")).toBeVisible();
  await drawn(his, ".details-who");
});

test("one says which square of a picture is shown, by keys, by dragging and by coming nearer", async ({ people }) => {
  const { alice } = people;
  const settings = await alice.visits("/settings");
  const canvas = settings.page.getByRole("application", { name: "Which square is shown" });
  await expect(canvas).toBeHidden();
  await choose(settings, "tall.png");
  await expect(canvas).toBeVisible();
  await expect(settings.page.getByLabel("If it is not a square, show")).toBeHidden();
  // It is the greener the further down.
  const middle = await green(settings, ".picture-canvas");
  await canvas.focus();
  for (let press = 0; press < 30; press += 1) await canvas.press("ArrowUp");
  const top = await green(settings, ".picture-canvas");
  expect(top).toBeLessThan(middle - 10);
  const box = (await canvas.boundingBox())!;
  await settings.page.mouse.move(box.x + box.width / 2, box.y + box.height - 10);
  await settings.page.mouse.down();
  await settings.page.mouse.move(box.x + box.width / 2, box.y - 300, { steps: 5 });
  await settings.page.mouse.up();
  const bottom = await green(settings, ".picture-canvas");
  expect(bottom).toBeGreaterThan(middle + 10);
  await canvas.press("+");
  await settings.page.getByRole("slider", { name: "Nearer" }).fill("2");
  await settings.page.getByRole("region", { name: "Profile" }).getByRole("button", { name: "Save" }).click();
  await expect(settings.page.getByRole("status")).toBeVisible();
  await drawn(settings, ".picture");
  expect(Math.abs((await green(settings, ".picture img")) - bottom)).toBeLessThan(25);
});

/** How green an image or a canvas is on average. */
function green(screen: Screen, where: string): Promise<number> {
  return screen.page.locator(where).evaluate((drawn) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [16, 16];
    const pen = canvas.getContext("2d")!;
    pen.drawImage(drawn as CanvasImageSource, 0, 0, 16, 16);
    const { data } = pen.getImageData(0, 0, 16, 16);
    let sum = 0;
    for (let at = 1; at < data.length; at += 4) sum += data[at]!;
    return sum / (data.length / 4);
  });
}
