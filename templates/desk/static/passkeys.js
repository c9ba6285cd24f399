// Passkeys need a script, allauth's own; this shows their buttons where a browser knows passkeys, and says
// so where one did not come about.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const each of document.querySelectorAll("[data-passkey]")) each.hidden = false;
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.getElementById("passkey-fault");
  if (place) place.textContent = "That did not work: the passkey was not used, or this device has none for here. Try again, or take another way.";
});
