// Where a network lets no sockets through: messages come and go by requests, and by a socket as soon as one gets through.

import { expect, hears, Screen, SENT, test } from "../people.ts";
import { Proxy } from "../proxy.ts";

// That sockets are refused is told in the console.
test.use({ networkMayFail: true });

test("without sockets two people talk all the same, and with the first one that gets through they go on", async ({ people, server }) => {
  // The more sockets were refused, the longer are the pauses: up to half a minute.
  test.slow();
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Is your office still like that?");
  const his = await bob.opens(`/t/${thread}`);
  const office = await Proxy.before(server.url);
  try {
    const page = await alice.context.newPage();
    // The one that gets through may have been begun before that was allowed.
    const isThrough = hears(page);
    // Sessions belong to a host, whatever its port.
    await page.goto(`${office.url}/t/${thread}`);
    const hers = new Screen(page);
    await hers.isReady();
    await expect.poll(() => office.refused).toBeGreaterThan(1);
    await expect(page.getByText("Reconnecting…")).toBeHidden();
    await hers.says("Yes, no sockets here");
    await expect(hers.message("Yes, no sockets here")).toContainText(SENT);
    await expect(his.message("Yes, no sockets here")).toBeVisible();
    await his.says("Then how do you write?");
    await expect(hers.message("Then how do you write?")).toBeVisible();
    await bob.sent(thread, "And from my phone");
    await expect(hers.message("And from my phone")).toBeVisible();
    expect(await page.locator(".connection-banner:visible").count()).toBe(0);

    office.letsSocketsThrough = true;
    await isThrough;
    await his.says("You have one now");
    await expect(hers.message("You have one now")).toBeVisible();
    await hers.says("I have");
    await expect(his.message("I have")).toBeVisible();
    await expect(hers.messages).toHaveCount(6);
  } finally {
    await office.close();
  }
});
