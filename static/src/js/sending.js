// A form that is sent: once, and with a word when it takes long.

const LONG = 1000; // ms
const FILE_ASKED_FOR = 3000; // ms

/** Keep *form* from being sent twice, and say that it is working when no answer comes within LONG. */
export function sendOnce(form) {
  let waiting, status, pressed;
  const free = () => {
    clearTimeout(waiting);
    delete form.dataset.sent;
    pressed?.removeAttribute("data-working");
    status?.replaceChildren();
  };

  form.addEventListener("submit", (event) => {
    // A second click on a button that sends something is not a second wish. The server keeps that promise too.
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    clearTimeout(waiting);
    pressed = event.submitter;
    // There before its words, so that a screen reader hears them come.
    status ??= form.appendChild(document.createElement("span"));
    status.className = "working";
    status.setAttribute("role", "status");
    waiting = setTimeout(() => {
      if (!form.dataset.sent) return;
      pressed?.setAttribute("data-working", "");
      status.textContent = document.body.dataset.workingWords;
    }, LONG);
    // The answer is a file: the page stays, and so may the form.
    if ("download" in form.dataset) setTimeout(free, FILE_ASKED_FOR);
  });

  // Coming back by the browser's Back button makes the page's forms usable again.
  window.addEventListener("pageshow", free);
}
