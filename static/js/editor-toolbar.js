// The toolbar of the editor and its keys. A button or a key gives a command to the editor; those that change the text are
// carried out here, the others by whoever listens for "editor:command".
import { lines, put } from "./editor-text.js";

const isApple = /Mac|iP(hone|ad|od)/.test(navigator.platform);

// Only while writing: elsewhere these keys belong to the browser and to the desk.
const IN_TEXT = {
  b: "bold", i: "italic", k: "link", e: "code", "shift+x": "strike", "shift+7": "numbers", "shift+8": "bullets",
  "shift+9": "quote", "alt+2": "heading-2", "alt+3": "heading-3", "]": "indent", "[": "outdent",
};
const ANYWHERE = {
  "/": "shortcuts", s: "save", f: "find", "shift+h": "replace", "alt+p": "preview", "shift+f": "focus", "alt+i": "insert",
  "shift+u": "picture",
};

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const area = editor.querySelector("textarea[name=body]");
  const toolbar = editor.querySelector("[role=toolbar]");
  toolbar.hidden = false;
  const give = (command) => editor.dispatchEvent(new CustomEvent("editor:command", { detail: command }));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-command]");
    if (button) give(button.dataset.command);
  });
  // A click leaves the caret where it is.
  toolbar.addEventListener("mousedown", (event) => event.target.closest("[data-command]") && event.preventDefault());

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "?" && !isTyping) return act(event, "shortcuts");
    if (!(isApple ? event.metaKey : event.ctrlKey) || event.getModifierState("AltGraph")) return;
    const key = event.code.startsWith("Digit") ? event.code.slice(5) : event.altKey && event.code.startsWith("Key") ? event.code.slice(3) : event.key;
    const name = `${event.altKey ? "alt+" : ""}${event.shiftKey ? "shift+" : ""}${key.toLowerCase()}`;
    // With Shift held, a slash is a question mark or lies on the seven, as the keyboard has it.
    if (event.key === "/") return act(event, "shortcuts");
    const command = (event.target === area && IN_TEXT[name]) || ANYWHERE[name];
    if (command) act(event, command);
  }, true);

  function act(event, command) {
    event.preventDefault();
    event.stopPropagation();
    give(command);
  }

  const TEXT = {
    bold: () => wrap("**"),
    italic: () => wrap("*"),
    strike: () => wrap("~~"),
    code: () => (area.value.slice(area.selectionStart, area.selectionEnd).includes("\n") ? fence() : wrap("`")),
    link,
    "heading": () => heading((level) => (level === 0 ? 2 : level < 4 ? level + 1 : 0)),
    "heading-2": () => heading((level) => (level === 2 ? 0 : 2)),
    "heading-3": () => heading((level) => (level === 3 ? 0 : 3)),
    quote: () => begin(/^> ?/, () => "> "),
    bullets: () => begin(/^[-*+] (?!\[)/, () => "- ", /^(?:[-*+] \[[ xX]\] |\d+[.)] )/),
    numbers: () => begin(/^\d+[.)] /, (number) => `${number}. `, /^(?:[-*+] \[[ xX]\] |[-*+] )/),
    tasks: () => begin(/^[-*+] \[[ xX]\] /, () => "- [ ] ", /^(?:[-*+] |\d+[.)] )/),
    indent: () => eachLine((line) => (line ? `  ${line}` : line)),
    outdent: () => eachLine((line) => line.replace(/^(?: {1,2}|\t)/, "")),
    save: () => editor.querySelector("form#editor").requestSubmit(),
  };
  editor.addEventListener("editor:command", (event) => TEXT[event.detail]?.());

  // Around the selection, or the word at the caret; off again when it is there already.
  function wrap(mark) {
    let { value, selectionStart: from, selectionEnd: to } = area;
    if (from === to) {
      from -= value.slice(0, from).match(/[\p{L}\p{N}_'’-]*$/u)[0].length;
      to += value.slice(to).match(/^[\p{L}\p{N}_'’-]*/u)[0].length;
    }
    while (from < to && /\s/.test(value[from])) from += 1;
    while (to > from && /\s/.test(value[to - 1])) to -= 1;
    const chosen = value.slice(from, to);
    const size = mark.length;
    const stars = (text) => text.match(/^\**/)[0].length;
    const backwards = [...value.slice(Math.max(0, from - 3), from)].reverse().join("");
    const around = mark === "*" ? stars(backwards) % 2 === 1 && stars(value.slice(to, to + 3)) % 2 === 1
      : backwards.startsWith(mark) && value.startsWith(mark, to);
    if (around && chosen) return put(area, chosen, from - size, to + size, [0, chosen.length]);
    put(area, mark + chosen + mark, from, to, [size, size + chosen.length]);
  }

  function fence() {
    const [from, to] = lines(area);
    const chosen = area.value.slice(from, to);
    put(area, `\`\`\`\n${chosen}\n\`\`\``, from, to, [3, 3]);
  }

  function link() {
    const { value, selectionStart: from, selectionEnd: to } = area;
    const chosen = value.slice(from, to);
    if (/^https?:\/\/\S+$/.test(chosen)) return put(area, `[](${chosen})`, from, to, [1, 1]);
    put(area, `[${chosen}](https://)`, from, to, chosen ? [chosen.length + 3, chosen.length + 11] : [1, 1]);
  }

  function heading(next) {
    const [from, to] = lines(area);
    const line = area.value.slice(from, to);
    const bare = line.replace(/^#{1,6} +/, "");
    const level = next(line === bare ? 0 : line.match(/^#+/)[0].length);
    const text = level ? `${"#".repeat(level)} ${bare}` : bare;
    put(area, text, from, to, [text.length, text.length]);
  }

  // Gives each line a beginning, in the place of a similar one; takes it away when all have it.
  function begin(there, beginning, similar) {
    const [from, to] = lines(area);
    const rows = area.value.slice(from, to).split("\n");
    const all = rows.every((row) => there.test(row) || (!row && rows.length > 1));
    let number = 0;
    const text = rows.map((row) => {
      if (all) return row.replace(there, "");
      if (!row && rows.length > 1) return row;
      number += 1;
      return beginning(number) + row.replace(there, "").replace(similar ?? /^$/, "");
    }).join("\n");
    put(area, text, from, to, rows.length > 1 ? [0, text.length] : [text.length, text.length]);
  }

  function eachLine(change) {
    const [from, to] = lines(area);
    const text = area.value.slice(from, to).split("\n").map(change).join("\n");
    put(area, text, from, to, [0, text.length]);
  }

  // A list goes on at the next line, and ends at an empty item.
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (area.selectionStart !== area.selectionEnd) return;
    const at = area.selectionStart;
    const from = area.value.lastIndexOf("\n", at - 1) + 1;
    const found = area.value.slice(from, at).match(/^(\s*)((?:> ?)*)(?:([-*+] (?:\[[ xX]\] )?)|(\d+)([.)] ))?/);
    const [beginning, space, quote, bullet, number, dot] = found;
    if (!quote && !bullet && !number) return;
    event.preventDefault();
    if (beginning.length === at - from) return put(area, "", from, at);
    const item = bullet ? bullet.replace(/\[[xX]\]/, "[ ]") : number ? `${Number(number) + 1}${dot}` : "";
    put(area, `\n${space}${quote}${item}`, at, at);
  });

  // One stop of the Tab key; the arrows lead from button to button.
  const tools = [...toolbar.querySelectorAll("button")];
  const stop = (tool) => tools.forEach((one) => (one.tabIndex = one === tool ? 0 : -1));
  stop(tools[0]);
  toolbar.addEventListener("focusin", (event) => tools.includes(event.target) && stop(event.target));
  toolbar.addEventListener("keydown", (event) => {
    const at = tools.indexOf(document.activeElement);
    const forward = getComputedStyle(toolbar).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: tools.length - 1 }[event.key];
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    tools[(step + tools.length) % tools.length].focus();
  });

  // What the keys are called on this machine.
  if (isApple) {
    for (const key of document.querySelectorAll("kbd[data-apple]")) key.textContent = key.dataset.apple;
    for (const tool of tools) tool.title = tool.title.replaceAll("Ctrl+", "⌘").replaceAll("Alt+", "⌥").replaceAll("Shift+", "⇧");
  }
}
