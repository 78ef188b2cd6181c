// The page as readers will see it, beside the text, made anew in the pauses of typing by the server's own pipeline.
// Both scroll together: the server says of each block in which line of the text it begins.
import { heights } from "./editor-text.js";
import { trusted } from "./trusted.js";

const AFTER = 500;

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const form = editor.querySelector("form#editor");
  const area = form.elements.body;
  const pane = editor.querySelector(".editor-preview");
  const frame = pane.querySelector("iframe");
  const said = pane.querySelector("[data-said]");
  const button = editor.querySelector("[data-command=preview]");
  let timer;
  let asking;
  let took = 0;
  let sheet = "";

  editor.addEventListener("editor:command", ({ detail }) => {
    if (detail !== "preview") return;
    const isOpen = editor.classList.toggle("previewing");
    pane.hidden = !isOpen;
    button.setAttribute("aria-pressed", String(isOpen));
    if (isOpen) refresh();
    else asking?.abort();
  });
  form.addEventListener("input", () => {
    anchors = null;
    if (pane.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, Math.max(AFTER, 2 * took)); // a long text is asked for less often
  });

  async function refresh() {
    asking?.abort(); // only the last answer counts
    asking = new AbortController();
    const { signal } = asking;
    const data = new FormData(form);
    data.append("live", "1");
    const began = performance.now();
    try {
      const address = form.querySelector("[formaction$='/preview']").getAttribute("formaction");
      const answer = await fetch(address, { method: "POST", body: data, signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (signal.aborted) return;
      await show(html);
      said.textContent = "";
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = said.dataset.trouble;
    }
    took = performance.now() - began;
  }

  // The frame keeps its document, so that nothing flickers and the reader's place stays.
  async function show(html) {
    const page = html.slice(html.indexOf("<main"), html.lastIndexOf("</main>") + 7);
    const css = html.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? "";
    if (!frame.contentDocument?.documentElement.dataset.ready) await begin(html);
    const shown = frame.contentDocument;
    if (css !== sheet || !shown.adoptedStyleSheets.length) {
      const made = new frame.contentWindow.CSSStyleSheet(); // the policy lets no <style> of another page in
      made.replaceSync(css);
      shown.adoptedStyleSheets = [made];
      sheet = css;
    }
    shown.body.innerHTML = trusted(page);
    anchors = null;
    requestAnimationFrame(() => follow(area));
  }

  function begin(html) {
    const attributes = html.match(/<html([^>]*)>/)?.[1] ?? "";
    return new Promise((done) => {
      frame.addEventListener("load", () => {
        const shown = frame.contentDocument;
        shown.addEventListener("click", click);
        shown.addEventListener("scroll", () => leader === frame && follow(frame), { passive: true });
        for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) shown.addEventListener(name, () => (leader = frame), { passive: true });
        done();
      }, { once: true });
      frame.srcdoc = trusted(`<!doctype html><html${attributes} data-ready><head><meta name="color-scheme" content="light dark"><title>.</title></head><body class="public"></body></html>`);
    });
  }

  // A link leads to a window of its own; one within the text to its place.
  function click(event) {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    if (href.startsWith("#")) frame.contentDocument.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView();
    else open(link.href, "_blank", "noopener");
  }

  // -- scrolling together

  let leader = area;
  let anchors = null;
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown", "focus"]) area.addEventListener(name, () => (leader = area), { passive: true });
  area.addEventListener("scroll", () => leader === area && follow(area), { passive: true });

  // Pairs of heights, in the text and in the page, of what is the same.
  function measured() {
    if (anchors) return anchors;
    const shown = frame.contentDocument;
    const starts = [0];
    for (let at = area.value.indexOf("\n"); at >= 0; at = area.value.indexOf("\n", at + 1)) starts.push(at + 1);
    const blocks = [...shown.querySelectorAll("[data-line]")].filter((block) => Number(block.dataset.line) < starts.length);
    const there = shown.scrollingElement;
    const tops = heights(area, blocks.map((block) => starts[block.dataset.line]));
    const pairs = blocks.map((block, number) => [tops[number], block.getBoundingClientRect().top + there.scrollTop]);
    const rising = [[0, 0]];
    for (const pair of pairs) if (pair[0] > rising.at(-1)[0] && pair[1] > rising.at(-1)[1]) rising.push(pair);
    const end = [area.scrollHeight, there.scrollHeight];
    if (end[0] > rising.at(-1)[0] && end[1] > rising.at(-1)[1]) rising.push(end);
    return (anchors = rising);
  }

  let isFollowing = false;
  function follow(from) {
    if (pane.hidden || isFollowing || !frame.contentDocument?.body?.firstChild) return;
    isFollowing = true;
    requestAnimationFrame(() => {
      isFollowing = false;
      const there = frame.contentDocument.scrollingElement;
      const [source, target, one, other] = from === area ? [area, there, 0, 1] : [there, area, 1, 0];
      const rest = (box) => box.scrollHeight - box.clientHeight;
      if (source.scrollTop <= 0) return void (target.scrollTop = 0);
      if (source.scrollTop >= rest(source) - 2) return void (target.scrollTop = rest(target));
      const pairs = measured();
      let at = pairs.findIndex((pair) => pair[one] > source.scrollTop);
      at = at < 1 ? pairs.length - 1 : at;
      const [before, after] = [pairs[at - 1] ?? [0, 0], pairs[at]];
      const part = (source.scrollTop - before[one]) / (after[one] - before[one] || 1);
      target.scrollTop = before[other] + part * (after[other] - before[other]);
    });
  }
  addEventListener("resize", () => (anchors = null));
}
