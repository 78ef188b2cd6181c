// A text beside a button that copies it. Without a script it is selected and copied by hand.
for (const part of document.querySelectorAll('[data-behaviour~="copy"]')) {
  const text = part.querySelector("input");
  const button = part.querySelector("button[data-copied]");
  text.addEventListener("focus", () => text.select());
  if (!navigator.clipboard) continue; // not on plain HTTP
  const words = button.firstChild;
  const label = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.value);
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = label; }, 2000);
  });
}
