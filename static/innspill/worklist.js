// A list to work on: choose all, choose a range with Shift, say how many are chosen, and keep the focus when a row is replaced.
// Everything works without it.
(function () {
  "use strict";
  var BOX = 'input[type="checkbox"][form="bulk"]';
  var last = null;

  function boxes() {
    return Array.prototype.slice.call(document.querySelectorAll(BOX));
  }

  function tell() {
    var all = boxes();
    var chosen = all.filter(function (box) { return box.checked; });
    var bulk = document.querySelector("details.bulk");
    if (!bulk) {
      return;
    }
    if (chosen.length) {
      bulk.open = true;
    }
    bulk.querySelector("[data-chosen-number]").textContent = chosen.length ? "(" + chosen.length + ")" : "";
    bulk.querySelector(".bulk__all").hidden = false;
    var whole = document.getElementById("choose-all");
    whole.checked = all.length > 0 && chosen.length === all.length;
    whole.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }

  document.addEventListener("click", function (event) {
    if (!event.target.matches(BOX)) {
      return;
    }
    var all = boxes();
    var from = all.indexOf(last);
    var to = all.indexOf(event.target);
    if (event.shiftKey && from >= 0) {
      all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (box) {
        box.checked = event.target.checked;
      });
    }
    last = event.target;
  });

  document.addEventListener("change", function (event) {
    if (event.target.id === "choose-all") {
      boxes().forEach(function (box) { box.checked = event.target.checked; });
    }
    if (event.target.id === "choose-all" || event.target.form && event.target.form.id === "bulk") {
      tell();
    }
  });

  // A row that was acted on: on to the next row that waits, or to its «Undo» where it was the last.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var row = event.target.closest("[data-row]");
    document.body.dataset.actedOn = row ? row.id : "";
  });
  document.addEventListener("htmx:afterSettle", function () {
    tell();
    var row = document.getElementById(document.body.dataset.actedOn || "");
    if (!row) {
      return;
    }
    document.body.dataset.actedOn = "";
    var field = row.querySelector("[aria-invalid], [autofocus]");
    if (!row.hasAttribute("data-done")) {
      (field || row.querySelector("[data-main]")).focus();
      return;
    }
    var next = row.nextElementSibling;
    while (next && next.hasAttribute("data-done")) {
      next = next.nextElementSibling;
    }
    var target = (next || row).querySelector("[data-main], button");
    if (target) {
      target.focus();
    }
  });
  document.addEventListener("told", function (event) {
    document.getElementById("told").textContent = event.detail.value;
  });

  tell();
})();
