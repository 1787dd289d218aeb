import { keepLease } from "./js/lease.js";
import { offerShortcuts } from "./js/staff.js";

// Helps of the staff pages; every page works without them.

for (const form of document.querySelectorAll("form[data-lease]")) keepLease(form);
offerShortcuts(document.getElementById("shortcuts"));
