// What somebody types in a step of the registration is sent by itself: after a pause, and when the page is left.
// The server keeps it as typed, without judging it. Without this the buttons keep as much as they always did.

const PAUSE = 3000; // ms without a change before it is sent
const REST = 10000; // ms between two of them, unless the page is left
const OWN = ["csrf_token", "of_draft", "shown", "tab", "place_was"]; // not typed by anybody

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function typedIn(form) {
  const answers = [...new FormData(form)].filter(([name]) => !OWN.includes(name));
  return new URLSearchParams(answers).toString();
}

export function keepTyped(field) {
  const { form } = field;
  const status = form.querySelector("[data-autosave-status]");
  const name = randomName();
  // A browser may bring back the name of an earlier visit.
  field.value = "";
  let kept = typedIn(form);
  let number = 0;
  let timer;
  let sentAt = -Infinity;
  let sending;
  let ended = false;

  function say(text) {
    // The same words again are not read out again.
    if (status.textContent !== text) status.textContent = text;
  }

  function time() {
    // As the server writes times: in the manner of the United States, whatever the language.
    const locale = `${document.documentElement.lang}-US`;
    return new Date().toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
  }

  async function send() {
    clearTimeout(timer);
    const now = typedIn(form);
    if (ended || form.dataset.sent || now === kept) return;
    const before = kept;
    kept = now;
    sentAt = performance.now();
    number += 1;
    field.value = `${name}.${number}`;
    const body = new URLSearchParams(new FormData(form));
    body.set("then", "autosave");
    sending = new AbortController();
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body,
        keepalive: true,
        redirect: "manual",
        signal: sending.signal,
      });
      if (answer.status === 204) say(field.dataset.kept.replace("{time}", time()));
      else if (answer.status === 409) {
        ended = true;
        say(field.dataset.late);
      } else if (answer.status === 429 || answer.status >= 500) throw new Error("not now");
      else ended = true; // the draft was sent or deleted elsewhere: the next button says so
    } catch {
      // What was typed is tried again with the next change, or when the page is left.
      if (kept === now) kept = before;
    }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(PAUSE, sentAt + REST - performance.now()));
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // What a button sends is newer than what is still on its way.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sending?.abort();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
  window.addEventListener("pagehide", send);
}
