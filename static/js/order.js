// Rows that are put in order by dragging, or by buttons; the numbers that the form sends follow by themselves.
for (const list of document.querySelectorAll('[data-behaviour~="order"]')) {
  const words = list.dataset;
  const rows = () => [...list.querySelectorAll("[data-order]")];
  const number = (row) => row.querySelector('[data-order-number] input');
  const isEmpty = (row) => [...row.querySelectorAll('input[type="text"]')].every((input) => !input.value.trim());
  const said = list.appendChild(document.createElement("p"));
  said.setAttribute("role", "status");
  said.className = "visually-hidden";

  function renumber() {
    const filled = rows().filter((row) => !isEmpty(row));
    for (const row of rows()) number(row).value = isEmpty(row) ? "" : filled.indexOf(row) + 1;
    for (const [at, row] of rows().entries()) {
      row.querySelector("[data-move='-1']").setAttribute("aria-disabled", String(at === 0));
      row.querySelector("[data-move='1']").setAttribute("aria-disabled", String(at === rows().length - 1));
    }
  }

  function name(row) {
    return row.querySelector('input[type="text"]')?.value.trim() || row.querySelector("legend")?.textContent || "";
  }

  function say(row) {
    const at = rows().indexOf(row) + 1;
    said.textContent = words.moved.replace("{name}", name(row)).replace("{place}", at).replace("{all}", rows().length);
  }

  function move(row, step) {
    const all = rows();
    const beside = all[all.indexOf(row) + step];
    if (!beside) return;
    if (step < 0) beside.before(row);
    else beside.after(row);
    renumber();
    say(row);
  }

  function button(label, sign) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "order-button";
    made.title = label;
    made.textContent = sign;
    return made;
  }

  for (const row of rows()) {
    const tools = document.createElement("div");
    tools.className = "order-tools";
    const grip = document.createElement("span");
    grip.className = "order-grip";
    grip.title = words.drag;
    grip.setAttribute("aria-hidden", "true");
    grip.textContent = "⠿";
    tools.append(grip);
    for (const [step, label, sign] of [[-1, words.up, "↑"], [1, words.down, "↓"]]) {
      const made = button(label, sign);
      made.dataset.move = step;
      made.setAttribute("aria-label", `${label}: ${name(row)}`);
      made.addEventListener("click", () => {
        move(row, step);
        made.focus(); // a row that is moved in the document loses it
      });
      tools.append(made);
    }
    row.querySelector("[data-order-number]").hidden = true;
    row.prepend(tools);

    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      drag(row);
    });
  }

  function drag(row) {
    const before = rows().indexOf(row);
    const stop = new AbortController();
    const { signal } = stop;
    row.classList.add("is-dragged");
    // On the document: a row that is moved in it loses the pointer.
    document.addEventListener("pointermove", (event) => place(row, event.clientY), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(
        end,
        () => {
          stop.abort();
          row.classList.remove("is-dragged");
          renumber();
          if (rows().indexOf(row) !== before) say(row);
        },
        { signal },
      );
    }
  }

  function place(row, y) {
    const others = rows().filter((other) => other !== row);
    const next = others.find((other) => {
      const box = other.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    if (next) {
      if (next.previousElementSibling !== row) next.before(row);
    } else if (others.at(-1).nextElementSibling !== row) others.at(-1).after(row);
  }

  list.addEventListener("input", renumber);
  renumber();
}
