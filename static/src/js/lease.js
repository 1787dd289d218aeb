// Says to the server that a submission is still open, while its page is seen and used. Without this the lease lapses
// a quarter of an hour after the page was opened.

const EVERY = 5 * 60 * 1000; // ms between two of them at the least

export function keepLease(form) {
  let saidAt = Date.now();
  let ended = false;

  async function say() {
    if (ended || document.visibilityState !== "visible" || Date.now() - saidAt < EVERY) return;
    saidAt = Date.now();
    try {
      const answer = await fetch(form.dataset.lease, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        redirect: "manual",
      });
      if (answer.status === 409) {
        ended = true;
        const lost = document.querySelector("[data-lease-lost]");
        lost.hidden = false;
        // What was there before it was shown is read out when it comes anew.
        lost.replaceChildren(...lost.childNodes);
      }
    } catch {
      // The next movement tries again.
    }
  }

  for (const sign of ["keydown", "pointerdown", "scroll"]) {
    document.addEventListener(sign, say, { passive: true });
  }
}
