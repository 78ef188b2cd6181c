// A table that readers sort by a button in each heading: upwards, downwards, and as it was written.
const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

for (const prose of document.querySelectorAll('[data-behaviour~="data"]')) {
  const words = JSON.parse(prose.dataset.words);
  const inOrder = new Intl.Collator(prose.lang || document.documentElement.lang, { numeric: true }).compare;
  const said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  said.setAttribute("role", "status");
  prose.after(said);

  for (const table of prose.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const written = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    for (const [column, head] of heads.entries()) {
      if (head.tagName !== "TH") continue;
      const button = Object.assign(document.createElement("button"), { className: "sort", type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      const isNumeric = head.classList.contains("align-right");
      button.addEventListener("click", () => {
        const order = NEXT[head.getAttribute("aria-sort") ?? "none"];
        for (const other of heads) other.removeAttribute("aria-sort");
        if (order !== "none") head.setAttribute("aria-sort", order);
        body.append(...(order === "none" ? written : sorted(written, column, isNumeric, order === "ascending" ? 1 : -1)));
        said.textContent = order === "none" ? words.asWritten : words[order].replace("{column}", button.textContent);
      });
    }
  }

  function sorted(rows, column, isNumeric, direction) {
    const keyed = rows.map((row) => [key(row.cells[column], isNumeric), row]);
    const compare = (a, b) => (isNumeric ? a - b : inOrder(a, b)) * direction;
    // What is missing comes last, whichever way.
    return keyed.sort(([a], [b]) => (a === null) - (b === null) || (a === null ? 0 : compare(a, b))).map(([, row]) => row);
  }

  function key(cell, isNumeric) {
    const text = cell.textContent.trim();
    if (!isNumeric) return text || null;
    const number = Number.parseFloat(cell.dataset.value ?? text);
    return Number.isNaN(number) ? null : number;
  }
}
