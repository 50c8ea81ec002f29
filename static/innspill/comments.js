// Coding comments by keyboard: Ctrl + Enter presses the main button, with Shift the other. Everything works without it.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) {
      return;
    }
    var button = (event.shiftKey && document.querySelector("[data-save-only]")) || document.querySelector("[data-save]");
    if (button && !event.target.closest(".redact")) {
      event.preventDefault();
      button.click();
    }
  });

  // What is suggested is there to be typed over.
  document.addEventListener("focusin", function (event) {
    if (event.target.id === "id_unit" && event.target.form.id === "coding") {
      event.target.select();
    }
  });

  var keys = document.querySelector("[data-keys]");
  if (keys) {
    keys.hidden = false;
  }
  document.querySelectorAll("#coding input[type=radio][data-shortcut]").forEach(function (radio) {
    var key = document.createElement("kbd");
    key.textContent = radio.dataset.shortcut;
    key.setAttribute("aria-hidden", "true");
    document.querySelector('label[for="' + radio.id + '"]').append(key);
  });
})();
