// The desk's first page changes by itself: what a fetch brings is put in place part by part, where it differs.
import { parsed } from "./trusted.js";

const EVERY = 15000;
const AT_MOST = 120000;

for (const root of document.querySelectorAll('[data-behaviour~="live"]')) {
  const said = root.querySelector('[role="status"]');
  let pause = EVERY;
  let timer = 0;

  async function update() {
    let answer;
    try {
      answer = await fetch(root.dataset.url, { headers: { Accept: "text/html" }, cache: "no-store" });
    } catch {
      return false; // offline; it tries again, less and less often
    }
    if (answer.redirected || answer.status === 401 || answer.status === 403) return null; // signed out
    if (!answer.ok) return false;
    put(parsed(await answer.text()));
    return true;
  }

  function put(fresh) {
    const waited = waiting();
    for (const part of fresh.querySelectorAll("[data-live]")) {
      const present = document.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
      if (!present || present.innerHTML === part.innerHTML) continue;
      // Whoever is within it by keyboard must not lose the place; the next round will do.
      if (present.contains(document.activeElement)) continue;
      present.replaceChildren(...document.importNode(part, true).childNodes);
    }
    // Only what wants an answer is said aloud; how many read is for the eye.
    const waits = waiting();
    if (said && waits !== waited) said.textContent = waits;
  }

  function waiting() {
    return root.querySelector('[data-live="waiting"]')?.textContent.trim().replace(/\s+/g, " ") ?? "";
  }

  function plan() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(round, pause);
  }

  async function round() {
    const went = await update();
    if (went === null) return;
    pause = went ? EVERY : Math.min(pause * 2, AT_MOST);
    plan();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else round();
  });
  plan();
}
