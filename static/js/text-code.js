// A button on each block of code that copies it; the numbers of its lines are drawn by the style and never copied.
for (const prose of document.querySelectorAll('[data-behaviour~="code"]')) {
  if (!navigator.clipboard) continue; // not on plain HTTP
  const words = JSON.parse(prose.dataset.words);
  const said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  said.setAttribute("role", "status");
  prose.after(said);

  for (const pre of prose.querySelectorAll("pre.code")) {
    const box = Object.assign(document.createElement("div"), { className: "code-box" });
    const button = Object.assign(document.createElement("button"), { className: "code-copy", type: "button", textContent: words.copy });
    const name = pre.closest(".code-listing")?.querySelector("figcaption")?.textContent;
    if (name) button.setAttribute("aria-label", `${words.copy}: ${name}`);
    pre.replaceWith(box);
    box.append(pre, button); // behind the code: who reads on comes to the code first
    button.addEventListener("click", async () => {
      let outcome = words.copied;
      try {
        await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
      } catch {
        outcome = words.notCopied;
      }
      button.textContent = said.textContent = outcome;
      setTimeout(() => {
        button.textContent = words.copy;
        said.textContent = "";
      }, 2000);
    });
  }
}
