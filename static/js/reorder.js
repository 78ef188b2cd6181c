// A list whose rows have places by number: they can be dragged, and moved by buttons; the numbers follow.
for (const list of document.querySelectorAll('[data-behaviour~="reorder"]')) enhance(list);

function enhance(list) {
  const words = list.dataset;
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  list.after(status);
  const rows = () => [...list.children];
  let dragged = null;

  for (const row of rows()) {
    const up = button("↑", words.up, () => move(row, -1, up));
    const down = button("↓", words.down, () => move(row, 1, down));
    const deeds = document.createElement("span");
    deeds.className = "place-deeds";
    deeds.append(up, down);
    row.append(deeds);
    // A row with a field in it is dragged by what stands beside the field, or its text could not be marked.
    row.draggable = true;
    row.querySelector("input").addEventListener("pointerdown", () => (row.draggable = false));
    row.querySelector("input").addEventListener("blur", () => (row.draggable = true));
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      row.classList.add("place-dragged");
    });
    row.addEventListener("dragend", () => {
      row.classList.remove("place-dragged");
      if (dragged) settle(dragged);
      dragged = null;
    });
  }

  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest?.("li");
    if (!over || over === dragged || over.parentElement !== list) return;
    const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
    list.insertBefore(dragged, event.clientY < middle ? over : over.nextSibling);
  });
  list.addEventListener("drop", (event) => dragged && event.preventDefault());

  function button(sign, label, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-small";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", press);
    return made;
  }

  function move(row, by, pressed) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return settle(row);
    list.insertBefore(by < 0 ? row : other, by < 0 ? other : row);
    settle(row);
    pressed.focus();
  }

  function settle(row) {
    rows().forEach((one, at) => (one.querySelector("input").value = at + 1));
    row.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
    const told = { title: row.dataset.title, number: rows().indexOf(row) + 1, count: rows().length };
    status.textContent = words.moved.replace(/\{(\w+)\}/g, (_, name) => told[name]);
  }
}
