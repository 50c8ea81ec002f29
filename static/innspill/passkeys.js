// Buttons for passkeys are shown where the browser knows them, and the address is a name: for a number there are none.
// What goes wrong with one is said beside it.
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    if (!window.PublicKeyCredential || /^[\d.]+$|^\[/.test(window.location.hostname)) {
      return;
    }
    document.querySelectorAll("[data-passkey]").forEach(function (part) {
      part.hidden = false;
    });
    document.querySelectorAll("[data-no-passkey]").forEach(function (part) {
      part.hidden = true;
    });
  });
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-error]").forEach(function (sentence) {
      sentence.hidden = false;
    });
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-passkey]")) {
      document.querySelectorAll("[data-passkey-error]").forEach(function (sentence) {
        sentence.hidden = true;
      });
    }
  });
})();
