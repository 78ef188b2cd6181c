// Pictures: pasted, dropped, chosen from this device or from the library. Whoever puts one in is asked what it shows.
import { put } from "./editor-text.js";
import { parsed } from "./trusted.js";

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const area = editor.querySelector("textarea[name=body]");
  const alert = editor.querySelector("[data-trouble]");
  const library = document.getElementById("library");
  const picture = document.getElementById("picture");
  const words = JSON.parse(picture.dataset.words);
  let number = 0;
  let asking = Promise.resolve(); // one picture after the other

  // -- from the clipboard and from elsewhere on the screen

  const carried = (data) => [...data.files].filter((file) => /^(image|video|audio)\/|^application\/pdf$/.test(file.type));
  area.addEventListener("paste", (event) => {
    const files = carried(event.clipboardData);
    // Word and Excel send a picture of the words along.
    const words = event.clipboardData.getData("text/html").replace(/<style\b[\s\S]*?<\/style>|<[^>]*>|&nbsp;/gi, "");
    if (!files.length || words.trim()) return;
    event.preventDefault();
    files.forEach(upload);
  }, true);
  area.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  area.addEventListener("drop", (event) => {
    const files = carried(event.dataTransfer);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    if (files.length < event.dataTransfer.files.length) say(words.notAPicture);
    files.forEach(upload);
  });

  async function upload(file) {
    number += 1;
    const name = file.name.replace(/[[\]\\]/g, "") || words.unnamed;
    const placeholder = `![${words.uploading.replace("{name}", name)} ${number}…]()`;
    block(placeholder);
    alert.textContent = "";
    const data = new FormData();
    data.append("csrf_token", editor.querySelector("[name=csrf_token]").value);
    data.append("files", file, file.name || "picture.png");
    let told;
    try {
      const answer = await fetch(editor.dataset.uploads, { method: "POST", body: data, headers: { Accept: "application/json" } });
      told = await answer.json();
      if (!answer.ok) throw new Error(told.errors?.join(" ") || told.detail || words.notUploaded);
    } catch (error) {
      exchange(placeholder, "");
      say(error instanceof TypeError || error instanceof SyntaxError ? words.notUploaded.replace("{name}", name) : error.message);
      return;
    }
    // A film, a sound or a document says itself how it is written.
    if (told.sort !== "picture") return exchange(placeholder, told.markdown);
    asking = asking.then(async () => exchange(placeholder, await ask(told)));
  }

  function say(text) {
    alert.textContent = text;
  }

  // On lines of its own, the selection behind it.
  function block(text) {
    const at = area.selectionEnd;
    const before = area.value.slice(0, at);
    const space = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    put(area, `${space}${text}\n\n`, at, at);
  }

  // The writer may have gone on writing: the caret stays where it is in the words.
  function exchange(placeholder, text) {
    const at = area.value.indexOf(placeholder);
    if (at < 0) return;
    const { selectionStart: from, selectionEnd: to } = area;
    const shift = (place) => (place > at ? Math.max(at, place + text.length - placeholder.length) : place);
    put(area, text, at, at + placeholder.length);
    area.setSelectionRange(shift(from), shift(to));
  }

  // -- what it shows

  function ask(told) {
    const form = picture.querySelector("form");
    const { alt, decorative, caption } = form.elements;
    form.reset();
    alt.value = told.alt ?? "";
    alt.disabled = false;
    alt.required = true;
    const image = picture.querySelector("img");
    image.src = told.thumbnail || told.path;
    picture.returnValue = "";
    picture.showModal();
    alt.focus();
    return new Promise((done) => {
      picture.addEventListener("close", () => {
        const isInsert = picture.returnValue === "insert";
        const isDecorative = isInsert && decorative.checked;
        const said = isDecorative ? "" : isInsert ? alt.value : told.alt ?? "";
        const title = caption.value.trim().replace(/(["\\])/g, "\\$1").replace(/\s+/g, " ");
        const alternative = said.trim().replace(/\s+/g, " ").replace(/([\][\\])/g, "\\$1");
        done(`![${alternative}](${told.path}${isDecorative ? "#decorative" : ""}${title && isInsert ? ` "${title}"` : ""})`);
      }, { once: true });
    });
  }
  picture.querySelector("[name=decorative]").addEventListener("change", ({ target }) => {
    const { alt } = target.form.elements;
    alt.disabled = target.checked;
    alt.required = !target.checked;
  });

  // -- from the library

  const shelf = library.querySelector("[data-choices]");
  async function fill(url) {
    shelf.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error();
      const piece = parsed(await answer.text());
      shelf.replaceChildren(...piece.body.childNodes);
    } catch {
      shelf.textContent = words.noLibrary;
    }
    shelf.removeAttribute("aria-busy");
  }
  editor.addEventListener("editor:command", (event) => {
    if (event.detail !== "picture") return;
    library.returnValue = "";
    library.showModal();
    fill(shelf.dataset.choices);
  });
  shelf.addEventListener("submit", (event) => {
    event.preventDefault();
    fill(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
  });
  shelf.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    fill(link.href);
  });
  library.querySelector("[data-insert]").addEventListener("click", async () => {
    const chosen = shelf.querySelector("input[type=radio]:checked");
    if (!chosen) return shelf.querySelector("input[type=radio]")?.focus();
    library.close();
    asking = asking.then(async () => block(chosen.dataset.sort === "picture" ? await ask(chosen.dataset) : chosen.dataset.markdown));
  });
  library.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
    const files = [...target.files];
    target.value = "";
    library.close();
    files.forEach(upload);
  });
}
