// Finds and replaces in the text. Enter goes to the next place, Shift+Enter to the one before, Esc back to writing.
import { heights, put } from "./editor-text.js";

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const area = editor.querySelector("textarea[name=body]");
  const bar = editor.querySelector(".find");
  const [wanted, other, exact] = ["find", "replace", "exact"].map((name) => bar.querySelector(`[data-${name}]`));
  const said = bar.querySelector("[data-found]");
  let places = [];
  let at = -1;

  editor.addEventListener("editor:command", ({ detail }) => {
    if (detail !== "find" && detail !== "replace") return;
    const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
    bar.hidden = false;
    if (chosen && !chosen.includes("\n")) wanted.value = chosen;
    search(area.selectionStart);
    const first = detail === "replace" && wanted.value ? other : wanted;
    first.focus();
    first.select();
  });

  function search(from = 0) {
    places = [];
    const needle = exact.checked ? wanted.value : wanted.value.toLocaleLowerCase();
    const text = exact.checked ? area.value : area.value.toLocaleLowerCase();
    // A letter that changes its length when made small (İ) would shift all places behind it.
    const usable = text.length === area.value.length ? text : area.value;
    for (let found = needle ? usable.indexOf(needle) : -1; found >= 0; found = usable.indexOf(needle, found + needle.length)) places.push(found);
    at = places.findIndex((place) => place >= from);
    if (at < 0 && places.length) at = 0;
    show();
  }

  function show() {
    said.textContent = !wanted.value ? "" : places.length
      ? said.dataset.some.replace("{at}", at + 1).replace("{all}", places.length) : said.dataset.none;
    for (const button of bar.querySelectorAll("[data-needs-place]")) button.disabled = !places.length;
    if (at < 0) return;
    area.setSelectionRange(places[at], places[at] + wanted.value.length);
    const [top] = heights(area, [places[at]]);
    if (top < area.scrollTop + 20 || top > area.scrollTop + area.clientHeight - 60) area.scrollTop = top - area.clientHeight / 3;
  }

  function go(step) {
    if (!places.length) return;
    at = (at + step + places.length) % places.length;
    show();
  }

  function leave() {
    bar.hidden = true;
    area.focus({ preventScroll: true });
  }

  const DEEDS = {
    next: () => go(1),
    before: () => go(-1),
    one() {
      const place = places[at];
      put(area, other.value, place, place + wanted.value.length);
      search(place + other.value.length);
      other.focus();
    },
    // One change, so that one undo takes it back.
    all() {
      const [first, last] = [places[0], places.at(-1) + wanted.value.length];
      let text = "";
      places.forEach((place, number) => {
        text += other.value;
        text += area.value.slice(place + wanted.value.length, places[number + 1] ?? last);
      });
      const count = places.length;
      put(area, text, first, last);
      search();
      said.textContent = said.dataset.replaced.replace("{all}", count);
      other.focus();
    },
    leave,
  };
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-deed]");
    if (button) DEEDS[button.dataset.deed]();
  });
  bar.addEventListener("input", (event) => event.target !== other && search(area.selectionStart));
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && event.target === other) places.length && DEEDS.one();
    else if (event.key === "Enter" && event.target.matches("input")) go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "F3" || bar.hidden) return;
    event.preventDefault();
    search(event.shiftKey ? 0 : area.selectionEnd);
    if (event.shiftKey) go(-1);
  });
}
