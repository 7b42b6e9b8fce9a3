// Loads the app and the words of the page's language, and hands them the page that the server drew, at what was not read. The addresses
// come from the script's own element.
const line = document.querySelector(".message-list-unread");
if (line && !CSS.supports("scroll-initial-target", "nearest")) line.scrollIntoView({ block: "center" });
const { script, wasm, words } = document.querySelector("script[data-wasm]").dataset;
const table = fetch(words).then((response) => response.text());
const app = await import(script);
await app.default({ module_or_path: wasm });
app.hydrate(await table);
