// The send page: says what is promised as the contact details are filled in, and holds a message back while there is no net.
(function () {
  "use strict";
  const AGAIN = 10000;
  const PATIENCE = 5000;
  const form = document.querySelector("form[data-send]");
  if (!form) {
    return;
  }
  const one = (name) => form.querySelector("[data-" + name + "]");
  const value = (name) => form.elements[name].value.trim();

  // --- What is promised ---
  const box = one("promise");
  const openedOffline = form.hasAttribute("data-opened-offline");
  const needed = Array.from(form.querySelectorAll("[data-needed]"));
  const joined = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });

  function promise() {
    const lacking = needed.filter((item) => !value(item.dataset.needed)).map((item) => item.textContent);
    const otherwise = Boolean(value("other_way"));
    const chosen = form.elements.category.selectedOptions[0];
    const day = (chosen && chosen.dataset.day) || box.dataset.day;
    one("lacking").hidden = otherwise || !lacking.length;
    one("owed").hidden = otherwise || lacking.length > 0;
    one("owed-otherwise").hidden = !otherwise;
    if (lacking.length) {
      one("lacking-what").textContent = joined.format(lacking);
    }
    box.querySelectorAll("[data-promise-day]").forEach(function (place) {
      if (place.textContent !== day) {
        place.textContent = day;
      }
    });
  }
  // A page that was kept for the time without a net promises no day: its days would be those of when it was kept.
  if (box) {
    form.addEventListener("input", promise);
    form.addEventListener("change", promise);
    promise();
  }

  // --- Sending ---
  let passing = false, looking = false, waiting = false;

  function reachable() {
    if (navigator.onLine === false) {
      return Promise.resolve(false);
    }
    const options = { cache: "no-store" };
    if (window.AbortSignal && AbortSignal.timeout) {
      options.signal = AbortSignal.timeout(PATIENCE);
    }
    if (openedOffline) {
      return fetch(form.action, options).then(borrow).catch(() => false);
    }
    // Any answer at all will do: the way is open.
    return fetch(form.dataset.alive, options).then(() => true, () => false);
  }

  // The kept page has neither the token nor the key that make a message welcome, and welcome once: a fresh one lends its own.
  function borrow(answer) {
    return answer.text().then(function (text) {
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("form[data-send]");
      if (!fresh) {
        return false;
      }
      form.elements.csrfmiddlewaretoken.value = fresh.elements.csrfmiddlewaretoken.value;
      form.elements.key.value = form.elements.key.value || fresh.elements.key.value;
      return true;
    });
  }

  function show() {
    one("waiting").hidden = !waiting;
    one("offline").hidden = openedOffline || waiting || navigator.onLine !== false;
  }

  function send() {
    if (looking) {
      return;
    }
    looking = true;
    const first = !waiting;
    reachable().then(function (open) {
      looking = false;
      if (open && (first || waiting)) {
        waiting = false;
        passing = true;
        if (form.requestSubmit) {
          form.requestSubmit();
        } else {
          form.submit();
        }
        passing = false;
      } else if (first) {
        waiting = true;
      }
      show();
    });
  }

  form.addEventListener("submit", function (event) {
    if (!passing) {
      event.preventDefault();
      event.stopPropagation();
      send();
    }
  });
  one("wait-no-more").addEventListener("click", function () {
    waiting = false;
    show();
    form.querySelector("[type=submit]").focus();
  });
  window.addEventListener("online", function () {
    show();
    if (waiting) {
      send();
    }
  });
  window.addEventListener("offline", show);
  setInterval(function () {
    if (waiting) {
      send();
    }
  }, AGAIN);
  show();
})();
