// Keys of the staff pages. They go somewhere and never decide anything; nothing needs them, and they can be turned off.

const OFF = "staff-shortcuts-off";
const SECOND = 1500; // ms in which the second key of two is awaited

function isTyping(target) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
}

// What a browser does not let us keep is on, as for everybody.
function isOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false;
  }
}

function turn(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } catch {
    // It holds for this page alone then.
  }
}

function goTo(element) {
  if (!element) return false;
  if (element.matches("a")) element.click();
  else {
    element.closest("details:not([open])")?.setAttribute("open", "");
    element.focus();
    element.scrollIntoView({ block: "center" });
  }
  return true;
}

function inQueue(step) {
  const lines = [...document.querySelectorAll("[data-row] h2 a")];
  if (!lines.length) return false;
  const row = document.activeElement.closest("[data-row]");
  const at = lines.findIndex((line) => row?.contains(line));
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1);
  lines[next].focus();
  lines[next].scrollIntoView({ block: "nearest" });
  return true;
}

const decision = (value) => () => goTo(document.querySelector(`input[name=decision][value=${value}]`));

export function offerShortcuts(dialog) {
  if (!dialog) return;
  const choice = dialog.querySelector("#shortcuts-on");
  choice.checked = !isOff();
  choice.addEventListener("change", () => turn(choice.checked));
  for (const link of document.querySelectorAll("[data-opens=shortcuts]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
  }

  const acts = {
    "?": () => (dialog.showModal(), true),
    j: () => inQueue(1),
    k: () => inQueue(-1),
    o: () => goTo(document.activeElement.closest("[data-row]")?.querySelector("h2 a")),
    a: decision("approve"),
    c: decision("request_changes"),
    r: decision("reject"),
  };
  let first = "";
  let firstAt = 0;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (!choice.checked || dialog.open || isTyping(event.target)) return;
    const keys = first && Date.now() - firstAt < SECOND ? `${first} ${event.key}` : event.key;
    first = event.key === "g" ? "g" : "";
    firstAt = Date.now();
    // A place that a page names for a key comes before what the key means everywhere.
    const place = [...document.querySelectorAll("[data-shortcut]")].find((one) => one.dataset.shortcut === keys);
    if (place ? goTo(place) : acts[keys]?.()) event.preventDefault();
  });
}
