// The insert menu: what is more than a mark around words. It opens as a popover, which Esc and a click elsewhere close.
import { lines, put, putBlock } from "./editor-text.js";

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const area = editor.querySelector("textarea[name=body]");
  const menu = document.getElementById("insert-menu");
  const opener = editor.querySelector("[popovertarget=insert-menu]");
  const items = [...menu.querySelectorAll("button")];
  const words = JSON.parse(menu.dataset.words);

  menu.addEventListener("toggle", (event) => {
    opener.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "open") return;
    const box = opener.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - menu.offsetWidth - 8));
    const below = box.bottom + menu.offsetHeight + 8 < document.documentElement.clientHeight;
    menu.style.left = `${left}px`;
    menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
    // A quick typist is already on the way through the menu.
    if (!menu.contains(document.activeElement)) items[0].focus();
  });
  menu.addEventListener("click", (event) => event.target.closest("[data-command]") && menu.hidePopover());
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    items[(step + items.length) % items.length].focus();
  });

  const chosen = () => area.value.slice(area.selectionStart, area.selectionEnd);
  // Numbers in a fence. Rows that were copied from a spreadsheet are taken; else there are some to write over.
  const data = (kind) => {
    const rows = chosen().split("\n").filter((row) => /[\t,;]/.test(row));
    const row = (number) => words.row.replace("{number}", number);
    const cell = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const taken = rows.map((one) => (one.includes("\t") ? one.split("\t").map((text) => cell(text.trim())).join(",") : one));
    const lines = taken.length > 1 ? taken : [`${words.column},${words.column}`, `${row(1)},10`, `${row(2)},20`, `${row(3)},15`];
    const head = `\`\`\`${kind} title="`;
    putBlock(area, `${head}${words.title}"\n${lines.join("\n")}\n\`\`\``, [head.length, head.length + words.title.length]);
  };
  const BLOCKS = {
    insert() {
      menu.showPopover();
      items[0].focus(); // at once: "toggle" comes later than a quick typist's next key
    },
    callout() {
      const text = chosen().trim();
      const block = `> [!NOTE]\n${(text || " ").split("\n").map((line) => `> ${line}`.trimEnd()).join("\n")}${text ? "" : " "}`;
      putBlock(area, block);
    },
    footnote() {
      const number = 1 + Math.max(0, ...[...area.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1])));
      const at = area.selectionEnd;
      const end = area.value.trimEnd().length;
      const others = /\n\[\^\d+\]: [^\n]*$/.test(area.value.slice(0, end));
      put(area, `${others ? "\n" : "\n\n"}[^${number}]: `, Math.max(end, at), area.value.length);
      put(area, `[^${number}]`, at, at);
      area.setSelectionRange(area.value.length, area.value.length);
      area.scrollTop = area.scrollHeight;
    },
    table() {
      const rows = chosen().split("\n").filter((row) => row.includes("\t")).map((row) => row.split("\t").map((cell) => cell.trim().replaceAll("|", "\\|")));
      const cells = rows.length ? rows : [[words.column, words.column], ["", ""], ["", ""]];
      const written = cells.map((row) => `| ${row.join(" | ")} |`);
      written.splice(1, 0, `|${cells[0].map(() => " --- |").join("")}`);
      if (rows.length) return putBlock(area, written.join("\n"));
      area.setSelectionRange(area.selectionEnd, area.selectionEnd);
      putBlock(area, written.join("\n"), [2, 2 + words.column.length]);
    },
    "data-table"() {
      data("csv");
    },
    chart() {
      data("chart bar");
    },
    "code-block"() {
      const text = chosen();
      putBlock(area, `\`\`\`\n${text}\n\`\`\``, text ? [3, 3] : [4, 4]);
    },
    math() {
      const text = chosen();
      if (text && !text.includes("\n")) return put(area, `$${text}$`);
      putBlock(area, `$$\n${text}\n$$`, [3, 3 + text.length]);
    },
    line: () => {
      const [, end] = lines(area);
      area.setSelectionRange(end, end);
      putBlock(area, "---");
    },
    embed() {
      dialog.querySelector("form").reset();
      dialog.showModal();
    },
  };
  editor.addEventListener("editor:command", (event) => BLOCKS[event.detail]?.());

  const dialog = document.getElementById("embed");
  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (event.submitter?.value === "cancel") return;
    const { embed_address: address, embed_title: title } = event.target.elements;
    const name = title.value.trim().replace(/([\][\\])/g, "\\$1");
    event.preventDefault();
    dialog.close();
    putBlock(area, name ? `[${name}](${address.value.trim()})` : `<${address.value.trim()}>`);
  });
}
