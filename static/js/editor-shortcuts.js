// The list of keys.
for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const list = document.getElementById("shortcuts");
  editor.addEventListener("editor:command", (event) => event.detail === "shortcuts" && list.showModal());
}
