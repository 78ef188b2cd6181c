// Says every 15 seconds that the editor is open, who else has it open, and whether a newer version is there.
const EVERY = 15000;

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const line = editor.querySelector("[data-presence-line]");
  const version = editor.querySelector("form#editor [name=version]");

  async function ask() {
    if (!editor.dataset.id || document.visibilityState === "hidden") return;
    const data = new FormData();
    data.append("csrf_token", editor.querySelector("[name=csrf_token]").value);
    let told;
    try {
      const answer = await fetch(editor.dataset.presence, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!answer.ok) return; // saving finds out why and says so
      told = await answer.json();
    } catch {
      return;
    }
    const names = new Intl.ListFormat(document.documentElement.lang).format(told.others.map((one) => one.name));
    const text = names && line.dataset.words.replace("{names}", names);
    if (line.textContent !== text) line.textContent = text;
    // What the page said when it was opened: who is here is told above from now on; who was here lately, still there.
    const here = new Set(told.others.map((one) => one.name));
    for (const one of document.querySelectorAll(".editor-others li")) if ("here" in one.dataset || here.has(one.dataset.name)) one.remove();
    document.querySelector(".editor-others:not(:has(li))")?.remove();
    if (version?.value && told.version > Number(version.value)) editor.dispatchEvent(new CustomEvent("editor:newer", { detail: told.others.length === 1 ? told.others[0].name : "" }));
  }

  ask();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
