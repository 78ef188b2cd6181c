// A field that names a picture of the library: shows the picture, and offers the library in a dialog.
import { trusted } from "./trusted.js";

for (const box of document.querySelectorAll('[data-behaviour~="picture-field"]')) enhance(box);

function enhance(box) {
  const words = box.dataset;
  const input = box.querySelector("input");
  const shown = box.querySelector(".picture-field-shown");
  const image = shown.querySelector("img");
  const described = document.getElementById(words.altOf);
  const choose = button(words.choose, "button", open);
  const remove = button(words.remove, "button button-quiet", () => set("", ""));
  const row = document.createElement("div");
  row.className = "cluster picture-field-deeds";
  row.append(choose, remove);
  box.insertBefore(row, shown);
  input.addEventListener("change", show);
  image.addEventListener("error", () => (shown.hidden = true));
  remove.hidden = !input.value;

  function show() {
    const path = input.value.trim().replace(location.origin, "");
    remove.hidden = !path;
    shown.hidden = !path.startsWith("/uploads/");
    image.removeAttribute("width");
    image.removeAttribute("height");
    if (!shown.hidden) image.src = path;
    box.dispatchEvent(new CustomEvent("picture", { bubbles: true, detail: shown.hidden ? "" : path }));
  }

  function set(path, alt) {
    input.value = path;
    if (described && alt && !described.value) described.value = alt;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (!path) choose.focus();
  }

  function open() {
    const dialog = document.createElement("dialog");
    dialog.className = "picker";
    dialog.setAttribute("aria-labelledby", `${input.id}-picker`);
    const heading = document.createElement("h2");
    heading.id = `${input.id}-picker`;
    heading.textContent = words.heading;
    const body = document.createElement("div");
    body.className = "picker-body";
    const take = button(words.take, "button button-primary", () => {
      const chosen = body.querySelector("input[name=upload]:checked");
      set(chosen.dataset.path, chosen.dataset.alt);
      dialog.close();
    });
    take.disabled = true;
    const foot = document.createElement("div");
    foot.className = "cluster picker-foot";
    foot.append(take, button(words.close, "button button-quiet", () => dialog.close()));
    dialog.append(heading, body, foot);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      choose.focus();
    });
    body.addEventListener("change", () => (take.disabled = !body.querySelector("input[name=upload]:checked")));
    body.addEventListener("dblclick", (event) => event.target.closest(".choice") && !take.disabled && take.click());
    body.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.name !== "upload") return;
      event.preventDefault();
      take.click();
    });
    body.addEventListener("submit", (event) => {
      event.preventDefault();
      load(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
    });
    body.addEventListener("click", (event) => {
      const link = event.target.closest("a[rel]");
      if (!link) return;
      event.preventDefault();
      load(link.href);
    });
    dialog.showModal();
    load(words.choices);

    async function load(url) {
      body.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(url, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        body.innerHTML = trusted(await answer.text());
      } catch {
        const failure = document.createElement("p");
        failure.setAttribute("role", "alert");
        failure.textContent = words.failed;
        body.replaceChildren(failure);
      }
      body.removeAttribute("aria-busy");
      take.disabled = true;
      (body.querySelector("input[name=upload]") ?? body.querySelector("input[type=search]"))?.focus();
    }
  }
}

function button(label, kind, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}
