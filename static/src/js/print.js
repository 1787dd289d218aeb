/** Show *button* and let it print the page; a browser without scripts prints by its own menu. */
export function offerPrinting(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
