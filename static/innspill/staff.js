// Keyboard short cuts of the staff's pages: a key that some link, field or button names in data-shortcut. «?» lists them,
// and there they can be turned off. Everything works without them.
(function () {
  "use strict";
  var OFF = "innspill-no-short-cuts";

  function off() {
    try {
      return window.localStorage.getItem(OFF) === "yes";
    } catch (error) {
      return false; // a browser that keeps nothing
    }
  }

  document.querySelectorAll("[data-opens]").forEach(function (button) {
    var dialog = document.getElementById(button.dataset.opens);
    button.hidden = false;
    button.addEventListener("click", function () {
      dialog.showModal();
    });
  });

  var choice = document.getElementById("short-cuts-on");
  if (choice) {
    choice.checked = !off();
    choice.addEventListener("change", function () {
      try {
        window.localStorage.setItem(OFF, choice.checked ? "no" : "yes");
      } catch (error) {
        choice.checked = true;
      }
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || off() || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) {
      return;
    }
    var target = document.querySelector('[data-shortcut="' + CSS.escape(event.key) + '"]');
    if (!target) {
      return;
    }
    event.preventDefault();
    if (!target.matches("a, button")) {
      target.focus();
    }
    if (target.matches("a, button, input[type=radio]")) {
      target.click();
    }
  });
})();
