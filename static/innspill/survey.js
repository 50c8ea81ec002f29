// A question that another answer on the page decides on is shown when it is asked; «don't know» stands alone.
(function () {
  "use strict";
  var form = document.getElementById("survey-form");
  if (!form) {
    return;
  }
  function given(name) {
    return Array.from(form.querySelectorAll("[name='" + name + "']:checked, select[name^='" + name + ".']"))
      .filter(function (one) { return !one.closest("[data-depends-on][hidden]"); })  // not asked, so not answered
      .map(function (one) { return one.value; });
  }
  function show() {
    form.querySelectorAll("[data-depends-on]").forEach(function (question) {
      var wanted = question.dataset.withValues.split(" ");
      question.hidden = !given(question.dataset.dependsOn).some(function (value) { return wanted.includes(value); });
    });
  }
  function keepAlone(changed) {
    var question = changed.closest("fieldset");
    if (!question || (changed.type !== "checkbox" && changed.tagName !== "SELECT")) {
      return;
    }
    var alone = changed.hasAttribute("data-alone");
    if (alone ? !changed.checked : changed.type === "checkbox" ? !changed.checked : !changed.value) {
      return;
    }
    question.querySelectorAll("input[type=checkbox], select").forEach(function (other) {
      if (other === changed || (!alone && !other.hasAttribute("data-alone"))) {
        return;
      }
      if (other.tagName === "SELECT") {
        other.value = "";
      } else {
        other.checked = false;
      }
    });
  }
  form.querySelectorAll(".survey__only-if").forEach(function (words) { words.hidden = true; });
  form.addEventListener("change", function (event) {
    keepAlone(event.target);
    show();
  });
  show();

  // One press is one sending; back from the next page it can be sent again.
  form.addEventListener("submit", function (event) {
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () { delete form.dataset.sent; });
})();
