// Counts words and reading time in the pauses of typing.
import { countWords } from "./words.js";

const AFTER = 400;
const idle = window.requestIdleCallback ?? ((task) => setTimeout(task, 0));

for (const counts of document.querySelectorAll('[data-behaviour~="counts"]')) {
  const area = document.querySelector("textarea[name=body]");
  const { words, minutes } = JSON.parse(counts.dataset.words);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  let timer;

  function show() {
    const number = countWords(area.value);
    const time = Math.max(1, Math.round(number / Number(counts.dataset.wordsAMinute)));
    const phrase = (forms, value) => (forms[plural.select(value)] ?? forms.other).replace("{n}", value.toLocaleString(document.documentElement.lang));
    counts.textContent = `${phrase(words, number)} · ${phrase(minutes, time)}`;
  }

  show();
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => idle(show), AFTER);
  });
}
