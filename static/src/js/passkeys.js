// Passkeys: the script asks the server for a challenge, the browser has it signed, and the answer is sent as a form.
// Where the browser knows none of this the button stays hidden, and the page says what is needed.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const asked = {
  create: (options) =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: known(options.excludeCredentials),
      },
    }),
  get: (options) =>
    navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: known(options.allowCredentials),
      },
    }),
};

function told({ id, rawId, type, response }) {
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: parts, clientExtensionResults: {} });
}

function send({ action, token, next }, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of Object.entries({ csrf_token: token, next, ...fields })) {
    if (value) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

export function usePasskey(box) {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const button = box.querySelector("button");
  const problem = box.querySelector("[data-passkey-problem]");
  box.hidden = false;
  for (const needs of document.querySelectorAll("[data-passkey-needs]")) needs.hidden = true;

  button.addEventListener("click", async () => {
    if (button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    problem.hidden = true;
    try {
      const body = new URLSearchParams({ csrf_token: box.dataset.token });
      const answer = await fetch(box.dataset.challenge, { method: "POST", body });
      if (answer.redirected) {
        // Signed out, or the password is wanted again: that page says so.
        location.assign(answer.url);
        return;
      }
      if (!answer.ok) throw new Error(answer.statusText);
      const credential = told(await asked[box.dataset.passkey](await answer.json()));
      send(box.dataset, { credential, name: box.querySelector("input")?.value });
    } catch {
      // Cancelled, too slow, not this device, or no network: the same for who looks at it.
      problem.hidden = false;
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
