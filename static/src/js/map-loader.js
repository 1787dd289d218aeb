// Brings the map when the list is there and the browser has nothing else to do: at once beside the list on a wide
// window, behind a button on a narrow one.
const WIDE = "(min-width: 64rem)";
// A script that comes later needs the word by which the policy knows the page's own.
const nonce = document.currentScript?.nonce ?? "";

function whenIdle(act) {
  if (window.requestIdleCallback) requestIdleCallback(act, { timeout: 2000 });
  else setTimeout(act, 200);
}

function whenLoaded(act) {
  if (document.readyState === "complete") whenIdle(act);
  else window.addEventListener("load", () => whenIdle(act), { once: true });
}

function bring(section) {
  if (section.dataset.state) return;
  section.dataset.state = "loading";
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = section.dataset.style;
  const script = document.createElement("script");
  script.src = section.dataset.script;
  script.nonce = nonce;
  style.onload = () => document.head.append(script);
  style.onerror = script.onerror = () => section.dispatchEvent(new Event("map-failed"));
  document.head.append(style);
}

export function offerMap(section) {
  const canvas = section.querySelector("[data-map-canvas]");
  const { labelShow, labelHide, failed } = section.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet map-button";
  const show = (open) => {
    section.classList.toggle("map-open", open);
    button.textContent = open ? labelHide : labelShow;
    if (open) bring(section);
  };
  show(false);
  button.addEventListener("click", () => show(!section.classList.contains("map-open")));
  canvas.before(button);

  section.addEventListener("map-failed", () => {
    section.dataset.state = "failed";
    const message = document.createElement("p");
    message.className = "map-failed";
    message.setAttribute("role", "status");
    canvas.replaceWith(message);
    message.textContent = failed;
  });

  const wide = matchMedia(WIDE);
  const bringWhenWide = () => wide.matches && whenLoaded(() => bring(section));
  wide.addEventListener("change", bringWhenWide);
  bringWhenWide();
}
