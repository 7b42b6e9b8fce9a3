// Only under `cargo leptos watch`: takes what has changed. `patch` and `RELOAD_PORT` stand before this.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const isServing = () =>
  fetch("/robots.txt", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );

// It is told before the old server has gone: the page is loaded again when another one is there.
async function reload() {
  for (let tries = 0; tries < 100 && (await isServing()); tries += 1) await pause(50);
  while (!(await isServing())) await pause(50);
  location.reload();
}

function listen() {
  const socket = new WebSocket(`ws://${location.hostname}:${RELOAD_PORT}/live_reload`);
  socket.onmessage = ({ data }) => {
    const { all, css, view } = JSON.parse(data);
    if (all) reload();
    if (view) patch(view);
    if (css) {
      for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
        link.href = `${new URL(link.href).pathname}?${Date.now()}`;
      }
    }
  };
  socket.onclose = () => setTimeout(listen, 1000);
}
listen();
