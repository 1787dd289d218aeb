const OPTIONS = { enableHighAccuracy: false, timeout: 10_000, maximumAge: 300_000 };

// Two decimals are about a kilometre: enough for a laboratory, too little for a door. Adding 0 turns -0 to 0.
const rounded = (degrees) => (Math.round(degrees * 100) / 100 + 0).toFixed(2);

/** Let *button* ask the browser where it is, put that rounded into the form's field and search. */
export function offerLocation(button) {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  const { form } = button;
  const status = form.querySelector("[data-locate-status]");
  let asking = false;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (asking) return;
    asking = true;
    status.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        asking = false;
        status.textContent = "";
        form.elements.near.value = `${rounded(coords.latitude)}, ${rounded(coords.longitude)}`;
        if (form.requestSubmit) form.requestSubmit();
        else form.submit();
      },
      () => {
        asking = false;
        status.textContent = button.dataset.failed;
      },
      OPTIONS,
    );
  });
}
