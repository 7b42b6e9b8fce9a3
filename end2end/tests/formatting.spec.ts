// What the marks in a message mean, on both screens, and that nothing else comes through.

import { expect, SENT, test } from "../people.ts";

test("marks become what they mean, for everybody", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  const code = "fn main() {\n    println!(\"<b>\");\n}";
  await hers.says(`Some **bold** and *leaning* words, ~~gone~~\n\n- one\n- two\n\n> Said before\n\n\`\`\`\n${code}\n\`\`\``);
  for (const screen of [hers, his]) {
    const message = screen.message("Some bold and leaning words");
    await expect(message).toContainText(screen === hers ? SENT : /println/);
    await expect(message.locator("strong")).toHaveText("bold");
    await expect(message.locator("em")).toHaveText("leaning");
    await expect(message.locator("del")).toHaveText("gone");
    await expect(message.locator("li")).toHaveText(["one", "two"]);
    await expect(message.locator("blockquote")).toHaveText("Said before");
    expect((await message.locator("pre code").textContent())?.trim()).toBe(code);
  }
  // The same in a page that comes from the server as a whole.
  await his.page.reload();
  await his.isReady();
  await expect(his.message("Some bold and leaning words").locator("strong")).toHaveText("bold");
});

test("what looks like HTML or like a script stays words", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const his = await bob.opens(`/t/${thread}`);
  const hers = await alice.opens(`/t/${thread}`);
  await hers.says('**Look** <img src=x onerror="document.title=1"> [here](javascript:alert(1)) [there](https://example.org/a)');
  const message = his.message("Look <img src=x");
  await expect(message).toBeVisible();
  await expect(message.locator("img")).toHaveCount(0);
  await expect(message.getByRole("link")).toHaveCount(1);
  const link = message.getByRole("link", { name: "there" });
  await expect(link).toHaveAttribute("href", "https://example.org/a");
  await expect(link).toHaveAttribute("rel", /noopener/);
});
