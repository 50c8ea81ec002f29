// After a pause in typing: what the message seems to be about. What the writer chose is never touched, and what is
// suggested stands in the form only while it stands on the page.
(function () {
  "use strict";
  const PAUSE = 700;
  const SHORTEST = 8;
  const LONGEST = 4000;
  const form = document.querySelector("form[data-send]");
  const about = form && form.querySelector("[data-suggest]");
  if (!about) {
    return;
  }
  const line = about.querySelector("[data-suggestion]");
  const change = about.querySelector("[data-suggestion-change]");
  const fold = about.querySelector("details");
  const selects = [form.elements.category, form.elements.kind];
  let timer, asked = 0, over = false, ours = false;

  function chosen(select) {
    return Boolean(select.value) && !select.dataset.suggested;
  }

  function show() {
    const words = selects.filter((select) => select.value && select.dataset.suggested)
      .map((select) => select.selectedOptions[0].text).join(" · ");
    const told = words ? line.dataset.words + " " + words : "";
    if (line.textContent !== told) {
      line.textContent = told;
    }
    change.hidden = !words;
    // «Change» opens the choices: one way there is enough.
    fold.hidden = Boolean(words) && !fold.open;
  }

  function offer(select, value) {
    if (chosen(select) || select.dataset.decided) {
      return;
    }
    const there = value && Array.from(select.options).some((option) => option.value === value);
    select.value = there ? value : "";
    if (there) {
      select.dataset.suggested = "yes";
    } else {
      delete select.dataset.suggested;
    }
  }

  function ask() {
    const text = form.elements.text.value.trim();
    const mine = ++asked;
    if (over || text.length < SHORTEST || selects.every((select) => chosen(select) || select.dataset.decided)) {
      return;
    }
    fetch(about.dataset.suggest, {
      method: "POST",
      body: new URLSearchParams({ text: text.slice(0, LONGEST) }),
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    }).then(function (answer) {
      over = answer.status === 429;
      return answer.ok ? answer.json() : null;
    }).then(function (found) {
      if (!found || mine !== asked) {
        return;
      }
      offer(selects[0], found.category);
      offer(selects[1], found.kind);
      show();
      ours = true;
      selects[0].dispatchEvent(new Event("change", { bubbles: true }));
      ours = false;
    }).catch(function () {});
  }

  form.elements.text.addEventListener("input", function () {
    clearTimeout(timer);
    if (navigator.onLine !== false) {
      timer = setTimeout(ask, PAUSE);
    }
  });
  selects.forEach(function (select) {
    select.addEventListener("change", function () {
      if (!ours) {
        delete select.dataset.suggested;
        select.dataset.decided = "yes";
        show();
      }
    });
  });
  change.addEventListener("click", function () {
    fold.hidden = false;
    fold.open = true;
    selects[0].focus();
  });
  show();
})();
