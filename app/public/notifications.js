// Lets somebody turn desktop notifications on for this browser: it asks for the permission only when it is clicked, and keeps the choice where the app
// finds it.
for (const section of document.querySelectorAll(".notifications")) {
  const [on, words, state] = ["-on", "-words", "-state"].map((end) => section.querySelector(`.notifications${end}`));
  const key = `bobbin.notify.${section.dataset.user}`;
  const can = "Notification" in window && isSecureContext;
  const show = () => {
    const chosen = localStorage.getItem(key);
    const isDenied = can && Notification.permission === "denied";
    on.checked = !!chosen && can && Notification.permission === "granted";
    words.checked = chosen === "words";
    on.disabled = !can || isDenied;
    words.disabled = !on.checked;
    state.textContent = !can ? section.dataset.missing : isDenied ? section.dataset.denied : "";
  };
  const keep = async () => {
    if (!on.checked) localStorage.removeItem(key);
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(key, words.checked ? "words" : "on");
    show();
  };
  on.addEventListener("change", keep);
  words.addEventListener("change", keep);
  try {
    show();
  } catch {
    on.disabled = words.disabled = true;
    state.textContent = section.dataset.missing;
  }
}
