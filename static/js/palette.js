// Ctrl+K or ⌘K: a dialog in which a few letters lead anywhere (the combobox pattern of ARIA's authoring practices).
const dialog = document.getElementById("palette");

if (dialog?.showModal) {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector('[role="listbox"]');
  const said = dialog.querySelector('[role="status"]');
  let asked = new AbortController();
  let timer = 0;
  let chosen = -1;

  function open() {
    if (dialog.open) return;
    document.getElementById("desk-side")?.hidePopover?.();
    dialog.showModal();
    input.select();
    ask();
  }

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const url = `${dialog.dataset.url}?${new URLSearchParams({ q: input.value })}`;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (!answer.ok) return location.assign(url); // signed out, or worse: the page says it
      show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = dialog.dataset.none;
    }
  }

  function show(places) {
    list.replaceChildren(
      ...places.map((place, number) => {
        const option = document.createElement("li");
        option.id = `palette-${number}`;
        option.role = "option";
        option.dataset.url = place.url;
        const label = document.createElement("span");
        label.className = "palette-label";
        label.dir = "auto";
        label.textContent = place.label;
        const kind = document.createElement("span");
        kind.className = "palette-kind";
        kind.textContent = [place.kind, place.detail].filter(Boolean).join(" · ");
        option.append(label, " ", kind);
        return option;
      }),
    );
    input.setAttribute("aria-expanded", String(places.length > 0));
    said.textContent = places.length ? dialog.dataset.many.replace("{number}", places.length) : dialog.dataset.none;
    choose(places.length ? 0 : -1);
  }

  function choose(number) {
    const options = list.children;
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = options.length ? (number + options.length) % options.length : -1;
    const option = options[chosen];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function go(option, aside) {
    if (!option) return;
    if (aside) window.open(option.dataset.url, "_blank", "noopener");
    else location.assign(option.dataset.url);
    dialog.close();
  }

  document.addEventListener("keydown", (event) => {
    // A text field may have a use of its own for it (a link, in the editor) and then says so.
    if (event.defaultPrevented || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      open();
    }
  });
  for (const way of document.querySelectorAll('[data-behaviour~="palette"]')) {
    way.setAttribute("aria-haspopup", "dialog");
    way.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (step) {
      event.preventDefault();
      choose(Math.abs(step) === 1 ? chosen + step : Math.max(0, Math.min(list.children.length - 1, chosen + step)));
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      go(list.children[chosen], event.ctrlKey || event.metaKey);
    }
  });
  list.addEventListener("click", (event) => go(event.target.closest("li"), event.ctrlKey || event.metaKey));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
