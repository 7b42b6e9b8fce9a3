// A large file of a secret chat goes from one disk to the other, and through the two pages without staying there. How large it is can be said:
// `SECRET_FILE_MIB=500 scripts/end2end /tests/secret_large`.

import type { Browser } from "@playwright/test";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "../people.ts";
import { friends, speak } from "../secret.ts";

test.use({ networkMayFail: true });

const MIB = 1024 * 1024;
const PART = 8 * MIB;
const PARTS = Math.ceil((Number(process.env.SECRET_FILE_MIB || 128) * MIB) / PART);
/** What a page may need meanwhile: what is under way, and what nobody has cleared away yet. */
const MOST = 96 * MIB;

/** The processes in which pages are. */
async function renderers(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** What Linux says of a process's memory, in bytes: now, or at most since that was last forgotten. Nothing, if it is gone. */
function memory(pid: number, which: "VmRSS" | "VmHWM"): number | undefined {
  const status = whileThere(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "";
  const found = new RegExp(`^${which}:\\s+(\\d+) kB$`, "m").exec(status);
  return found ? Number(found[1]) * 1024 : undefined;
}

function forgetMost(pid: number): void {
  whileThere(() => writeFileSync(`/proc/${pid}/clear_refs`, "5"));
}

/** What may be a process of a page that another test has closed goes when it likes. */
function whileThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

test("a large file stays in neither page", async ({ people, browser }, info) => {
  const deadline = 60_000 + PARTS * 2_000;
  test.setTimeout(60_000 + 2 * deadline);
  const path = info.outputPath("large.bin");
  const sent: string[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const bytes = randomBytes(PART);
    appendFileSync(path, bytes);
    sent.push(createHash("sha256").update(bytes).digest("hex"));
  }
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  // As if she chose a file on her disk.
  await hers.page.evaluate(() => {
    const choose = async ({ suggestedName }: { suggestedName: string }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
    Object.assign(window, { showSaveFilePicker: choose });
  });
  await his.pane.getByLabel("Attach files").setInputFiles(path);
  const [coming, going] = [hers.message("large.bin"), his.message("large.bin")];
  const receive = coming.getByRole("button", { name: "Receive" });
  await expect(receive).toBeVisible();

  const pages = await renderers(browser);
  pages.forEach(forgetMost);
  const before = pages.map((pid) => memory(pid, "VmRSS"));
  const begun = performance.now();
  await receive.click();
  await expect(coming).toContainText("Saved where you chose", { timeout: deadline });
  await expect(going).toContainText("delivered");
  // The two pages are there still, and whatever other ones are.
  const most = pages.map((pid) => memory(pid, "VmHWM"));
  const grown = most.flatMap((bytes, page) => (bytes && before[page] ? [bytes - before[page]] : []));
  expect(grown.length).toBeGreaterThanOrEqual(2);
  const figures = `${PARTS * PART} bytes in ${Math.round(performance.now() - begun)} ms, pages larger by at most ${grown.join(", ")} bytes`;
  info.annotations.push({ type: "memory", description: figures });
  expect(Math.max(...grown), figures).toBeLessThan(MOST);

  const saved = await hers.page.evaluate(async (part) => {
    const file = await (await (await navigator.storage.getDirectory()).getFileHandle("large.bin")).getFile();
    const found: string[] = [];
    for (let at = 0; at < file.size; at += part) {
      const hash = await crypto.subtle.digest("SHA-256", await file.slice(at, at + part).arrayBuffer());
      found.push([...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
    }
    return found;
  }, PART);
  expect(saved).toEqual(sent);
});
