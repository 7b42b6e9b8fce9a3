// What a part that is loaded later needs besides itself: the rest of the glue, and its words.
import { load_words } from "./bobbin.js";
let coming;
let tries = 0;
function later() {
    // A browser may remember of an address that no module came from there.
    coming ??= Promise.all([import("./later.js?" + tries++), words()]).catch((error) => {
        coming = undefined;
        throw error;
    });
    return coming;
}
async function words() {
    const response = await fetch(document.querySelector("script[data-later]").dataset.later);
    if (!response.ok || !load_words(await response.text())) throw new Error("no words");
}
