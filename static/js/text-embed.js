// What lies elsewhere is loaded once a reader asks for it; before, nobody there learns that somebody is here.
const ALLOWED = "fullscreen; encrypted-media; picture-in-picture";

for (const prose of document.querySelectorAll('[data-behaviour~="embed"]')) {
  const words = JSON.parse(prose.dataset.words);
  for (const figure of prose.querySelectorAll("figure.embed[data-frame]")) {
    const host = new URL(figure.dataset.frame).host;
    const said = (text) => text.replace("{host}", host);
    const panel = Object.assign(document.createElement("div"), { className: "embed-panel" });
    const button = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: said(words.load) });
    const help = Object.assign(document.createElement("p"), { className: "embed-help", textContent: said(words.loadHelp) });
    panel.append(button, help);
    const still = figure.querySelector(".embed-still");
    if (still) panel.prepend(still);
    figure.prepend(panel);
    button.addEventListener("click", () => {
      const frame = document.createElement("iframe");
      frame.title = figure.querySelector("figcaption").textContent;
      frame.allow = ALLOWED;
      frame.allowFullscreen = true;
      frame.referrerPolicy = "strict-origin-when-cross-origin"; // players refuse a page that does not say where it is
      frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation allow-forms");
      frame.src = figure.dataset.frame;
      panel.replaceChildren(frame);
      frame.tabIndex = -1;
      frame.focus();
    });
  }
}
