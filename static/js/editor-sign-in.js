// The window in which one signs in again without leaving the page: password, and the second step if there is one.
import "./passkeys.js";

// `ask(url)` and `send(url, body)` fetch and give up in time; `unreachable` says that nobody answered; `done` follows once
// somebody is signed in. Returns what opens the window.
export function signInWindow({ ask, send, session, unreachable, done }) {
  const dialog = document.getElementById("sign-in");
  const problem = dialog.querySelector(".editor-trouble");
  const steps = dialog.querySelectorAll("[data-step]");
  const fail = (text) => (problem.textContent = text);

  async function whoIsSignedIn() {
    const now = await ask(session);
    if (now) for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = now.csrf_token;
    return now;
  }

  function show(name, { app = false, passkey = false } = {}) {
    fail("");
    for (const step of steps) step.hidden = step.dataset.step !== name;
    if (name !== "second") return dialog.querySelector("[name=password]").focus();
    const code = dialog.querySelector('[data-way="app"]');
    code.hidden = !app;
    dialog.querySelector('[data-way="passkey"]').hidden = !passkey;
    dialog.querySelector('[data-way="recovery"]').open = !app && !passkey;
    dialog.querySelector(app ? "[name=code]" : passkey ? '[data-way="passkey"] button' : "[name=recovery_code]").focus();
  }

  async function sent(form) {
    const before = await whoIsSignedIn();
    if (!before) return fail(unreachable);
    const answer = before.user ? null : await send(form.action, new FormData(form)).catch(() => undefined);
    if (answer === undefined) return fail(unreachable);
    const told = answer ? await answer.json().catch(() => ({})) : {};
    if (answer && !answer.ok) {
      if (answer.status === 401) show("password");
      return fail(Object.values(told.errors ?? {}).flat().join(" ") || told.detail || unreachable);
    }
    if (!(await whoIsSignedIn())?.user) return told.second_step ? show("second", told.second_step) : fail(unreachable);
    for (const one of dialog.querySelectorAll("form")) one.reset();
    dialog.close();
    done();
  }

  dialog.addEventListener("submit", (event) => {
    if (event.submitter?.value === "later" || event.target.matches('[data-behaviour~="passkey"]')) return;
    event.preventDefault();
    sent(event.target);
  });
  dialog.addEventListener("passkey:used", (event) => {
    event.preventDefault();
    event.target.querySelector("button").disabled = false;
    sent(event.target);
  });

  return {
    whoIsSignedIn,
    open() {
      dialog.showModal();
      show("password");
      whoIsSignedIn();
    },
  };
}
