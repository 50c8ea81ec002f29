// Typing in a paper: a digit answers the question that has the focus and goes on to the next one.
(function () {
  "use strict";
  var form = document.querySelector("form[data-typing]");
  if (!form) {
    return;
  }
  var save = form.querySelector("[data-save]");
  var said = form.querySelector("[data-said]");

  function fieldsOf(question) {
    return Array.from(question.querySelectorAll("input, select, textarea"));
  }

  function enter(question) {
    var fields = fieldsOf(question);
    var to = fields.find(function (field) { return field.checked; }) || fields[0];
    to.focus({ preventScroll: true });
    question.scrollIntoView({ block: "nearest" });
  }

  // Questions that are not asked after these answers are hidden by survey.js, and left out here.
  function go(question, by) {
    var every = Array.from(form.querySelectorAll(".survey__question:not([hidden])"));
    var to = every[every.indexOf(question) + by];
    if (to) {
      enter(to);
    } else if (by > 0) {
      save.focus();
    }
  }

  function changed(field) {
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function clear(question) {
    fieldsOf(question).forEach(function (field) {
      if (field.tagName === "SELECT") {
        field.value = "";
      } else {
        field.checked = false;
      }
      changed(field);
    });
  }

  function rank(question, place) {
    var lists = Array.from(question.querySelectorAll("select"));
    var option = lists[0].options[place];
    if (!option) {
      return false;
    }
    var there = lists.find(function (list) { return list.value === option.value; });
    var to = there || lists.find(function (list) { return !list.value; });
    if (!to) {
      return false;
    }
    to.value = there ? "" : option.value;
    changed(to);
    var open = lists.find(function (list) { return !list.value; });
    if (open) {
      open.focus();
    } else {
      go(question, 1);
    }
    return true;
  }

  // Answer in place 1, 2, …; 0 is «don't know». False where there is no such place.
  function answer(question, place) {
    var boxes = Array.from(question.querySelectorAll("input:not([data-alone])"));
    var unknown = question.querySelector("input[data-alone]");
    if (place > 0 && question.querySelector("select")) {
      return rank(question, place);
    }
    var box = place === 0 ? unknown : boxes[place - 1];
    if (!box) {
      return false;
    }
    box.click();
    box.focus();
    if (box.type === "radio" || (place === 0 && box.checked)) {
      go(question, 1);
    }
    return true;
  }

  // 1–9, and a, b, c … for the tenth and later.
  function placeOf(key) {
    if (/^[0-9]$/.test(key)) {
      return Number(key);
    }
    return /^[a-z]$/i.test(key) ? key.toLowerCase().charCodeAt(0) - 87 : -1;
  }

  // A closed list does not show in which place a choice stands.
  form.querySelectorAll(".survey__places select").forEach(function (list) {
    Array.from(list.options).slice(1).forEach(function (option, number) {
      option.textContent = (number < 9 ? number + 1 : String.fromCharCode(88 + number)) + " " + option.textContent;
    });
  });

  form.addEventListener("keydown", function (event) {
    var question = event.target.closest(".survey__question");
    if (!question || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    var isText = event.target.tagName === "TEXTAREA";
    var isList = event.target.tagName === "SELECT";
    var place = isText ? -1 : placeOf(event.key);
    said.textContent = "";
    if (event.key === "Enter" && !(isText && event.shiftKey)) {
      go(question, event.shiftKey ? -1 : 1);
    } else if (event.key === "ArrowDown" && !isText && !isList) {
      go(question, 1);
    } else if (event.key === "ArrowUp" && !isText && !isList) {
      go(question, -1);
    } else if ((event.key === "Backspace" || event.key === "Delete") && !isText) {
      clear(question);
    } else if (place >= 0) {
      if (!answer(question, place)) {
        said.textContent = said.dataset.noSuch;
      }
    } else {
      return;
    }
    event.preventDefault();
  });

  document.querySelector("[data-keys]").hidden = false;
  if (!document.querySelector(".ds-error-summary")) {
    enter(form.querySelector(".survey__question"));
  }
})();
