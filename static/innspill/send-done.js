// The receipt is here: the draft that was sent is needed no more. A draft that was begun since stays.
(function () {
  "use strict";
  const NAME = "innspill-draft";
  try {
    const draft = JSON.parse(localStorage.getItem(NAME));
    if (draft && draft.sent) {
      localStorage.removeItem(NAME);
      indexedDB.deleteDatabase(NAME);
    }
  } catch {
    // No storage here: nothing was kept.
  }
})();
