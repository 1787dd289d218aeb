import { keepTyped } from "./js/autosave.js";
import { suggestPlaces } from "./js/combobox.js";
import { proveWork } from "./js/guard.js";
import { offerLocation } from "./js/location.js";
import { offerMap } from "./js/map-loader.js";
import { helpWithTest } from "./js/offering.js";
import { usePasskey } from "./js/passkeys.js";
import { offerPrinting } from "./js/print.js";
import { sendOnce } from "./js/sending.js";

// Small helps; every page works without them.

// A page with errors begins at its summary, so that a screen reader says what is wrong.
document.querySelector("[data-focus]:not([data-sample] *)")?.focus();

// What has the focus in a table that scrolls is seen whole: a browser may leave it where only its edge is.
for (const frame of document.querySelectorAll(".table-scroll")) {
  frame.addEventListener("focusin", ({ target }) => {
    if (target !== frame) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

for (const form of document.querySelectorAll("form[method=post]")) sendOnce(form);
for (const field of document.querySelectorAll("input[data-challenge]")) proveWork(field);
for (const input of document.querySelectorAll("input[data-places]")) suggestPlaces(input);
for (const button of document.querySelectorAll("button[data-locate]")) offerLocation(button);
for (const section of document.querySelectorAll("[data-map]")) offerMap(section);
for (const button of document.querySelectorAll("button[data-print]")) offerPrinting(button);
for (const box of document.querySelectorAll("[data-passkey]")) usePasskey(box);
for (const form of document.querySelectorAll("form[data-test]")) helpWithTest(form);
// Last: what the others put into a form was typed by nobody.
for (const field of document.querySelectorAll("input[data-autosave]")) keepTyped(field);
