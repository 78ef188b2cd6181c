// Sends files from the library while the page stays: dropped or chosen, several at once, each with its progress,
// large ones in parts that go on where a broken connection left them, even after the page was loaded anew.
// Without this script the form sends them all in one go.

const AT_ONCE = 2;
const PART = 4_000_000;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000];

class Refusal extends Error {
  constructor(message, again) {
    super(message);
    this.again = again; // whether the same file may be taken another time
  }
}
class Offline extends Error {}

function enhance(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector(".sending");
  const template = form.querySelector("template");
  const summary = form.querySelector(".sending-summary");
  const dropHint = form.querySelector(".sending-drop");
  const token = form.querySelector("input[name=csrf_token]").value;
  const words = list.dataset;
  const queue = [];
  let running = 0;
  form.querySelector(".dropzone-hint").hidden = false;

  // -- the list

  function add(files) {
    for (const file of files) {
      const item = template.content.firstElementChild.cloneNode(true);
      const job = { file, item, state: "waiting" };
      item.querySelector(".sending-name").textContent = file.name;
      item.querySelector("progress").setAttribute("aria-label", words.progress.replace("{name}", file.name));
      item.querySelector("[data-deed=retry]").addEventListener("click", () => retry(job));
      item.querySelector("[data-deed=remove]").addEventListener("click", () => remove(job));
      list.append(item);
      queue.push(job);
      if (file.size > Number(form.dataset.most) * 1e6) {
        fail(job, words.tooLarge.replace("{most}", form.dataset.most), false);
      } else {
        show(job, "waiting", words.waiting);
      }
    }
    list.hidden = queue.length === 0;
    next();
  }

  function show(job, state, text, fraction) {
    job.state = state;
    job.item.dataset.state = state;
    job.item.querySelector(".sending-state").textContent = text;
    if (fraction !== undefined) job.item.querySelector("progress").value = fraction;
    job.item.querySelector("[data-deed=retry]").hidden = state !== "failed" || !job.again;
    job.item.querySelector("[data-deed=remove]").hidden = state === "done";
  }

  function fail(job, reason, again) {
    job.again = again;
    show(job, "failed", reason);
    summarise();
  }

  function summarise() {
    const done = queue.filter((job) => job.state === "done").length;
    if (queue.some((job) => ["waiting", "sending", "finishing", "offline"].includes(job.state))) return;
    const text = done === queue.length ? summary.dataset.all : summary.dataset.some;
    summary.textContent = queue.length ? text.replace("{done}", done).replace("{all}", queue.length) : "";
  }

  function retry(job) {
    show(job, "waiting", words.waiting);
    next();
  }

  function remove(job) {
    job.abort?.abort();
    queue.splice(queue.indexOf(job), 1);
    job.item.remove();
    list.hidden = queue.length === 0;
    forget(job.file);
    if (list.hidden) input.focus();
    summarise();
  }

  function next() {
    while (running < AT_ONCE) {
      const job = queue.find((one) => one.state === "waiting");
      if (!job) return;
      running += 1;
      job.abort = new AbortController();
      show(job, "sending", words.sending.replace("{percent}", 0), 0);
      send(job)
        .then((upload) => finish(job, upload))
        .catch((error) => {
          if (!queue.includes(job)) return;
          if (error instanceof Refusal) fail(job, error.message, error.again);
          else fail(job, words.failed, true);
        })
        .finally(() => {
          running -= 1;
          next();
        });
    }
  }

  function finish(job, upload) {
    show(job, "done", words.done, 1);
    const link = document.createElement("a");
    link.href = form.dataset.edit.replace("/0/", `/${upload.id}/`);
    link.textContent = upload.name;
    job.item.querySelector(".sending-name").replaceChildren(link);
    if (upload.thumbnail) {
      const picture = document.createElement("img");
      Object.assign(picture, { src: upload.thumbnail, alt: "", className: "sending-thumbnail" });
      job.item.prepend(picture);
    }
    summarise();
  }

  // -- sending

  async function send(job) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return job.file.size > PART ? await inParts(job) : await atOnce(job);
      } catch (error) {
        if (!(error instanceof Offline)) throw error;
        show(job, "offline", words.offline);
        await pause(PAUSES[Math.min(attempt, PAUSES.length - 1)], job.abort.signal);
      }
    }
  }

  async function atOnce(job) {
    const body = new FormData();
    body.set("csrf_token", token);
    body.set("files", job.file, job.file.name);
    return answer(await post(form.action, body, {}, job, 0, job.file.size));
  }

  async function inParts(job) {
    const { file } = job;
    let { url, offset } = (await known(job)) ?? (await begin(job));
    let strikes = 0;
    while (offset < file.size) {
      const part = file.slice(offset, offset + PART);
      const headers = { "Content-Type": "application/octet-stream", ...(await digest(part)) };
      const reply = await post(`${url}?offset=${offset}`, part, headers, job, offset, file.size);
      if (reply.status === 404) {
        forget(file); // swept away meanwhile
        throw new Offline();
      }
      if (reply.status === 409 && (strikes += 1) < 5) {
        offset = reply.json.offset;
        continue;
      }
      ({ offset } = answer(reply));
    }
    show(job, "finishing", words.finishing, 1);
    const kept = await post(`${url}/upload`, new FormData(), {}, job);
    if (kept.status !== 0) forget(file);
    return answer(kept);
  }

  async function begin(job) {
    const body = new FormData();
    body.set("name", job.file.name);
    body.set("size", job.file.size);
    const begun = answer(await post(form.dataset.parts, body, {}, job));
    remember(job.file, begun.url);
    return begun;
  }

  async function known(job) {
    const url = recall(job.file);
    if (!url) return null;
    try {
      const reply = await fetch(url, { headers: { Accept: "application/json" }, signal: job.abort.signal });
      const state = reply.ok ? await reply.json() : null;
      if (state?.size === job.file.size) return state;
      if (reply.status >= 500) throw new Offline();
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Offline();
    }
    forget(job.file);
    return null;
  }

  // fetch cannot tell how much of a body is sent; this can.
  function post(url, body, headers, job, from = 0, all = 0) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      for (const [name, value] of Object.entries({ Accept: "application/json", "X-CSRFToken": token, ...headers })) {
        request.setRequestHeader(name, value);
      }
      if (all) {
        request.upload.addEventListener("progress", (event) => {
          const fraction = Math.min((from + event.loaded) / all, 1);
          if (fraction < 1) show(job, "sending", words.sending.replace("{percent}", Math.floor(fraction * 100)), fraction);
          else show(job, "finishing", words.finishing, 1);
        });
      }
      request.addEventListener("load", () => {
        let json = null;
        try {
          json = JSON.parse(request.responseText);
        } catch {
          // A proxy or a server that is starting answers in another way.
        }
        if (request.status >= 500 && request.status !== 507) reject(new Offline());
        else resolve({ status: request.status, json });
      });
      request.addEventListener("error", () => reject(new Offline()));
      request.addEventListener("timeout", () => reject(new Offline()));
      request.addEventListener("abort", () => reject(new DOMException("left out", "AbortError")));
      job.abort.signal.addEventListener("abort", () => request.abort());
      request.send(body);
    });
  }

  function answer({ status, json }) {
    if (status === 200 || status === 201) return json;
    if (status === 401) throw new Refusal(words.signedOut, true);
    throw new Refusal(json?.errors?.join(" ") ?? json?.detail ?? words.failed, json?.again ?? status !== 413);
  }

  // -- what is remembered of a file that is half sent

  const nameOf = (file) => `broadsheet.upload.${form.dataset.who}.${file.name}.${file.size}.${file.lastModified}`;
  const remember = (file, url) => localStorage.setItem(nameOf(file), url);
  const recall = (file) => localStorage.getItem(nameOf(file));
  const forget = (file) => localStorage.removeItem(nameOf(file));

  // -- choosing and dropping

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    summary.textContent = "";
    add(input.files);
    form.reset();
  });
  input.addEventListener("change", () => form.requestSubmit());

  let depth = 0; // dragenter and dragleave come for every element on the way
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const hint = (is) => {
    dropHint.hidden = !is;
    form.classList.toggle("dropzone-over", is);
  };
  document.addEventListener("dragenter", (event) => {
    if (hasFiles(event)) hint((depth += 1) > 0);
  });
  document.addEventListener("dragleave", (event) => {
    if (hasFiles(event)) hint((depth -= 1) > 0);
  });
  document.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    hint(false);
    depth = 0;
    add(event.dataTransfer.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if (queue.some((job) => ["waiting", "sending", "finishing", "offline"].includes(job.state))) event.preventDefault();
  });
}

async function digest(part) {
  if (!globalThis.crypto?.subtle) return {}; // only where the page is safe from eavesdroppers, or on this machine
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
  return { "Content-Digest": `sha-256=:${btoa(String.fromCharCode(...hash))}:` };
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    window.addEventListener("online", () => resolve(), { once: true });
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("left out", "AbortError"));
    });
  });
}

document.querySelectorAll("[data-behaviour~=uploads]").forEach(enhance);
