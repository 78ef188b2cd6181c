// A passkey, made or used: the server says what is wanted, the browser asks the person, the form brings the answer.
// Without a script, or where no browser has passkeys, the form stays hidden, and passwords and codes are the way.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));

async function made(options) {
  const { id, rawId, type, response } = await navigator.credentials.create({
    publicKey: { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: keys(options.excludeCredentials) },
  });
  return { id, rawId: text(rawId), type, response: {
    clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [],
  } };
}

async function used(options) {
  const { id, rawId, type, response } = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) },
  });
  return { id, rawId: text(rawId), type, response: {
    clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  } };
}

for (const form of document.querySelectorAll('[data-behaviour~="passkey"]')) {
  if (!window.PublicKeyCredential) continue; // also on plain HTTP
  const said = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  form.hidden = false;
  if (form.nextElementSibling?.matches(".field-help")) form.nextElementSibling.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    button.disabled = true;
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const options = await answer.json();
      form.elements.credential.value = JSON.stringify(await (form.dataset.ceremony === "make" ? made : used)(options));
      // Whoever stays on the page sends it otherwise.
      if (form.dispatchEvent(new Event("passkey:used", { bubbles: true, cancelable: true }))) form.submit();
    } catch (error) {
      said.textContent = form.dataset[error.name === "NotAllowedError" ? "refused" : error.name === "InvalidStateError" ? "known" : "failed"] ?? form.dataset.failed;
      button.disabled = false;
    }
  });
}
