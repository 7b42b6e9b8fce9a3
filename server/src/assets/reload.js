// Only under `cargo leptos watch`: takes what has changed. `patch` and `RELOAD_PORT` stand before this.
function listen() {
  const socket = new WebSocket(`ws://${location.hostname}:${RELOAD_PORT}/live_reload`);
  socket.onmessage = ({ data }) => {
    const { all, css, view } = JSON.parse(data);
    if (all) location.reload();
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
