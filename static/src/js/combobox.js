// Suggestions for a place: the editable combobox with a list and manual selection of the WAI-ARIA Authoring
// Practices (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Without it the field is a plain one.
const PAUSE = 120; // ms without a key before the server is asked
const SHORTEST = 2; // characters

export function suggestPlaces(input) {
  const { places, placesLabel, placesCountOne, placesCountMany, placesNone } = input.dataset;
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let options = [];
  let active = -1;
  let timer;
  let asked = new AbortController();

  list.id = `${input.id}-places`;
  list.className = "combobox-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", placesLabel);
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  input.parentElement.classList.add("combobox");
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function activate(index) {
    options[active]?.setAttribute("aria-selected", "false");
    active = index;
    if (active < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function open() {
    if (!options.length) return;
    list.style.top = `${input.offsetTop + input.offsetHeight}px`;
    list.style.left = `${input.offsetLeft}px`;
    list.style.width = `${input.offsetWidth}px`;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function close() {
    activate(-1);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  // Whoever chooses from the list wants it to stand still: an answer to come would change it under their hand.
  function settle() {
    clearTimeout(timer);
    asked.abort();
  }

  // Whatever was asked before is of no more use.
  function forget() {
    settle();
    options = [];
    status.textContent = "";
    close();
  }

  function choose(index) {
    input.value = options[index].textContent;
    forget();
  }

  function show(items) {
    close();
    options = items.map(({ label }, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = label;
      option.addEventListener("click", () => choose(index));
      return option;
    });
    list.replaceChildren(...options);
    const count = options.length === 1 ? placesCountOne : placesCountMany.replace("%d", options.length);
    status.textContent = options.length ? count : placesNone;
    open();
  }

  async function ask() {
    const query = input.value.trim();
    const mine = new AbortController();
    asked = mine;
    try {
      const address = new URL(places, document.baseURI);
      address.searchParams.set("q", query);
      const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { items } = await answer.json();
      if (!mine.signal.aborted && document.activeElement === input) show(items);
    } catch {
      // No suggestions this time: the field is as good as without them.
    }
  }

  input.addEventListener("input", () => {
    settle();
    if (input.value.trim().length < SHORTEST) forget();
    else {
      activate(-1);
      timer = setTimeout(ask, PAUSE);
    }
  });

  // Up and Down go round; with Alt they only open and close.
  function move(step, alone) {
    settle();
    if (alone) return step > 0 ? open() : close();
    if (list.hidden) open();
    return activate(active < 0 && step < 0 ? options.length - 1 : (active + step + options.length) % options.length);
  }

  input.addEventListener("keydown", (event) => {
    // While an input method composes, the keys are its own.
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    const expanded = !list.hidden;
    if (["ArrowDown", "ArrowUp"].includes(event.key) && options.length) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1, event.altKey);
    } else if (event.key === "Enter") {
      if (expanded && active >= 0) {
        event.preventDefault();
        choose(active);
      } else forget();
    } else if (event.key === "Escape" && expanded) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      forget();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      activate(-1); // back to editing the text
    }
  });

  // The field keeps the focus while somebody presses on the list.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    settle();
  });
  input.addEventListener("blur", forget);
}
