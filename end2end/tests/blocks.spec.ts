// Blocking somebody, and bringing a message to the administrator's attention.

import { expect, test, testWithOwnServer } from "../people.ts";

// A server of its own is gone before the browsers are.
testWithOwnServer.use({ networkMayFail: true });

test("whoever is blocked is told when they write, and what they wrote stays on their screen", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Buy my watches");
  const [hers, second] = [await alice.opens(`/t/${thread}`), await alice.opens(`/t/${thread}`)];
  const his = await bob.opens(`/t/${thread}`);
  await hers.button("Options").click();
  await hers.button("Block").click();
  // The menu goes with the answer, which may come after what is told to everybody. By then it offers to unblock, as the page does.
  await expect(hers.page.getByRole("dialog")).toHaveCount(0);
  for (const tab of [hers, second]) {
    await expect(tab.page.getByText(`You have blocked ${bob.name}.`)).toBeVisible();
    await expect(tab.composer).toHaveCount(0);
  }
  // The next page says so too, and goes on from there.
  await second.page.reload();
  await second.isReady();
  await expect(second.page.getByText(`You have blocked ${bob.name}.`)).toBeVisible();
  await his.says("They are gold");
  await expect(his.message("They are gold")).toContainText("One of you has blocked the other.");

  const { page } = await alice.visits("/settings");
  await expect(page.getByRole("region", { name: "Blocked people" })).toContainText(bob.name);
  await hers.button("Unblock").click();
  await expect(hers.composer).toBeVisible();
  await expect(second.composer).toBeVisible();
  await his.message("They are gold").getByRole("button", { name: "Retry" }).click();
  await expect(hers.message("They are gold")).toBeVisible();
  await expect(hers.messages).toHaveCount(2);
});

test("what somebody says whom one blocks is folded in groups, until one wants to see it", async ({ people }) => {
  const { alice, bob, carol } = people;
  const [thread, group] = [await alice.directWith(bob), await carol.group("All of us", [alice, bob])];
  await bob.sent(group, "Look at my watches");
  const hers = await alice.opens(`/t/${group}`);
  await carol.sent(group, "We have seen them");
  await expect(hers.message("Look at my watches")).toBeVisible();
  const block = (is_on: boolean) => alice.command({ set_option: { thread_id: thread, option: { blocked: is_on } } });
  await block(true);
  await expect(hers.scroller.getByText("Look at my watches")).toBeHidden();
  await bob.sent(group, "They are still gold");
  await expect(hers.scroller.getByText("A message of somebody you block")).toHaveCount(2);
  await expect(hers.scroller.getByText("They are still gold")).toBeHidden();
  await expect(hers.message("We have seen them")).toBeVisible();
  await expect(hers.row("All of us")).toContainText("A message of somebody you block");
  // What the server draws is folded as well.
  await hers.page.reload();
  await hers.isReady();
  await expect(hers.scroller.getByText("Look at my watches")).toBeHidden();
  await hers.scroller.getByText("A message of somebody you block").first().click();
  await expect(hers.scroller.getByText("Look at my watches")).toBeVisible();
  await expect(hers.scroller.getByText("They are still gold")).toBeHidden();
  await block(false);
  await expect(hers.scroller.getByText("They are still gold")).toBeVisible();
  await expect(hers.scroller.getByText("A message of somebody you block")).toHaveCount(0);
  await expect(hers.row("All of us")).toContainText("They are still gold");
});

testWithOwnServer("a message is reported from its menu, and the administrator sees it", async ({ people }) => {
  // The first one looks after the server, and is in another conversation.
  const { alice: keeper, bob, carol: alice } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Something nasty");
  const hers = await alice.opens(`/t/${thread}`);
  await hers.message("Something nasty").hover();
  await hers.message("Something nasty").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Report to the administrator" }).click();
  const sheet = hers.page.getByRole("dialog", { name: "Report to the administrator" });
  await expect(sheet).toContainText("Something nasty");
  await sheet.getByLabel(/What is wrong with it/).fill("It is rude");
  const toasts = await hers.toasts();
  await sheet.getByRole("button", { name: "Report" }).click();
  await expect.poll(() => toasts.jsonValue()).toContain("Reported.");
  await expect(sheet).toHaveCount(0);
  const settings = await keeper.visits("/settings");
  for (const words of ["Something nasty", "It is rude", alice.name, bob.name]) {
    await expect(settings.page.getByRole("region", { name: "Reports" })).toContainText(words);
  }
});
