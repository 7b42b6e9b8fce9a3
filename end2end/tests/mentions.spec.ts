// Calling somebody by name: the name is completed, and whoever is called sees it apart from what else is unread.

import { expect, test } from "../people.ts";

test("a name is completed from the group, and is not lost among other messages", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const [his, third] = [await bob.opens("/"), await carol.opens("/")];
  const hers = await alice.opens(`/t/${thread}`);
  const names = hers.page.getByRole("listbox", { name: "Members of this conversation" });

  await hers.composer.pressSequentially(`Are you up, @${bob.username.slice(0, 4)}`);
  // After the sign alone, all of them may be offered for a while.
  await expect(names.getByRole("option")).toHaveText([new RegExp(bob.name)]);
  await hers.composer.press("Enter");
  await expect(hers.composer).toHaveValue(`Are you up, @${bob.username} `);
  await expect(names).toHaveCount(0);
  await hers.composer.pressSequentially("now?");
  await hers.composer.press("Enter");
  await expect(hers.message("Are you up").locator("mark")).toHaveText(`@${bob.username}`);
  await expect(hers.messages).toHaveCount(1);

  await expect(his.row("Night walkers")).toContainText("You were mentioned");
  await expect(third.row("Night walkers")).toContainText("1 unread");
  await expect(third.row("Night walkers")).not.toContainText("You were mentioned");
  await his.row("Night walkers").click();
  await expect(his.message("Are you up").locator("mark")).toBeVisible();
  await expect(his.row("Night walkers")).not.toContainText("You were mentioned");
});

test("with keys one goes through the names, and Escape leaves the sign as it is", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const hers = await alice.opens(`/t/${thread}`);
  const names = hers.page.getByRole("option");
  await hers.composer.pressSequentially("@");
  await expect(names).toHaveCount(2);
  await expect(names.nth(0)).toHaveAttribute("aria-selected", "true");
  await hers.composer.press("ArrowDown");
  await expect(names.nth(1)).toHaveAttribute("aria-selected", "true");
  const second = (await names.nth(1).innerText()).includes(bob.name) ? bob : carol;
  await hers.composer.press("Tab");
  await expect(hers.composer).toHaveValue(`@${second.username} `);
  await expect(hers.composer).toBeFocused();

  await hers.composer.pressSequentially("@");
  await expect(names).toHaveCount(2);
  await hers.composer.press("Escape");
  await expect(names).toHaveCount(0);
  await expect(hers.composer).toHaveValue(`@${second.username} @`);
});
