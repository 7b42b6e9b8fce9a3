// The floor: pages that do what is measured and nothing else. What they take is the browser's and the machine's, and no app can save it. Bobbin's
// figures are to be read beside theirs.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const ROWS = 1_500;

/** A line of text, a field that keeps Enter from the browser, and two links that put another line in the line's place. */
const LINE = `<!DOCTYPE html>
<meta charset="utf-8">
<title>A line of text</title>
<script type="module" src="/pkg/line.js"></script>
<nav><a href="/t/1">1</a> <a href="/t/2">2</a></nav>
<div id="app">
  <ul><li id="m-0"><p class="message-body">A line of text.</p></li></ul>
  <textarea id="composer-field"></textarea>
</div>`;
const LINE_SCRIPT = `
document.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
document.addEventListener("click", (event) => {
  const number = event.target.pathname?.slice(3);
  if (!number) return;
  event.preventDefault();
  document.querySelector("ul").innerHTML = '<li id="m-' + number + '"><p class="message-body">Another line of text.</p></li>';
});
document.getElementById("app").setAttribute("data-ready", "");`;

/** A list that is there as a whole. */
const LIST = `<!DOCTYPE html>
<meta charset="utf-8">
<title>A list</title>
<ul class="message-list-scroller" tabindex="0" style="block-size: 90vh; overflow: auto">
${Array.from({ length: ROWS }, (_, row) => `<li class="message-list-row"><p class="message-body">message ${row + 1}. ${"and so on ".repeat(row % 20)}</p></li>`).join("\n")}
</ul>`;

/** A field, and a list that gets a line fifty times a second, and stays as long as it is. */
const LIVELY = `<!DOCTYPE html>
<meta charset="utf-8">
<title>A lively list</title>
<textarea id="composer-field"></textarea>
<ul></ul>
<script>
const list = document.querySelector("ul");
let number = 0;
setInterval(() => {
  const row = document.createElement("li");
  row.textContent = "message " + number + ". " + "and so on ".repeat(number % 10);
  number += 1;
  list.append(row);
  if (list.childElementCount > 80) list.firstElementChild.remove();
}, 20);
</script>`;

const FILES: Record<string, [type: string, content: string]> = {
  "/t/1": ["text/html", LINE],
  "/pkg/line.js": ["text/javascript", LINE_SCRIPT],
  "/list": ["text/html", LIST],
  "/lively": ["text/html", LIVELY],
};

export class Floor {
  private constructor(
    readonly url: string,
    readonly drop: () => void,
  ) {}

  static async start(): Promise<Floor> {
    const server = createServer(({ url }, response) => {
      const [type, content] = FILES[url!] ?? ["text/plain", ""];
      const lifetime = type === "text/javascript" ? "max-age=31536000, immutable" : "no-store";
      response.writeHead(content ? 200 : 404, { "content-type": type, "cache-control": lifetime }).end(content);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Floor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => server.close());
  }
}
