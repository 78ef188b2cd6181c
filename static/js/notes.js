// Notes beside a text: added and resolved in place, quoting what is selected, showing in the text what a note is about.
import { parsed } from "./trusted.js";

const text = document.querySelector('textarea[name="body"]');

async function send(part, form, submitter) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter), credentials: "same-origin" });
  const page = parsed(await answer.text());
  const fresh = page.querySelector('[data-behaviour~="notes"]');
  if (!fresh) throw new Error("no notes in the answer"); // signed out, say: the window of notes tells more
  const folded = !part.querySelector(".notes-resolved")?.open;
  part.replaceChildren(...fresh.childNodes);
  const resolved = part.querySelector(".notes-resolved");
  if (resolved) resolved.open = !folded;
  improve(part);
  const said = [...page.querySelectorAll(".flash p")].map((one) => one.textContent.trim()).join(" ");
  part.querySelector("[data-said]").textContent = said;
  (part.querySelector("[aria-invalid]") ?? part.querySelector('textarea[name="note"]'))?.focus();
}

function quoteSelection(part) {
  const chosen = text.value.slice(text.selectionStart, text.selectionEnd).replace(/\s+/g, " ").trim();
  const field = part.querySelector('[name="quote"]');
  if (chosen) field.value = chosen.slice(0, 500);
  (chosen ? part.querySelector('[name="note"]') : field).focus();
}

function find(quote) {
  // Line ends and runs of white space may differ from what was quoted.
  const words = quote.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("\\s+"), "u").exec(text.value);
}

function improve(part) {
  if (!text) return;
  const take = part.querySelector("[data-take-selection]");
  if (take) {
    take.hidden = false;
    take.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    take.addEventListener("click", () => quoteSelection(part));
  }
  for (const quote of part.querySelectorAll("[data-quote]")) {
    const found = find(quote.textContent);
    if (!found) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "note-find";
    button.append(...quote.childNodes);
    quote.append(button);
    button.addEventListener("click", () => {
      const place = find(button.textContent);
      if (!place) return;
      text.focus();
      text.setSelectionRange(place.index, place.index + place[0].length);
    });
  }
}

for (const part of document.querySelectorAll('[data-behaviour~="notes"]')) {
  improve(part);
  part.addEventListener("submit", (event) => {
    event.preventDefault();
    const { target: form, submitter } = event;
    if (submitter) submitter.disabled = true;
    send(part, form, submitter).catch(() => {
      if (submitter) submitter.disabled = false;
      form.submit();
    });
  });
}
