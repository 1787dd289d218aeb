// The proof of work of a public form: asked for and found in the background while somebody fills the form in.
// Nothing is shown. Whoever is quicker waits at most PATIENCE after pressing; then the form is sent without a proof.

const PATIENCE = 2000; // ms

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const solve = (worker, challenge) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data?.derivedKey ? resolve(data) : reject(data?.error));
    worker.onerror = reject;
    worker.postMessage({ type: "work", challenge, counterMode: "uint32", counterStart: 0, counterStep: 1 });
  });

async function answer({ challenge: address, worker: script }) {
  const asked = await fetch(address, { headers: { Accept: "application/json" } });
  const challenge = await asked.json();
  const worker = new Worker(script);
  try {
    return btoa(JSON.stringify({ challenge, solution: await solve(worker, challenge) }));
  } finally {
    worker.terminate();
  }
}

export function proveWork(field) {
  const { form } = field;
  let work;
  const begin = () => {
    work ??= field.value
      ? Promise.resolve()
      : answer(field.dataset).then(
          (found) => void (field.value = found),
          () => {},
        );
    return work;
  };
  // A browser may bring back what an earlier visit had found, which is used up; what the server sent back is not.
  field.value = field.defaultValue;
  for (const sign of ["focusin", "input", "pointerdown"]) form.addEventListener(sign, begin, { once: true });

  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || field.value || form.dataset.proofLeft) return;
    event.preventDefault();
    const pressed = event.submitter;
    pressed?.setAttribute("aria-busy", "true");
    // Also what is over already takes a moment: a form does not take a second press while it handles the first.
    await Promise.race([begin().then(() => pause(0)), pause(PATIENCE)]);
    pressed?.removeAttribute("aria-busy");
    form.dataset.proofLeft = "yes";
    delete form.dataset.sent;
    if (pressed) pressed.click();
    else form.submit();
  });

  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    delete form.dataset.proofLeft;
    field.value = "";
    work = undefined;
    for (const sign of ["focusin", "input", "pointerdown"]) form.addEventListener(sign, begin, { once: true });
  });
}
