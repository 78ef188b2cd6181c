// Keeps what is typed: first in this browser, then, in a pause, on the server; and says truly where it is.
import { claim, forget, keep, left } from "./editor-keeping.js";
import { signInWindow } from "./editor-sign-in.js";

const KEEP_AFTER = 250; // milliseconds without a key
const KEEP_AT_LEAST = 1000;
const SAVE_AFTER = 2000;
const SAVE_AT_LEAST = 15000;
const ANSWER_WITHIN = 20000;
const RETRY = [3000, 5000, 10000, 20000, 30000];
const NOT_KEPT = new Set(["csrf_token", "version", "confirmed"]);

for (const editor of document.querySelectorAll('[data-behaviour~="editor"]')) {
  const form = editor.querySelector("form#editor");
  const line = editor.querySelector("[data-state]");
  const words = JSON.parse(line.dataset.words);
  const clock = Date.parse(editor.dataset.now) - Date.now(); // the server's less ours
  let place = `${editor.dataset.user} ${editor.dataset.place}`;
  let key = claim(place);
  let saved = served(); // what the server is known to have
  let state = "";
  let isLeaving = false;
  let isKept = false;
  const signIn = signInWindow({
    ask,
    send,
    session: editor.dataset.session,
    unreachable: words.unreachable,
    done() {
      say("saving", words.saving, { quiet: true });
      save();
    },
  });

  // -- what stands in the form

  function read(from = form) {
    return JSON.stringify([...new FormData(from)].filter(([name, value]) => !NOT_KEPT.has(name) && typeof value === "string"));
  }

  // The form as it came, whatever was typed, or put back by the browser, before this began.
  function served() {
    const untouched = document.createElement("form");
    for (const control of form.elements) if (!control.matches("fieldset, :disabled")) untouched.append(control.cloneNode(true));
    untouched.reset();
    return read(untouched);
  }

  function write(fields) {
    const values = new Map();
    for (const [name, value] of JSON.parse(fields)) values.set(name, [...(values.get(name) ?? []), value]);
    for (const control of form.elements) {
      if (!control.name || NOT_KEPT.has(control.name) || control.type === "file" || control.type === "submit") continue;
      const wanted = values.get(control.name) ?? [];
      if (control.type === "checkbox" || control.type === "radio") control.checked = wanted.includes(control.value);
      else if (control.multiple) for (const option of control.options) option.selected = wanted.includes(option.value);
      else if (wanted.length) control.value = wanted[0];
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // -- what the writer is told

  // A screen reader hears of trouble, and of a save once a minute; not of each pause.
  let lastHeard = "";
  function say(next, text, { quiet = false, action } = {}) {
    if (state === next && line.dataset.said === text) return;
    state = line.dataset.state = next;
    line.dataset.said = text;
    const said = document.createElement("span");
    said.textContent = text;
    if (quiet || lastHeard === text) said.setAttribute("aria-hidden", "true");
    else lastHeard = text;
    line.replaceChildren(said);
    if (!action) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "state-action";
    button.textContent = action.label;
    button.addEventListener("click", action.run);
    line.append(" ", button);
  }

  const time = (moment) => new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const trouble = (text) => `${text} ${isKept ? words.kept : words.notKept}`;

  // -- this browser

  async function keepHere() {
    const fields = read();
    if (fields === saved) return true;
    try {
      await keep({ key, at: Date.now() + clock, fields, version: form.elements.version?.value ?? "" });
      isKept = true;
    } catch {
      isKept = false;
    }
    return isKept;
  }

  // -- the server

  let running = null;
  let attempts = 0;
  let retry;

  function save() {
    clearTimeout(retry);
    running ??= saveOnce().finally(() => (running = null));
    return running;
  }

  async function saveOnce(isSecondTry = false) {
    await keepHere();
    const sent = read();
    if (sent === saved) {
      if (state !== "saved") say("", "", { quiet: true });
      return;
    }
    say("saving", words.saving, { quiet: true });
    let answer;
    let told;
    try {
      answer = await send(editor.dataset.autosave, new FormData(form));
      told = await answer.json();
    } catch {
      later("offline", navigator.onLine ? words.unreachable : words.offline);
      return;
    }
    if (answer.ok) return confirmed(sent, told);
    if ([400, 401, 403].includes(answer.status)) {
      const session = await signIn.whoIsSignedIn();
      if (!session) return later("offline", words.unreachable);
      if (session.user && !isSecondTry) return saveOnce(true);
      if (!session.user) return signedOut();
    }
    if (answer.status === 422 && told.errors) return say("refused", trouble(`${words.refused} ${Object.values(told.errors).flat().join(" ")}`));
    later("failed", told.detail ? `${words.refused} ${told.detail}` : words.unreachable);
  }

  function send(url, body) {
    return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ANSWER_WITHIN) });
  }

  async function ask(url) {
    try {
      return await (await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ANSWER_WITHIN) })).json();
    } catch {
      return null;
    }
  }

  async function confirmed(sent, told) {
    attempts = 0;
    saved = sent;
    if (!editor.dataset.id) become(told);
    const isStill = read() === sent;
    if (isStill) await forget(key).catch(() => {});
    if (isStill) isKept = false;
    if (told.newer) return newer(told.newer.by);
    if (isStill) say("saved", words.saved.replace("{time}", told.saved_at_text));
    else touched();
  }

  function signedOut() {
    say("signed-out", trouble(words.signedOut), { action: { label: words.signIn, run: signIn.open } });
  }

  function newer(name) {
    say("newer", (name ? words.newerBy : words.newer).replace("{name}", name));
  }
  editor.addEventListener("editor:newer", (event) => state !== "signed-out" && newer(event.detail));

  // The first save made a draft of it: from now on this page is that draft's.
  async function become(told) {
    const former = [key, place];
    editor.dataset.id = told.id;
    editor.dataset.autosave = told.autosave_url;
    editor.dataset.place = editor.dataset.place.replace(/new$/, told.id);
    const address = (url) => url.replace("/new/", `/${told.id}/`);
    form.action = told.edit_url;
    for (const button of form.querySelectorAll("[formaction]")) button.setAttribute("formaction", address(button.getAttribute("formaction")));
    editor.dataset.presence = address(editor.dataset.presence);
    if (form.elements.version) form.elements.version.value = told.version;
    history.replaceState(null, "", told.edit_url);
    place = `${editor.dataset.user} ${editor.dataset.place}`;
    key = claim(place);
    await keepHere();
    await forget(former[0]).catch(() => {});
  }

  function later(next, text) {
    say(next, trouble(text));
    retry = setTimeout(save, RETRY[Math.min(attempts, RETRY.length - 1)]);
    attempts += 1;
  }

  // -- when

  let keepTimer;
  let saveTimer;
  let keptAt = 0;
  let savedAt = 0;
  function touched() {
    const now = Date.now();
    if (!["signed-out", "offline", "failed", "newer"].includes(state)) say("unsaved", words.unsaved, { quiet: true });
    keptAt ||= now;
    savedAt ||= now;
    clearTimeout(keepTimer);
    keepTimer = setTimeout(() => {
      keptAt = 0;
      keepHere();
    }, Math.max(0, Math.min(KEEP_AFTER, keptAt + KEEP_AT_LEAST - now)));
    clearTimeout(saveTimer);
    saveTimer = setTimeout(() => {
      savedAt = 0;
      save();
    }, Math.max(0, Math.min(SAVE_AFTER, savedAt + SAVE_AT_LEAST - now)));
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  addEventListener("beforeunload", (event) => {
    if (isLeaving || read() === saved) return;
    keepHere();
    event.preventDefault();
  });
  // If the server is away, or the session at its end, the answer to a press would be a page of the browser, or one
  // without the text's surroundings. So that is asked first, and the page stays.
  let isSure = false;
  let isAsking = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    clearTimeout(saveTimer);
    clearTimeout(retry);
    isLeaving = isSure;
    if (isSure) return;
    event.preventDefault();
    if (!isAsking) makeSure(event.submitter);
  });

  async function makeSure(submitter) {
    isAsking = true;
    say("saving", words.saving, { quiet: true });
    await keepHere();
    const session = await signIn.whoIsSignedIn();
    isAsking = false;
    if (!session) return later("offline", navigator.onLine ? words.unreachable : words.offline);
    if (!session.user) {
      signedOut();
      return signIn.open();
    }
    isSure = true;
    form.requestSubmit(submitter);
    isSure = false;
  }
  addEventListener("pageshow", () => {
    isLeaving = false;
    if (read() !== saved) touched();
  });

  // -- what an earlier window left behind

  const offer = editor.querySelector("[data-offer]");
  const comparison = offer.querySelector("[data-comparison]");

  async function offerWhatIsLeft() {
    const copies = await left(place).catch(() => []);
    for (const copy of copies) {
      const isOlder = editor.dataset.mineAt && copy.at <= Date.parse(editor.dataset.mineAt);
      if (copy.fields === read() || isOlder) await forget(copy.key).catch(() => {});
      else return show(copy);
    }
    offer.hidden = true;
  }

  function show(copy) {
    offer.querySelector("[data-offered]").textContent = words.offered.replace("{time}", new Date(copy.at - clock).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }));
    comparison.replaceChildren();
    offer.hidden = false;
    offer.onclick = async (event) => {
      const deed = event.target.closest("[data-deed]")?.dataset.deed;
      if (deed === "compare") return compare(copy);
      if (!deed) return;
      offer.hidden = true;
      if (deed === "restore") {
        write(copy.fields);
        await keepHere();
      }
      await forget(copy.key).catch(() => {});
      form.elements.body.focus();
      if (deed === "restore") save();
      else offerWhatIsLeft();
    };
  }

  // Line by line what the copy has and the page has not, and the other way round.
  function compare(copy) {
    const body = (fields) => (JSON.parse(fields).find(([name]) => name === "body")?.[1] ?? "").split(/\r?\n/);
    const [here, there] = [body(read()), body(copy.fields)];
    let start = 0;
    while (start < here.length && start < there.length && here[start] === there[start]) start += 1;
    let end = 0;
    while (end < here.length - start && end < there.length - start && here.at(-1 - end) === there.at(-1 - end)) end += 1;
    const rows = [
      ...here.slice(start, here.length - end).map((text) => ["removed", text]),
      ...there.slice(start, there.length - end).map((text) => ["added", text]),
    ];
    comparison.replaceChildren(...rows.slice(0, 400).map(([kind, text]) => {
      const item = document.createElement("li");
      item.className = `difference-${kind}`;
      const mark = document.createElement(kind === "added" ? "ins" : "del");
      mark.textContent = text || " ";
      item.append(mark);
      return item;
    }));
    if (!rows.length) comparison.textContent = words.sameText;
  }

  offerWhatIsLeft();
}
