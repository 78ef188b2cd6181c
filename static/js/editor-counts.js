// Counts words and reading time in the pauses of typing.
const AFTER = 400;
const idle = window.requestIdleCallback ?? ((task) => setTimeout(task, 0));

for (const counts of document.querySelectorAll('[data-behaviour~="counts"]')) {
  const area = document.querySelector("textarea[name=body]");
  const { words, minutes } = JSON.parse(counts.dataset.words);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  let timer;

  // As the server counts (lib/markdown/text.py): two Han or kana signs are a word, five Thai, Lao, Khmer or Burmese letters.
  function count(text) {
    text = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, " ").replace(/\]\([^)\s]*\)/g, "]");
    const signs = text.match(/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/gu)?.length ?? 0;
    const letters = text.match(/[\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/gu)?.length ?? 0;
    if (signs || letters) text = text.replace(/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/gu, " ");
    const spaced = text.match(/[\p{L}\p{N}]+(?:['’.,\-‐][\p{L}\p{N}]+)*/gu)?.length ?? 0;
    return spaced + Math.ceil(signs / 2) + Math.ceil(letters / 5);
  }

  function show() {
    const number = count(area.value);
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
