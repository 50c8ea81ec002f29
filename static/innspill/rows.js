// Cards worked on in rows: the focus goes on to the next card, and after 1–3 the form asks why and what instead.
(function () {
  "use strict";

  function asksWhy(part) {
    var chosen = part.querySelector('input[name="callback-reaction"]:checked');
    var unhappy = chosen !== null && /^[123]$/.test(chosen.value);
    part.querySelectorAll("[data-when-unhappy]").forEach(function (block) {
      // What came back with an error or was typed stays in sight.
      var filled = block.querySelector('[aria-invalid="true"], input:checked') || Array.from(block.querySelectorAll("textarea")).some(function (field) { return field.value; });
      block.hidden = !unhappy && !filled;
    });
  }

  function prepare(root) {
    root.querySelectorAll("form").forEach(function (form) {
      if (form.querySelector("[data-when-unhappy]")) {
        asksWhy(form);
      }
    });
  }

  document.addEventListener("change", function (event) {
    if (event.target.name === "callback-reaction") {
      asksWhy(event.target.form);
    }
  });

  function goOn(row) {
    var next = row.nextElementSibling;
    while (next && next.hasAttribute("data-done")) {
      next = next.nextElementSibling;
    }
    var target = next && next.querySelector(".ring__headline a");
    if (target) {
      target.focus();
    }
  }

  document.addEventListener("htmx:afterSettle", function (event) {
    var row = event.detail.elt;
    prepare(document);
    if (row && row.matches && row.matches(".ring[data-done]")) {
      goOn(row);
    }
  });

  function fault() {
    var said = document.getElementById("rows-fault");
    if (said) {
      said.hidden = false;
      said.scrollIntoView({ block: "center" });
    }
  }
  document.addEventListener("htmx:responseError", fault);
  document.addEventListener("htmx:sendError", fault);

  prepare(document);
})();
