// Locks the session when nobody has touched any of its pages for as long as its person chose, and tells the server meanwhile that somebody is
// there. The server keeps the time by itself, too: without this script it would just lock.
const script = document.getElementById("lock-script");
const limit = script.dataset.minutes * 60_000;
const key = "bobbin.touched";
// That the page was opened is told as well: whoever goes from one to the next may touch none of them for long.
let [touched, told, isLocking] = [Date.now(), 0, false];

// The other tabs of the browser count as well, if they can be asked.
const last = (mine) => {
  try {
    if (mine) localStorage.setItem(key, mine);
    else return Math.max(touched, Math.min(Date.now(), localStorage.getItem(key)));
  } catch {}
  return touched;
};

const tell = (path) => fetch(path, { method: "POST", keepalive: true }).catch(() => ({}));

const lock = async () => {
  if (isLocking) return;
  isLocking = true;
  // What the app has in memory alone goes at once; the server may take its time.
  dispatchEvent(new Event("bobbin-lock"));
  const { style } = document.documentElement;
  style.display = "none";
  // Until it has locked: a door that was asked for before would stand open.
  for (;;) {
    const { status = 503 } = await tell("/lock/now");
    if (status < 500 && status !== 429) break;
    // A word for whoever waits, as where there is no network.
    const line = document.createElement("p");
    line.className = "blank";
    line.textContent = script.dataset.words;
    document.body.replaceChildren(line);
    style.display = "";
    await new Promise((later) => setTimeout(later, 1000));
  }
  location.replace(`/lock?next=${encodeURIComponent(location.pathname + location.search)}`);
};

const look = async () => {
  if (isLocking) return;
  const [now, at] = [Date.now(), last()];
  if (now - at >= limit) return lock();
  if (at <= told || now - told < limit / 12) return;
  told = now;
  const { status } = await tell("/lock/stay");
  if (status === 423) lock();
};

const touch = () => {
  // Whoever comes back to a laptop that slept does not find it open.
  if (isLocking || Date.now() - last() >= limit) return look();
  if (Date.now() - touched < 1000) return;
  touched = Date.now();
  last(touched);
};

last(touched);
for (const event of ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"]) {
  addEventListener(event, touch, { passive: true, capture: true });
}
addEventListener("pageshow", ({ persisted }) => (persisted ? location.reload() : look()));
document.addEventListener("visibilitychange", look);
setInterval(look, 1000);
