// Nothing but the text: the page around it goes, and the browser's own furniture where it may. Esc brings all back.
for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const button = editor.querySelector("[data-command=focus]");
  const area = editor.querySelector("textarea[name=body]");
  const page = document.documentElement;

  function turn(on) {
    page.classList.toggle("focused", on);
    button.setAttribute("aria-pressed", String(on));
    if (on) page.requestFullscreen?.().catch(() => {}); // a phone, or a frame, that does not let us
    else if (document.fullscreenElement) document.exitFullscreen();
    area.focus({ preventScroll: true });
    area.scrollIntoView({ block: "nearest" });
  }

  editor.addEventListener("editor:command", (event) => event.detail === "focus" && turn(!page.classList.contains("focused")));
  document.addEventListener("fullscreenchange", () => !document.fullscreenElement && page.classList.contains("focused") && turn(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && page.classList.contains("focused") && !document.querySelector("dialog[open], :popover-open")) turn(false);
  });
}
