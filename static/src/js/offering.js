// The form of one test: what follows from an answer is filled in and said, what does not apply is hidden, unusual
// choices wait behind a button. The server fills in and leaves out the same by itself.
const PLACES = /\{(\w+)\}/g;

export function helpWithTest(form) {
  const rules = JSON.parse(form.dataset.test);
  const filled = {}; // field -> the answer that this script gave, as long as nobody changed it
  const notes = {}; // field -> where it is said
  const opened = new Set(); // fields whose unusual choices were asked for

  const inputs = (name) => [...form.querySelectorAll(`[name="${name}"]`)];
  const box = (name) => inputs(name)[0].closest(".field");
  const answer = (name) => inputs(name).find(({ type, checked }) => type !== "radio" || checked)?.value ?? "";
  const wording = (text, words) => text.replace(PLACES, (_, name) => words[name]);
  const title = (name) => box(name).querySelector("legend, label").firstChild.textContent.trim();

  function labelOf(name) {
    const [first] = inputs(name);
    if (first.tagName === "SELECT") return first.selectedOptions[0]?.textContent ?? "";
    return inputs(name).find(({ checked }) => checked)?.labels[0].textContent ?? "";
  }

  for (const name of ["assay", "method", "reflex_policy", "regulatory_status"]) {
    notes[name] = document.createElement("p");
    notes[name].className = "follows";
    notes[name].setAttribute("role", "status");
    if (name === "assay") box(name).append(notes[name]);
    else box(name).querySelector(".choice-list").before(notes[name]);
  }

  // Gives *value* as the answer, or takes back what was given before; an answer of the person's own stays.
  function fill(name, value, cause, { overrule = false } = {}) {
    const given = answer(name);
    const own = given && given !== filled[name];
    if (value === given || (own && !overrule) || (!value && !filled[name])) return;
    for (const input of inputs(name)) input.checked = input.value === value;
    filled[name] = value;
    notes[name].textContent = value
      ? wording(form.dataset.set, { field: title(name), answer: labelOf(name), cause: labelOf(cause) })
      : "";
    inputs(name)[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  function hide() {
    const method = answer("method");
    for (const [name, without] of Object.entries(rules.hidden)) box(name).hidden = without.includes(method);
    box("assay_name").hidden = !rules.named.includes(answer("assay")) && !answer("assay_name");
  }

  function narrow(name) {
    const usual = rules.usual[name][answer("method")];
    const rest = inputs(name).filter(({ value, checked }) => usual && !usual.includes(value) && !checked);
    for (const input of inputs(name)) {
      input.closest(".choice").hidden = rest.includes(input) && !opened.has(name);
    }
    const more = box(name).querySelector(".choices-more");
    more.hidden = !rest.length || opened.has(name);
    return rest;
  }

  for (const name of Object.keys(rules.usual)) {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "link-button choices-more";
    more.textContent = form.dataset.more;
    more.addEventListener("click", () => {
      const [first] = narrow(name);
      opened.add(name);
      narrow(name);
      first?.focus();
    });
    box(name).append(more);
  }

  function compare() {
    const method = rules.methods[answer("assay")];
    const differs = method && answer("method") && method !== answer("method");
    const label = differs && inputs("method").find(({ value }) => value === method).labels[0].textContent;
    notes.assay.textContent = differs ? wording(form.dataset.otherMethod, { method: label }) : "";
  }

  function update() {
    hide();
    Object.keys(rules.usual).forEach(narrow);
    compare();
  }

  form.addEventListener("change", ({ target, isTrusted }) => {
    if (isTrusted && notes[target.name]) {
      delete filled[target.name];
      notes[target.name].textContent = "";
    }
    if (target.name === "assay") {
      const method = rules.methods[target.value];
      if (method) fill("method", method, "assay", { overrule: true });
      fill("regulatory_status", rules.statuses[target.value] ?? "", "assay");
    }
    if (target.name === "method") {
      fill("reflex_policy", rules.withoutReflex.includes(answer("method")) ? "not_applicable" : "", "method");
    }
    if (["assay", "method"].includes(target.name)) update();
  });

  // The browser may bring back what was typed before, after the page was read.
  window.addEventListener("pageshow", update);
  update();
}
