// A field of names divided by commas: offers those that exist for the one that is being typed. A combobox after the
// ARIA Authoring Practices (list autocomplete): arrows choose, Enter or Tab takes, Escape closes; what is typed stays plain text.
for (const input of document.querySelectorAll('[data-behaviour~="suggestions"]')) enhance(input);

const MOST = 8;

function enhance(input) {
  const names = [...document.getElementById(input.getAttribute("list")).options].map((option) => option.value);
  const words = input.dataset;
  input.removeAttribute("list"); // the browser's own list would replace everything that is typed
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.label);
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  const frame = document.createElement("span");
  frame.className = "suggestions-frame";
  input.replaceWith(frame);
  frame.append(input, list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  let current = -1;

  input.addEventListener("input", offer);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) return offer(), event.preventDefault();
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = list.children.length;
      mark((current + (event.key === "ArrowDown" ? 1 : count - 1) + (current < 0 && event.key === "ArrowUp" ? 1 : 0)) % count);
    } else if ((event.key === "Enter" || event.key === "Tab") && current >= 0) {
      event.preventDefault();
      take(list.children[current].textContent);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) take(option.textContent);
  });

  function around() {
    const start = input.value.lastIndexOf(",", input.selectionStart - 1) + 1;
    const comma = input.value.indexOf(",", input.selectionStart);
    return [start, comma < 0 ? input.value.length : comma];
  }

  function offer(event) {
    const [start, end] = around();
    const typed = input.value.slice(start, end).trim().toLocaleLowerCase();
    if (!typed && event?.type === "input") return close();
    const others = (input.value.slice(0, start) + input.value.slice(end)).split(",").map((one) => one.trim().toLocaleLowerCase());
    const found = names.filter((name) => {
      const lowered = name.toLocaleLowerCase();
      return lowered.includes(typed) && lowered !== typed && !others.includes(lowered);
    });
    found.sort((a, b) => b.toLocaleLowerCase().startsWith(typed) - a.toLocaleLowerCase().startsWith(typed));
    list.replaceChildren(...found.slice(0, MOST).map(option));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
    status.textContent = list.hidden ? "" : words.found.replace("{count}", list.children.length);
  }

  function option(name, at) {
    const made = document.createElement("li");
    made.id = `${list.id}-${at}`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.textContent = name;
    return made;
  }

  function mark(at) {
    current = at;
    [...list.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function take(name) {
    const [start, end] = around();
    const before = input.value.slice(0, start) + (start ? " " : "");
    const after = input.value.slice(end);
    input.value = before + name + (after || ", ");
    const caret = (before + name).length + (after ? 0 : 2);
    input.setSelectionRange(caret, caret);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    current = -1;
  }
}
