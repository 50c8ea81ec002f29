// The tablet at the desk: back to the start after two minutes without a touch, and soon after the thanks.
(function () {
  "use strict";
  var again = document.querySelector("[data-kiosk-again]");
  if (again) {
    setTimeout(function () { location.replace(again.href); }, 15000);
    return;
  }
  var box = document.querySelector("[data-kiosk-start]");
  if (!box) {
    return;
  }
  var warn, leave;
  function wait() {
    clearTimeout(warn);
    clearTimeout(leave);
    box.hidden = true;
    warn = setTimeout(function () { box.hidden = false; }, 100000);
    leave = setTimeout(function () { location.replace(box.dataset.kioskStart); }, 120000);
  }
  ["pointerdown", "keydown", "input", "scroll"].forEach(function (kind) {
    document.addEventListener(kind, wait, { passive: true });
  });
  // A page that the browser kept for «back» holds the last person's answers.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      location.replace(box.dataset.kioskStart);
    }
  });
  wait();
})();
