// Groups: making one, and what its admins may do.

import { expect, test } from "../people.ts";

test("a group of three is made in the browser, and all of them talk in it", async ({ people }) => {
  const { alice, bob, carol } = people;
  const [hers, bobs, carols] = [await alice.opens("/new"), await bob.opens("/"), await carol.opens("/")];

  await hers.button("New group").click();
  await hers.page.getByLabel("Name of the group").fill("Night walkers");
  await hers.page.getByRole("textbox", { name: "Emoji" }).fill("🌙");
  for (const friend of [bob, carol]) {
    await hers.page.getByRole("searchbox", { name: "Add people" }).fill(friend.username);
    await hers.button(`Add ${friend.name}`).click();
  }
  const chosen = hers.page.getByRole("list", { name: "Chosen people" }).getByRole("listitem");
  await expect(chosen).toHaveText([new RegExp(bob.name), new RegExp(carol.name)]);
  await hers.button("Create group").click();
  await expect(hers.page.getByText("3 members")).toBeVisible();
  await hers.says("Who is up?");

  for (const theirs of [bobs, carols]) {
    await expect(theirs.row("Night walkers")).toContainText(`${alice.name}: Who is up?`);
    await theirs.row("Night walkers").click();
    await expect(theirs.message("Who is up?")).toContainText(alice.name);
  }
  await bobs.says("I am");
  await expect(carols.message("I am")).toContainText(bob.name);
  await expect(hers.message("I am")).toContainText(bob.name);
});

test("what one person says in a row stands together, under one name and beside one picture", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  for (const words of ["One.", "Two.", "Three."]) await bob.sent(thread, words);
  await carol.sent(thread, "Four.");
  const screen = await alice.opens(`/t/${thread}`);
  const heads = () =>
    screen.messages.evaluateAll((messages) =>
      messages.map((message) => {
        const pictures = message.querySelectorAll(".avatar").length;
        return [message.querySelector(".message-name")?.textContent ?? "", pictures];
      }),
    );
  const row = [[bob.name, 0], ["", 0], ["", 1], [carol.name, 1]];
  await expect(screen.messages).toHaveCount(4);
  expect(await heads(), "as the server draws it").toEqual(row);

  await carol.sent(thread, "Five.");
  await bob.sent(thread, "Six.");
  await expect(screen.message("Six.")).toBeVisible();
  expect(await heads(), "as they come").toEqual([...row.slice(0, 3), [carol.name, 0], ["", 1], [bob.name, 1]]);
  const [tops, bottoms] = await Promise.all(
    (["top", "bottom"] as const).map((edge) =>
      screen.messages.evaluateAll((all, edge) => all.map((one) => one.getBoundingClientRect()[edge]), edge),
    ),
  );
  const gaps = tops!.slice(1).map((top, at) => top - bottoms![at]!);
  expect(Math.max(gaps[0]!, gaps[1]!), "those of one person stand nearer together").toBeLessThan(Math.min(gaps[2]!, gaps[4]!));
});

test("a removed member gets nothing more, and is told so", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const [hers, bobs, carols] = [
    await alice.opens(`/t/${thread}/details`),
    await bob.opens(`/t/${thread}`),
    await carol.opens(`/t/${thread}`),
  ];
  // Whoever is not connected yet asks what has become of the group: the answer is a 404, of which the console complains.
  await expect(hers.details.getByRole("listitem").filter({ hasText: bob.name })).toContainText("online");

  await hers.page.getByLabel(`Actions for ${bob.name}`).click();
  await hers.details.getByRole("button", { name: "Remove" }).click();
  await expect(bobs.page.getByText("You are no longer a member")).toBeVisible();
  await expect(bobs.row("Night walkers")).toHaveCount(0);
  await expect(hers.details.getByText("2 members")).toBeVisible();

  await hers.says("Only for those who are left");
  await expect(carols.message("Only for those who are left")).toBeVisible();
  // What is told him afterwards comes after whatever he was not to be told.
  await alice.sent(await alice.directWith(bob), "Sorry");
  await expect(bobs.row(alice.name)).toContainText("Sorry");
  await expect(bobs.page.getByText("Only for those who are left")).toHaveCount(0);
});

test.describe(() => {
  // The removed member's page answers 404, which the browser's console reports.
  test.use({ networkMayFail: true });

  test("a removed member does not find the conversation again", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.group("Night walkers", [bob]);
    await alice.command({ remove_member: { thread_id: thread, user_id: bob.userId } });
    const his = await bob.opens(`/t/${thread}`);
    await expect(his.page.getByText("It does not exist, or you are not in it.")).toBeVisible();
  });
});

test("an admin renames the group, and everybody sees it at once", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const [hers, his] = [await alice.opens(`/t/${thread}/details`), await bob.opens(`/t/${thread}`)];
  await hers.details.getByRole("button", { name: "Edit" }).click();
  await hers.page.getByLabel("Name of the group").fill("Early birds");
  await hers.button("Save").click();
  await expect(hers.page.getByLabel("Name of the group")).toHaveCount(0);
  for (const screen of [hers, his]) {
    await expect(screen.page.getByRole("heading", { name: "Early birds" }).first()).toBeVisible();
    await expect(screen.row("Early birds")).toBeVisible();
    await expect(screen.row("Night walkers")).toHaveCount(0);
  }
});

test("a member who is made an admin can add people", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const [hers, his] = [await alice.opens(`/t/${thread}/details`), await bob.opens(`/t/${thread}/details`)];
  await expect(his.details.getByRole("button", { name: "Leave" })).toBeVisible();
  await expect(his.button("Add people")).toHaveCount(0);

  await hers.page.getByLabel(`Actions for ${bob.name}`).click();
  await hers.button("Make admin").click();
  await his.button("Add people").click();
  await his.page.getByRole("searchbox", { name: "Add people" }).fill(carol.username);
  await his.button(`Add ${carol.name}`).click();
  for (const screen of [hers, his]) {
    await expect(screen.details.getByRole("listitem").filter({ hasText: carol.name })).toBeVisible();
    await expect(screen.details.getByText("3 members")).toBeVisible();
  }
});

test("when the only admin leaves, somebody else becomes one", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const [hers, his] = [await alice.opens(`/t/${thread}/details`), await bob.opens(`/t/${thread}/details`)];
  // So she is connected, and will be told that she has left: asking would be answered by a 404, of which the console complains.
  await expect(hers.details.getByRole("listitem").filter({ hasText: bob.name })).toContainText("online");
  await hers.button("Leave").click();
  await hers.button("Leave the group").click();
  await expect(hers.page.getByText("You are no longer a member")).toBeVisible();
  await expect(hers.row("Night walkers")).toHaveCount(0);
  await expect(his.details.getByRole("listitem")).toHaveText([new RegExp(`${bob.name} \\(you\\).*Admin`)]);
});
