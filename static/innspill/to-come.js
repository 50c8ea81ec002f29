// The form of a step under «More» comes when the step is opened. Where it does not come, a sentence says so beside the link
// that leads to it.
(function () {
  "use strict";

  function placeOf(event) {
    return event.target.closest && event.target.closest("[data-to-come]");
  }

  function fault(event) {
    var place = placeOf(event);
    if (place && !place.querySelector("[role=alert]")) {
      place.prepend(document.getElementById("not-come").content.cloneNode(true));
    }
  }
  document.addEventListener("htmx:responseError", fault);
  document.addEventListener("htmx:sendError", fault);

  // Whoever stands on the link when the form comes after all goes on from the step, not from the top of the page.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var place = placeOf(event);
    if (place && event.detail.shouldSwap && place.contains(document.activeElement)) {
      place.closest("details").querySelector("summary").focus();
    }
  });
})();
