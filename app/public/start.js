// Loads the app and hands it the page that the server drew. The addresses come from the script's own element.
const { script, wasm } = document.querySelector("script[data-wasm]").dataset;
const app = await import(script);
await app.default({ module_or_path: wasm });
app.hydrate();
