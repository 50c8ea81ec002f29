// Keyboard short cuts of the staff's pages: «/» to the search field, «n» to a new card. Everything works without them.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) {
      return;
    }
    var target = document.querySelector('[data-shortcut="' + CSS.escape(event.key) + '"]');
    if (!target) {
      return;
    }
    event.preventDefault();
    if (target.matches("a")) {
      target.click();
    } else {
      target.focus();
    }
  });
})();
