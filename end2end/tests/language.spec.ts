// Everybody reads Bobbin in their language, and every script in its direction.

import { expect, familyName, PASSWORD, Screen, test } from "../people.ts";

test.describe("in a Chinese browser", () => {
  test.use({ locale: "zh-CN" });

  test("everything is in Chinese until one chooses English, and then it stays", async ({ newContext, server, people }) => {
    const { bob } = people;
    const username = `ming_${familyName().toLowerCase()}`;
    const page = await (await newContext()).newPage();
    await page.goto(`${server.url}/sign-up`);
    await page.getByLabel("你的名字").fill("王小明");
    await page.getByLabel("用户名").fill(username);
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: "注册" }).click();

    const screen = new Screen(page);
    await screen.isReady();
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
    await page.getByRole("link", { name: "新对话" }).first().click();
    await page.getByLabel("找人").fill(bob.name);
    await page.getByRole("button", { name: `发消息给 ${bob.name}` }).click();
    const composer = page.getByRole("textbox", { name: `发消息给 ${bob.name}` });
    await composer.fill("字".repeat(3_900));
    await expect(page.getByText("还可输入 100 个字符")).toBeVisible();
    await composer.fill("你好");
    await composer.press("Enter");
    await expect(screen.message("你好")).toContainText("已发送");
    await expect(page.getByRole("heading", { name: "今天" })).toBeVisible();

    await page.goto(`${server.url}/settings`);
    await page.getByLabel("界面语言").selectOption("English");
    await page.getByRole("region", { name: "语言" }).getByRole("button", { name: "保存" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await page.goto(server.url);
    await screen.isReady();
    await expect(screen.row(bob.name)).toContainText("You: 你好");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.reload();
    await screen.isReady();
    await expect(screen.list).toBeVisible();

    const other = await (await newContext()).newPage();
    await other.goto(`${server.url}/sign-in`);
    await other.getByLabel("用户名").fill(username);
    await other.getByLabel("密码").fill(PASSWORD);
    await other.getByRole("button", { name: "登录" }).click();
    await new Screen(other).isReady();
    await expect(new Screen(other).row(bob.name)).toContainText("You: 你好");
  });

  test("one chooses at the door, in one's own language", async ({ people, newContext, server }) => {
    expect(people, "where nobody is yet, one makes the first account").toBeDefined();
    const page = await (await newContext()).newPage();
    await page.goto(`${server.url}/sign-in?next=/new`);
    await expect(page.getByRole("heading", { name: "Bobbin" })).toBeVisible();
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    expect(new URL(page.url()).search).toBe("?next=/new");
  });
});

test("what is written from right to left is shown so, beside what is not", async ({ people }) => {
  const { alice, bob } = people;
  const arabic = "مرحبا، كيف حالك؟";
  const thread = await alice.group("رحلة الجبل", [bob]);
  await bob.sent(thread, "Hello (you)!");
  await bob.sent(thread, arabic);
  await alice.sent(thread, `${arabic} Bobbin 3`);
  const screen = await alice.opens(`/t/${thread}`);

  /** The direction of an element, and on which side of it its words begin. */
  const runs = (words: string) =>
    screen.message(words).first().locator(".message-body").evaluate((body) => {
      const range = document.createRange();
      const text = document.createTreeWalker(body, NodeFilter.SHOW_TEXT).nextNode() as Text;
      range.setStart(text, 0);
      range.setEnd(text, 1);
      const [first, whole] = [range.getBoundingClientRect(), body.getBoundingClientRect()];
      const isAtRight = whole.right - first.right < first.left - whole.left;
      return { direction: getComputedStyle(body).direction, begins: isAtRight ? "right" : "left" };
    });
  expect(await runs("Hello (you)!")).toEqual({ direction: "ltr", begins: "left" });
  expect(await runs(arabic)).toEqual({ direction: "rtl", begins: "right" });
  expect(await runs(`${arabic} Bobbin 3`)).toEqual({ direction: "rtl", begins: "right" });

  const direction = (element: Element) => getComputedStyle(element).direction;
  await screen.composer.fill(arabic);
  expect(await screen.composer.evaluate((field) => field.matches(":dir(rtl)"))).toBe(true);
  expect(await screen.page.getByRole("heading", { name: "رحلة الجبل" }).locator("bdi").evaluate(direction)).toBe("rtl");
  expect(await screen.row("رحلة الجبل").locator(".thread-row-name bdi").evaluate(direction)).toBe("rtl");
});
