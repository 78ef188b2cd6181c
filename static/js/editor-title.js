// The title is an area only so that it may wrap: Enter saves, as in any field of one line, and a pasted line end is a space.
import { trusted } from "./trusted.js";

for (const title of document.querySelectorAll('[data-behaviour~="title"]')) {
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    title.form.querySelector("[type=submit]").click();
  });
  title.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault();
    // Not setRangeText: so it can be undone.
    document.execCommand("insertText", false, trusted(text.trim().replace(/\s*[\r\n]+\s*/g, " ")));
  });
}
