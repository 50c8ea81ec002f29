// Keeps what is written in this browser until it is sent, at most seven days: the words in localStorage, the files in
// IndexedDB. `send-done.js` throws it away when the receipt is shown. Without storage nothing is kept and nothing is said.
(function () {
  "use strict";
  const NAME = "innspill-draft";
  const DAYS = 7;
  const FIELDS = ["text", "category", "kind", "place", "latitude", "longitude", "name", "address", "phone", "email",
    "other_way", "other_way_note"];
  const form = document.querySelector("form[data-send]");
  if (!form) {
    return;
  }
  const note = form.querySelector("[data-draft-note]");
  const brought = form.querySelector("[data-draft]");
  const files = form.elements.uploads;
  let stopped = false;

  function read() {
    try {
      const draft = JSON.parse(localStorage.getItem(NAME));
      if (draft && Date.now() - draft.at < DAYS * 24 * 3600 * 1000) {
        return draft;
      }
      if (draft) {
        throwAway();
      }
    } catch {
      // No storage here, or something else's: as if there were no draft.
    }
    return null;
  }

  function write(sent) {
    if (stopped) {
      return;
    }
    const draft = { at: Date.now(), key: form.elements.key.value, sent: Boolean(sent), fields: {}, suggested: [] };
    FIELDS.forEach(function (name) {
      const field = form.elements[name];
      if (field.value) {
        draft.fields[name] = field.value;
      }
      if (field.dataset.suggested) {
        draft.suggested.push(name);
      }
    });
    const something = Object.keys(draft.fields).some((name) => !draft.suggested.includes(name)) || files.files.length > 0;
    try {
      if (something) {
        localStorage.setItem(NAME, JSON.stringify(draft));
      } else {
        localStorage.removeItem(NAME);
      }
      note.hidden = !something;
    } catch {
      note.hidden = true;
    }
  }

  function store(mode, work) {
    return new Promise(function (resolve, reject) {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("files");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = function () {
        const asked = work(opening.result.transaction("files", mode).objectStore("files"));
        asked.onsuccess = function () {
          resolve(asked.result);
          opening.result.close();
        };
        asked.onerror = () => reject(asked.error);
      };
    });
  }

  function keepFiles() {
    return store("readwrite", (kept) => kept.put(Array.from(files.files), "chosen")).catch(function () {});
  }

  function throwAway() {
    try {
      localStorage.removeItem(NAME);
    } catch {
      // Nothing was kept either.
    }
    return store("readwrite", (kept) => kept.clear()).catch(function () {});
  }

  function bringBack(draft) {
    FIELDS.forEach(function (name) {
      const field = form.elements[name];
      if (draft.fields[name] && !field.value) {
        field.value = draft.fields[name];
      }
      if (draft.suggested.includes(name)) {
        field.dataset.suggested = "yes";
      }
      const fold = field.closest("details");
      if (field.value && !field.dataset.suggested) {
        for (let around = fold; around; around = around.parentElement.closest("details")) {
          around.open = true;
        }
      }
    });
    // The same key: what was sent and whose receipt was lost on the way becomes the same card.
    form.elements.key.value = draft.key || form.elements.key.value;
    brought.hidden = note.hidden = false;
    store("readonly", (kept) => kept.get("chosen")).then(function (chosen) {
      if (!chosen || !chosen.length || files.files.length) {
        return;
      }
      const carrier = new DataTransfer();
      chosen.forEach((file) => carrier.items.add(file));
      files.files = carrier.files;
      files.dispatchEvent(new CustomEvent("innspill:brought-back"));
      form.querySelector("[data-draft-files]").hidden = false;
    }).catch(function () {});
  }

  const draft = read();
  if (form.hasAttribute("data-came-back")) {
    // What was sent stands on the page again, and its good files are with the municipality.
    write();
    keepFiles();
  } else if (draft) {
    bringBack(draft);
  }

  form.addEventListener("input", () => write());
  form.addEventListener("change", () => write());
  files.addEventListener("innspill:chosen", function () {
    keepFiles();
    write();
  });
  form.addEventListener("innspill:changed", () => write());
  form.addEventListener("submit", () => write(true));
  form.querySelectorAll("[data-draft-away]").forEach(function (button) {
    button.addEventListener("click", function () {
      stopped = true;
      throwAway().then(() => location.assign(form.action));
    });
  });
})();
