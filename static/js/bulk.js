// A list of which many rows are ticked: "all", ranges by Shift, how many there are, only the fields that are needed.
for (const form of document.querySelectorAll('[data-behaviour~="bulk"]')) {
  const ticks = [...document.querySelectorAll(`input[name="ids"][form="${form.id}"]`)];
  const all = form.querySelector(".bulk-all input");
  const deed = form.elements.deed;
  const count = form.querySelector(".bulk-count");
  const fields = [...form.querySelectorAll("[data-for]")];
  let last = null;

  function show({ quietly = false } = {}) {
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked > 0 && ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
    for (const tick of ticks) tick.closest("tr, li")?.classList.toggle("is-ticked", tick.checked);
    const words = ticked === 0 ? count.dataset.none : ticked === 1 ? count.dataset.one : count.dataset.many;
    if (!quietly || ticked > 0) count.textContent = words.replace("{number}", ticked);
    return ticked;
  }

  function showFields() {
    for (const field of fields) field.hidden = !field.dataset.for.split(" ").includes(deed.value);
  }

  all.closest(".bulk-all").hidden = ticks.length === 0;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    show();
  });
  for (const tick of ticks) {
    tick.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
        for (const between of ticks.slice(from, to + 1)) between.checked = tick.checked;
      }
      last = tick;
      show();
    });
  }
  deed.addEventListener("change", () => {
    showFields();
    form.querySelector("[data-for]:not([hidden]) .control")?.focus();
  });
  form.addEventListener("submit", (event) => {
    // The server would answer the same, one page later.
    if (show() === 0) event.preventDefault();
    else if (!deed.value) {
      event.preventDefault();
      deed.focus();
    }
  });
  showFields();
  show({ quietly: true });
}
