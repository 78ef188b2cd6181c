// Pasting: an address onto a selection makes a link, what has form becomes Markdown. With Shift held it stays plain.
import { put } from "./editor-text.js";
import { parsed } from "./trusted.js";

// The library, as it loads, has an empty text read, to see whether it can be; nothing else goes that way.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (html) => (html === "" ? "" : null) });

const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const area = editor.querySelector("textarea[name=body]");
  const turndown = editor.dataset.turndown;
  let isPlain = false;
  area.addEventListener("keydown", (event) => (isPlain = event.shiftKey && event.key.toLowerCase() === "v"));
  area.addEventListener("keyup", () => (isPlain = false));

  area.addEventListener("paste", (event) => {
    const plain = event.clipboardData.getData("text/plain");
    const rich = unstyled(event.clipboardData.getData("text/html"));
    if (isPlain || event.defaultPrevented) return;
    const { selectionStart: from, selectionEnd: to } = area;
    const chosen = area.value.slice(from, to);
    if (ADDRESS.test(plain.trim()) && chosen && !chosen.includes("\n") && !ADDRESS.test(chosen)) {
      event.preventDefault();
      return put(area, `[${chosen}](${plain.trim().replaceAll(")", "%29")})`, from, to);
    }
    if (!rich || !hasForm(rich)) return;
    event.preventDefault();
    import(turndown)
      .then(({ default: Turndown }) => markdown(rich, Turndown) || plain)
      .catch(() => plain) // offline, say: the words at least
      .then((text) => put(area, text));
  });
}

// Even where nothing is shown, the policy of the page complains of each style and handler that it finds; what the
// styles say is still wanted.
function unstyled(html) {
  return html.replace(/<style\b[\s\S]*?<\/style>/gi, "").replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(?<![\w-])(style|on\w+)\s*=/gi, " data-$1="));
}

function hasForm(html) {
  const body = parsed(html).body;
  // Code editors send each line in coloured spans: that is code, and its plain text is better.
  if (/white-space:\s*pre/.test(html) && /monospace|Consolas|Menlo|Monaco/i.test(html) && !body.querySelector("p, li, h1, h2, h3, td")) return false;
  return Boolean(body.querySelector("a[href], b, strong, i, em, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, code, img[src^=http], del, s, [data-style*='font-weight'], [data-style*='italic'], p + p"));
}

function markdown(html, Turndown) {
  const document = parsed(html);
  tidy(document);
  const service = new Turndown({ headingStyle: "atx", hr: "---", bulletListMarker: "-", codeBlockStyle: "fenced", emDelimiter: "*" });
  service.addRule("struck out", { filter: ["del", "s", "strike"], replacement: (text) => (text.trim() ? `~~${text.trim()}~~` : "") });
  service.addRule("done or not", {
    filter: (node) => node.type === "checkbox" && node.closest("li"),
    replacement: (_text, node) => (node.hasAttribute("checked") ? "[x] " : "[ ] "),
  });
  // As narrow as it is written by hand: turndown sets the text of an item three spaces off.
  service.addRule("item", {
    filter: "li",
    replacement(text, node, options) {
      const list = node.parentNode;
      const number = list.nodeName === "OL" ? Number(list.getAttribute("start") ?? 1) + [...list.children].indexOf(node) : 0;
      const mark = number ? `${number}. ` : `${options.bulletListMarker} `;
      return mark + text.trim().replace(/\n/g, `\n${" ".repeat(mark.length)}`) + (node.nextElementSibling ? "\n" : "");
    },
  });
  service.addRule("table", { filter: "table", replacement: (_text, node) => `\n\n${table(node, service)}\n\n` });
  return service.turndown(document.body).replace(/[\u00a0]/g, " ").replace(/[ \t]+\n/g, (end) => (end.startsWith("  ") ? "  \n" : "\n")).trim();
}

// Word processors say by style what HTML says by name, and bring much that is nothing.
function tidy(document) {
  for (const node of document.querySelectorAll("style, script, meta, title, link, colgroup, o\\:p, img:not([src^=http]), [data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']")) {
    if (node.matches("img, style, script, meta, title, link, colgroup") || !node.textContent.trim() || node.matches("[data-style*='mso-list']")) node.remove();
  }
  for (const node of document.querySelectorAll("b, strong, i, em")) {
    if (/font-weight:\s*(normal|400)|font-style:\s*normal/.test(node.dataset.style ?? "")) node.replaceWith(...node.childNodes);
  }
  for (const node of document.querySelectorAll("span[data-style]")) {
    const style = node.dataset.style;
    if (node.closest("h1, h2, h3, h4, h5, h6, a") || !node.textContent.trim()) continue;
    if (/font-weight:\s*(bold|[6-9]00)/.test(style)) wrap(node, "strong");
    if (/font-style:\s*italic/.test(style)) wrap(node, "em");
    if (/text-decoration[^;]*line-through/.test(style)) wrap(node, "del");
  }
  for (const node of document.querySelectorAll("p[class*=MsoListParagraph]")) {
    const list = document.createElement("ul");
    const item = document.createElement("li");
    item.append(...node.childNodes);
    list.append(item);
    if (node.previousElementSibling?.dataset.fromWord) {
      node.previousElementSibling.append(item);
      node.remove();
    } else {
      list.dataset.fromWord = "yes";
      node.replaceWith(list);
    }
  }
  // A page has its own h1: the title.
  for (const node of document.querySelectorAll("h1")) {
    const below = document.createElement("h2");
    below.append(...node.childNodes);
    node.replaceWith(below);
  }
}

function wrap(node, name) {
  const around = node.ownerDocument.createElement(name);
  around.append(...node.childNodes);
  node.append(around);
}

// The first row is the heading: Markdown has no table without.
function table(node, service) {
  const rows = [...node.rows].map((row) => [...row.cells].map((cell) => service.turndown(cell).replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|").trim()));
  const width = Math.max(1, ...rows.map((row) => row.length));
  const written = rows.map((row) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? "").join(" | ")} |`);
  written.splice(1, 0, `|${" --- |".repeat(width)}`);
  return written.join("\n");
}
