// What may bar somebody from a page, looked for in the page itself. Each function answers sentences; none is good.
// It is an expression: the page's `barriers`.
(() => {
  const WORDS = 60;
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  // What is there for screen readers alone, what comes with the focus, and the map, which has tests of its own.
  const CLIPPED = "inset(50%)";
  const hiddenForTheEye = (element) =>
    element.closest(".visually-hidden, .skip, .skip-map, [data-map-canvas], [hidden]") !== null ||
    getComputedStyle(element.closest("thead") ?? element).clipPath === CLIPPED;
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    element.getClientRects().length > 0 &&
    !hiddenForTheEye(element);

  function named(element) {
    const { id, localName, className } = element;
    const kind = id ? `#${id}` : typeof className === "string" && className ? `.${className.split(" ")[0]}` : "";
    const text = (element.value || element.textContent || "").replace(/\s+/g, " ").trim().slice(0, WORDS);
    return `<${localName}${kind}>${text ? ` “${text}”` : ""}`;
  }

  // What scrolls by itself on purpose: a named region that keys can reach, and what is made to be typed into.
  const mayScroll = (element) =>
    element.matches("[role=region][tabindex='0'], input, textarea, select, [role=listbox]");

  // WCAG 1.4.4 and 1.4.10: nothing scrolls sideways that is not meant to, and no text is cut off.
  function cut() {
    const found = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) found.push(`the page is ${wide} px too wide`);
    for (const element of all("body, body *:not(svg *)")) {
      if (!element.textContent.trim() || !seen(element) || mayScroll(element)) continue;
      const { overflowX, overflowY } = getComputedStyle(element);
      const across = element.scrollWidth - element.clientWidth;
      const down = element.scrollHeight - element.clientHeight;
      if (overflowX !== "visible" && element.clientWidth && across > 1) {
        found.push(`${named(element)} is cut by ${across} px`);
      }
      if (["hidden", "clip"].includes(overflowY) && element.clientHeight && down > 1) {
        found.push(`${named(element)} is cut by ${down} px below`);
      }
    }
    return found;
  }

  // Text that lies over other text.
  function overlaps() {
    scrollTo(0, 0);
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const owner = node.parentElement;
      if (!node.data.trim() || owner.localName === "option" || !seen(owner)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        lines.push({ left, right, top, bottom, owner });
      }
    }
    lines.sort((one, other) => one.top - other.top);
    const found = new Set();
    lines.forEach((one, index) => {
      for (let next = index + 1; next < lines.length && lines[next].top < one.bottom; next += 1) {
        const other = lines[next];
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - other.top;
        const limit = 0.35 * Math.min(one.bottom - one.top, other.bottom - other.top);
        if (across > 3 && down > limit) found.add(`${named(one.owner)} overlaps ${named(other.owner)}`);
      }
    });
    return [...found];
  }

  // What one presses: the label belongs to its box.
  function targetOf(control) {
    const box = control.getBoundingClientRect();
    const boxes = [box, ...[...(control.labels ?? [])].filter(seen).map((label) => label.getBoundingClientRect())];
    return control.matches("[type=checkbox], [type=radio]") ? boxes : [box];
  }

  // A link within the words of a paragraph; what lies inline within one another counts as one.
  function inSentence(element) {
    let block = element;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    if (block === element) return false;
    const words = [...block.childNodes].filter(
      (node) => node.nodeType === Node.TEXT_NODE || !(node.matches(CONTROLS) || node.querySelector(CONTROLS)),
    );
    return words.some((node) => /\p{L}/u.test(node.textContent));
  }

  // WCAG 2.5.8: 24 by 24 px, or so much room around that a circle of 24 px touches no other target.
  function targets() {
    const controls = all(CONTROLS).filter((one) => seen(one) && one.tabIndex >= 0 && !one.disabled && !mayScroll(one));
    const small = controls.filter((one) => !targetOf(one).some(({ width, height }) => width >= 24 && height >= 24));
    const centre = ({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2];
    const tooNear = (one, other) => {
      const [x, y] = centre(one.getClientRects()[0]);
      // A link may be on two lines.
      const touched = [...other.getClientRects()].some(({ left, right, top, bottom }) => {
        const [across, down] = [Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)];
        return Math.hypot(across, down) < 12;
      });
      const [otherX, otherY] = centre(other.getClientRects()[0]);
      return touched || (small.includes(other) && Math.hypot(x - otherX, y - otherY) < 24);
    };
    return small
      .filter((one) => !inSentence(one))
      .flatMap((one) => {
        const near = controls.find((other) => other !== one && !other.contains(one) && tooNear(one, other));
        return near ? [`${named(one)} is small and too near to ${named(near)}`] : [];
      });
  }

  // Two links of one list that have one name and lead to different places, or two buttons that send different forms.
  // What a laboratory is called, it calls itself.
  function alike() {
    const found = new Set();
    const known = new Map();
    axe.setup(document);
    for (const element of all("li a[href], li button, nav a[href]").filter(seen)) {
      if (element.dir === "auto" || element.querySelector("[dir=auto]")) continue;
      const list = element.closest("nav, ul, ol");
      const named = known.get(list) ?? known.set(list, new Map()).get(list);
      const name = `${element.localName} ${axe.commons.text.accessibleText(element)}`.replace(/\s+/g, " ").trim();
      const leads = element.href ?? [element.formAction, element.name, element.value].join(" ");
      if ((named.get(name) ?? leads) !== leads) found.add(`more than one of a list is called “${name}”`);
      named.set(name, leads);
    }
    axe.teardown();
    return [...found];
  }

  // WCAG 2.3.3: who wants no movement gets none.
  function moves() {
    const mayMove = (element) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
      return /[1-9]/.test(transitionDuration) || animationName !== "none" || scrollBehavior === "smooth";
    };
    return all("html, body, body *:not(svg *)").filter(mayMove).map((element) => `${named(element)} may move`);
  }

  // In forced colors a background is gone: what it said must be said by a border, an outline or the text as well.
  const BOXES =
    "button:not(.link-button, .leaflet-control a), a.button, .badge, .notice, .error-summary, .chip, " +
    "form :is(input:not([type=checkbox], [type=radio]), select, textarea)";
  const CURRENT = ":is(nav, .steps, .tabs, .chips) [aria-current]";

  function forced() {
    const bordered = (element) => {
      const style = getComputedStyle(element);
      return ["Top", "Right", "Bottom", "Left"].some(
        (side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none",
      );
    };
    const look = (element) => {
      const style = getComputedStyle(element);
      return [style.fontWeight, style.borderBottomWidth, style.textDecorationLine, style.backgroundColor].join();
    };
    const found = all(BOXES)
      .filter((one) => seen(one) && !bordered(one))
      .map((one) => `${named(one)} has no border in forced colors`);
    for (const element of all(CURRENT).filter(seen)) {
      const rest = all(element.localName, element.closest("ul, ol, nav")).find(
        (one) => one !== element && seen(one) && !one.hasAttribute("aria-current"),
      );
      if (rest && look(rest) === look(element)) found.push(`${named(element)} is current and looks like ${named(rest)}`);
    }
    return found;
  }

  // On paper nothing can be pressed.
  function printed() {
    const found = all("button, form :is(input, select, textarea), nav, .skip")
      .filter(seen)
      .map((one) => `${named(one)} is printed`);
    return seen(document.querySelector("h1")) ? found : [...found, "the title is not printed"];
  }

  // WCAG 3.1.2, 3.3.1, 4.1.3: the language of a way to another language; what is wrong, at its field and first of all.
  function told() {
    const found = [];
    // What stands in a page as an example is no message.
    const real = (element) => !element.closest("[data-sample]");
    const summary = all(".error-summary").find(real);
    if (summary && document.activeElement !== summary) found.push("the page does not begin at what is wrong");
    for (const link of all("a[hreflang]")) {
      if (link.lang !== link.hreflang) found.push(`${named(link)} does not say its language`);
    }
    for (const field of all("[aria-invalid=true]")) {
      const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
      const said = ids.some((id) => document.getElementById(id)?.matches(".field-error"));
      if (!said) found.push(`${named(field)} does not say what is wrong with it`);
    }
    for (const message of all(".notice-error, .notice-success").filter(seen).filter(real)) {
      if (!message.closest("[role=alert], [role=status]")) found.push(`${named(message)} is not announced`);
    }
    return found;
  }

  const walk = { expected: [], met: [], found: [], rest: new Map(), start: null };

  const tabbable = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    element.tabIndex >= 0 &&
    !element.disabled &&
    !element.closest("[inert]") &&
    (element.localName !== "summary" || element.parentElement.querySelector("summary") === element);

  function oneOfEach(radios) {
    // A group of radio buttons is one stop: the chosen one, or the first.
    const groups = new Map();
    for (const radio of radios) {
      const key = `${radio.form?.id} ${radio.name}`;
      if (!groups.has(key) || radio.checked) groups.set(key, radio);
    }
    return new Set(groups.values());
  }

  const focusMark = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return `${outlineStyle} ${outlineStyle === "none" ? 0 : parseFloat(outlineWidth)} ${boxShadow}`;
  };

  function onFocus({ target }) {
    if (target === walk.start) return;
    walk.met.push(target);
    const mark = focusMark(target);
    if (mark.startsWith("none") || mark === walk.rest.get(target)?.mark) {
      walk.found.push(`${named(target)} does not show its focus`);
    }
  }

  // WCAG 2.4.11: what has the focus is not covered.
  function onKey({ key }) {
    const element = document.activeElement;
    if (key !== "Tab" || !element || element === walk.start || element === document.body) return;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [from, to] = [Math.max(top, 0) + 2, Math.min(bottom, innerHeight) - 2];
    const [begin, end] = [Math.max(left, 0) + 2, Math.min(right, innerWidth) - 2];
    const points = [[(begin + end) / 2, (from + to) / 2], [begin, from], [end, from], [begin, to], [end, to]];
    const there = (x, y) => {
      const on = document.elementFromPoint(x, y);
      return on && (element.contains(on) || on.contains(element) && on.matches("label, li, p, summary"));
    };
    if (!points.some(([x, y]) => there(x, y))) walk.found.push(`${named(element)} has the focus and cannot be seen`);
  }

  function open() {
    for (const part of all("details:not(.staff-menu)")) part.open = true;
  }

  // Makes ready to be walked through by the Tab key; answers how often to press it.
  function beginKeys() {
    scrollTo(0, 0);
    const stops = all(CONTROLS).filter(tabbable);
    const radios = oneOfEach(stops.filter(({ type }) => type === "radio"));
    walk.expected = stops.filter((one) => one.type !== "radio" || radios.has(one));
    walk.met = [];
    walk.found = [];
    walk.start = document.createElement("span");
    walk.start.tabIndex = -1;
    document.body.prepend(walk.start);
    walk.start.focus();
    walk.rest = new Map(walk.expected.map((one) => [one, { mark: focusMark(one), box: one.getBoundingClientRect() }]));
    document.addEventListener("focusin", onFocus);
    document.addEventListener("keydown", onKey, true);
    // A date is three fields and a button to the keys.
    return walk.expected.length + 3 * walk.expected.filter(({ type }) => type === "date").length;
  }

  // WCAG 2.1.1, 2.1.2, 2.4.1, 2.4.3, 2.4.7: what was met on the way.
  function endKeys() {
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("keydown", onKey, true);
    walk.start.remove();
    const { expected, found } = walk;
    const met = walk.met.slice(0, expected.length);
    const astray = met.findIndex((one, index) => one !== expected[index]);
    if (astray >= 0) found.push(`the Tab key leads to ${named(met[astray])}, not to ${named(expected[astray])}`);
    if (met.length < expected.length) found.push(`the Tab key does not come to ${named(expected[met.length])}`);
    if (!met[0]?.matches(".skip")) found.push("the first thing is not the way past the navigation");
    const shown = met.filter((one) => one.closest("main") && seen(one));
    for (const [index, one] of shown.slice(1).entries()) {
      const [before, after] = [walk.rest.get(shown[index])?.box, walk.rest.get(one)?.box];
      if (!before || !after || shown[index].contains(one)) continue;
      const above = after.bottom <= before.top && after.left < before.right;
      const backward = after.top < before.bottom && before.top < after.bottom && after.right <= before.left;
      if (above || backward) found.push(`${named(one)} comes after ${named(shown[index])} and stands before it`);
    }
    return found;
  }

  return { cut, overlaps, targets, alike, moves, forced, printed, told, open, beginKeys, endKeys };
})()
