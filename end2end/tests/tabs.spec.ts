// One person in two tabs.

import { expect, Screen, SENT, test } from "../people.ts";

test("two tabs of one person show the same messages, sent and received", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [one, two] = [await alice.opens(`/t/${thread}`), await alice.opens(`/t/${thread}`)];
  await one.says("From the first tab");
  await expect(two.message("From the first tab")).toContainText(SENT);
  await two.says("From the second tab");
  await expect(one.message("From the second tab")).toContainText(SENT);
  await bob.sent(thread, "To both");
  for (const tab of [one, two]) {
    await expect(tab.message("To both")).toBeVisible();
    await expect(tab.messages).toHaveText([/From the first tab/, /From the second tab/, /To both/]);
  }
});

test("reading in one tab clears the badge in the other", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [one, two] = [await alice.opens("/"), await alice.opens("/")];
  await bob.sent(thread, "Read me");
  for (const tab of [one, two]) {
    await expect(tab.row(bob.name)).toContainText("1 unread");
    await expect(tab.page).toHaveTitle("(1) Bobbin");
  }
  await one.row(bob.name).click();
  await expect(two.row(bob.name)).not.toContainText("unread");
  await expect(two.page).toHaveTitle("Bobbin");
});

test("what is written in one tab stands in the other, until it is sent", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [one, two] = [await alice.opens(`/t/${thread}`), await alice.opens(`/t/${thread}`)];
  // Only one window of a desk has the focus; here every page believes that it has.
  await two.composer.blur();
  await one.composer.pressSequentially("Half a thought");
  await expect(two.composer).toHaveValue("Half a thought");
  await one.composer.blur();
  await two.composer.press("End");
  await two.composer.pressSequentially(", and the other");
  await expect(one.composer).toHaveValue("Half a thought, and the other");
  await two.composer.press("Enter");
  await expect(one.message("Half a thought, and the other")).toContainText(SENT);
  await expect(one.composer).toHaveValue("");
});

test("two quick clicks on two unread conversations read both", async ({ people }) => {
  const { alice, bob, carol } = people;
  await bob.sent(await bob.directWith(alice), "From Bob");
  await carol.sent(await carol.directWith(alice), "From Carol");
  const hers = await alice.opens("/");
  await hers.row(bob.name).click();
  await expect(hers.row(bob.name)).not.toContainText("unread");
  await hers.row(carol.name).click();
  await hers.row(bob.name).click();
  await hers.row(carol.name).click();
  await expect(hers.message("From Carol")).toBeVisible();
  await expect(hers.row(carol.name)).not.toContainText("unread");
  await expect(hers.page).toHaveTitle(`${carol.name} · Bobbin`);
});

test.describe("where the network fails", () => {
  test.use({ networkMayFail: true });

  test("what one person wrote never goes out in the name of another", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await bob.sent(thread, "Are you there?");
    const tab = await alice.opens(`/t/${thread}`);
    await alice.context.setOffline(true);
    // A socket that stands outlives its network until the page hears of that.
    await expect(tab.page.getByText(/^Offline since/)).toBeVisible();
    await tab.says("Written by Alice while she is offline");
    await expect(tab.message("Written by Alice")).toContainText("Sending");

    // Meanwhile Bob signs in on the same browser.
    await alice.context.clearCookies();
    await alice.context.addCookies(await bob.context.cookies());
    await alice.context.setOffline(false);

    // The page becomes his as a whole, and nothing of hers went out.
    await expect(tab.page.getByRole("textbox", { name: `Message ${alice.name}` })).toBeVisible({ timeout: 30_000 });
    await expect(tab.messages).toHaveText([/Are you there/]);
  });

  test("a server that has fallen silent is noticed by whoever only reads", async ({ people, server }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await bob.sent(thread, "Before the silence");
    const page = await alice.context.newPage();
    await page.clock.install();
    // Only who was heard can fall silent.
    const isHeard = page.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
    await page.goto(`${server.url}/t/${thread}`);
    const tab = new Screen(page);
    await tab.isReady();
    await isHeard;
    await bob.sent(thread, "The last word");
    await expect(tab.message("The last word")).toBeVisible();
    await expect(page.getByText("Reconnecting…")).toBeHidden();
    // Nothing comes through from now on, and nobody says so.
    await page.routeWebSocket(/live/, () => {});
    await page.clock.fastForward("01:30");
    await expect(page.getByText("Reconnecting…")).toBeVisible();
  });
});
