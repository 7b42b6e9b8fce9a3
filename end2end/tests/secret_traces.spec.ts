// Nothing of a secret chat is anywhere but on two screens: neither what is said nor what introduced the two. The same search finds what is stored.

import type { Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Person, testWithOwnServer as test } from "../people.ts";
import { friends, speak } from "../secret.ts";
import type { Server } from "../server.ts";

test.use({ networkMayFail: true });

/** What steps of introductions say that go through the sockets of somebody's pages. */
function introductions(person: Person): Record<string, string>[] {
  const steps: Record<string, string>[] = [];
  const hear = ({ payload }: { payload: string | Buffer }) => {
    const frame = JSON.parse(String(payload));
    const step = frame.command?.introduce ?? frame.event?.introduced;
    if (step) steps.push(step);
  };
  person.context.on("page", (page) =>
    page.on("websocket", (socket) => {
      socket.on("framesent", hear);
      socket.on("framereceived", hear);
    }),
  );
  return steps;
}

/** What of a step would be known again, wherever it is. */
function pieces({ step, chat_id, detail }: Record<string, string>): string[] {
  if (step === "candidate") {
    const { candidate } = JSON.parse(detail);
    return [candidate, ...candidate.match(/\S+\.local/g) ?? []].filter(Boolean);
  }
  const found = /^o=- (\d+)|^a=ice-pwd:(\S+)|^a=fingerprint:\S+ (\S+)/gm;
  return [chat_id, ...[...(detail ?? "").matchAll(found)].map((one) => one.slice(1).find(Boolean)!)];
}

/** All that a browser keeps for this site. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const response of await cache.matchAll()) found.push(name, response.url, await response.text());
    }
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name!);
        request.onsuccess = () => resolve(request.result);
        request.onerror = reject;
      });
      for (const store of database.objectStoreNames) {
        found.push(
          await new Promise((resolve, reject) => {
            const request = database.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result.map((one: unknown) => JSON.stringify(one) + String(one)));
            request.onerror = reject;
          }),
        );
      }
      database.close();
    }
    return JSON.stringify(found);
  });
}

/** All that the server has written, by where it is. */
async function written(server: Server): Promise<Map<string, Buffer>> {
  const places = new Map([["log", Buffer.from(server.log)], ["tables", Buffer.from(await server.rows())]]);
  for (const entry of readdirSync(server.data, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    try {
      places.set(path, readFileSync(path));
    } catch (error) {
      // PostgreSQL has taken it away meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return places;
}

/** Where something is, also as an id is in a table. */
function places(all: Map<string, Buffer>, what: string): string[] {
  const forms = [Buffer.from(what)];
  if (/^[0-9a-f-]{36}$/.test(what)) forms.push(Buffer.from(what.replaceAll("-", ""), "hex"));
  return [...all].filter(([, content]) => forms.some((form) => content.includes(form))).map(([place]) => place);
}

test("nothing of it is anywhere but on the two screens", async ({ people, server }) => {
  const { alice, bob } = people;
  const steps = [introductions(alice), introductions(bob)];
  const [herScreen, hisScreen] = await friends(alice, bob);

  // What is stored is found by the same search.
  const stored = { message_id: randomUUID(), body: `stored-${randomUUID()}`, file: `file-${randomUUID()}` };
  const draft = `draft-${randomUUID()}`;
  const thread_id = await alice.directWith(bob);
  await alice.command({ send_message: { message_id: stored.message_id, thread_id, body: stored.body } });
  const uploaded = await alice.context.request.put(`${server.url}/api/v1/threads/${thread_id}/files/${randomUUID()}?name=a.txt`, {
    data: stored.file,
    headers: { origin: server.url },
  });
  expect(uploaded.ok(), await uploaded.text()).toBe(true);
  await herScreen.composer.fill(draft);
  await expect.poll(() => kept(herScreen.page)).toContain(draft);

  const [hers, his] = await speak(herScreen, hisScreen);
  const trace = `trace-${randomUUID()}`;
  for (let count = 1; count <= 20; count += 1) {
    const [one, other] = count % 2 ? [hers, his] : [his, hers];
    await one.says(`${trace} ${count}`);
    await expect(other.message(`${trace} ${count}`).last()).toBeVisible();
  }
  await hers.pane.getByLabel("Attach files").setInputFiles({ name: `${trace}.txt`, mimeType: "text/plain", buffer: Buffer.from(trace) });
  await expect(his.message(`${trace}.txt`).getByRole("link", { name: "Save" })).toBeVisible();

  const secrets = new Set([trace, ...steps.flat().flatMap(pieces)]);
  for (const step of ["ask", "accept", "offer", "answer", "candidate"]) {
    expect(steps.flat().map((one) => one.step), "what was heard of the introduction").toContain(step);
  }
  expect(secrets.size, [...secrets].join("\n")).toBeGreaterThan(8);
  for (const { page } of [hers, his]) {
    const found = await kept(page);
    for (const secret of secrets) expect(found).not.toContain(secret);
    // It did look: the certificate is there.
    expect(found).toContain("RTCCertificate");
  }
  expect(await kept(hers.page)).toContain(draft);

  const all = await written(server);
  for (const what of Object.values(stored)) expect(places(all, what), `where ${what} is`).not.toEqual([]);
  expect(places(all, "Bobbin is at")).toContain("log");
  for (const secret of secrets) expect(places(all, secret), `where ${secret} is`).toEqual([]);
});
