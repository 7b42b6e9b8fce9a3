// What is watched inside of the page, from before its first byte. Times are in milliseconds since the navigation began.

export interface Watched {
  /** When messages were painted last, by the id of their row: on the screen, as the browser says. */
  painted: Map<string, number>;
  firstPainted: number;
  /** When the app had taken over. */
  ready: number;
  /** When the app first kept a key from the browser, as it does with Enter in the composer. */
  handled: number;
  clicked: number;
  /** The id of the only row whose paint is watched, if it is not that of all. */
  awaited: string;
  /** The longest duration of each interaction, of those that took 16 ms or more. */
  interactions: Map<number, number>;
  longestFrame: number;
  mostRows: number;
  watchesFrames: boolean;
}

declare global {
  interface Window {
    watched: Watched;
    watchFrames: () => void;
    /** Says outside what has happened, where somebody listens. */
    tell?: (what: "ready" | "handled") => void;
  }
}

/** Runs in the page, so that it uses nothing from outside. Paints of messages are watched where that is wanted, since it costs a little. */
export function instrument(watchesPaints: boolean): void {
  const watched: Watched = {
    painted: new Map(),
    firstPainted: 0,
    ready: 0,
    handled: 0,
    clicked: 0,
    awaited: "",
    interactions: new Map(),
    longestFrame: 0,
    mostRows: 0,
    watchesFrames: false,
  };
  window.watched = watched;

  let composer: HTMLElement | null = null;
  // The browser tells when an element's text was painted if it has this attribute by then, which it has: this runs before the next frame.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const added of watchesPaints ? addedNodes : []) {
        if (!(added instanceof Element)) continue;
        // What is done here is measured with the rest: nothing for rows that nobody waits for.
        const row = watched.awaited ? document.getElementById(watched.awaited) : added;
        const bodies = row?.querySelectorAll(".message-body, .message-formatted *") ?? [];
        for (const body of [added, ...bodies]) {
          if (body !== added || body.matches(".message-body")) body.setAttribute("elementtiming", body.closest("li[id]")?.id ?? "");
        }
      }
    }
    if (!composer && (composer = document.getElementById("composer-field"))) requestAnimationFrame(() => composer?.focus());
    if (!watched.ready && document.querySelector("#app[data-ready]")) {
      watched.ready = performance.now();
      window.tell?.("ready");
    }
  }).observe(document, { childList: true, subtree: true, attributeFilter: ["data-ready"] });

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { renderTime: number; identifier: string })[]) {
      watched.painted.set(entry.identifier, entry.renderTime);
      watched.firstPainted ||= entry.renderTime;
    }
  }).observe({ type: "element", buffered: true });

  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
      if (interactionId) watched.interactions.set(interactionId, Math.max(duration, watched.interactions.get(interactionId) ?? 0));
    }
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);

  window.addEventListener("keydown", (event) => {
    if (watched.handled || !event.isTrusted || !event.defaultPrevented) return;
    watched.handled = performance.now();
    window.tell?.("handled");
  });
  window.addEventListener("click", (event) => (watched.clicked = event.timeStamp), { capture: true });

  window.watchFrames = () => {
    watched.watchesFrames = true;
    watched.longestFrame = 0;
    let last = 0;
    const frame = (now: number) => {
      if (last) watched.longestFrame = Math.max(watched.longestFrame, now - last);
      last = now;
      watched.mostRows = Math.max(watched.mostRows, document.querySelectorAll(".message-list-row").length);
      if (watched.watchesFrames) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };
}
