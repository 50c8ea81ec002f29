// Registering by keyboard: short cuts, the scan beside the form, and the details of somebody who wrote before.
// Everything works without it: the form is sent as a whole, and the server does the looking up.
(function () {
  "use strict";

  function form() {
    return document.getElementById("registering");
  }

  function part(selector) {
    return form().querySelector(selector);
  }

  function begin() {
    part("[data-keys]").hidden = false;
    part("[data-drop]").hidden = document.getElementById("id_uploads").files.length > 0;
  }

  // --- Save -------------------------------------------------------------------------------------------------------

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form().contains(event.target)) {
      event.preventDefault();
      part(event.shiftKey ? "[data-save-same]" : "[data-save]").click();
    }
  });

  // What the server refuses comes back as 422 with the sentences: it is shown in place, and the scan stays.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target.id === "registering" && event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id === "registering") {
      begin();
      var wrong = document.getElementById("id_uploads_error");
      var input = document.getElementById("id_uploads");
      input.setAttribute("aria-describedby", "id_uploads_helptext" + (wrong ? " id_uploads_error" : ""));
      input.toggleAttribute("aria-invalid", false);
      if (wrong) {
        input.setAttribute("aria-invalid", "true");
      }
    }
  });

  function unsent(event) {
    if (event.detail.elt.id === "registering") {
      var said = part("[data-unsent]");
      said.hidden = false;
      said.scrollIntoView({ block: "nearest" });
    }
  }
  document.addEventListener("htmx:sendError", unsent);
  document.addEventListener("htmx:timeout", unsent);
  document.addEventListener("htmx:responseError", unsent);
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.elt.id === "registering") {
      part("[data-unsent]").hidden = true;
    }
  });

  // --- What is known already: where it goes, who wrote before, which addresses begin so ---------------------------

  var waiting = 0;
  var asking = null;

  function lookUp() {
    var asked = new FormData(form());
    asked.delete("uploads");
    if (asking) {
      asking.abort();
    }
    asking = new AbortController();
    fetch(part("[data-look-up]").dataset.lookUp, { method: "POST", body: asked, signal: asking.signal, redirect: "error" })
      .then(function (answer) {
        return answer.ok ? answer.text() : "";
      })
      .then(tell)
      .catch(function () {
        // Nothing is known then; the form does its work all the same.
      });
  }

  function tell(html) {
    new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-for]").forEach(function (news) {
      var place = document.getElementById(news.dataset.for);
      // What says the same as before is not drawn again: nobody hears it twice, and focus stays.
      if (!place || place.told === news.innerHTML) {
        return;
      }
      place.told = news.innerHTML;
      var focused = place.contains(document.activeElement) ? document.activeElement.id : null;
      place.replaceChildren.apply(place, Array.from(news.childNodes));
      if (focused !== null) {
        (document.getElementById(focused) || document.getElementById("id_phone")).focus();
      }
    });
  }

  document.addEventListener("input", function (event) {
    if (form().contains(event.target) && event.target.type !== "file") {
      clearTimeout(waiting);
      waiting = setTimeout(lookUp, 300);
    }
  });

  document.addEventListener("submit", function () {
    clearTimeout(waiting);
    if (asking) {
      asking.abort();
    }
  });

  // --- Somebody who wrote before ----------------------------------------------------------------------------------

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-use]");
    if (!button) {
      return;
    }
    event.preventDefault();
    ["name", "address", "phone", "email", "language"].forEach(function (name) {
      document.getElementById("id_" + name).value = button.dataset[name];
    });
    var last = document.getElementById("id_email");
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- The scan ---------------------------------------------------------------------------------------------------

  var addresses = [];

  function add(files) {
    var input = document.getElementById("id_uploads");
    var all = new DataTransfer();
    Array.from(input.files).concat(Array.from(files)).forEach(function (file) {
      all.items.add(file);
    });
    input.files = all.files;
    show();
  }

  function remove(gone) {
    var input = document.getElementById("id_uploads");
    var left = new DataTransfer();
    Array.from(input.files).forEach(function (file, number) {
      if (number !== gone) {
        left.items.add(file);
      }
    });
    input.files = left.files;
    show();
    input.focus();
  }

  function show() {
    var place = part("[data-shown]");
    var words = part("[data-scan]").dataset;
    addresses.forEach(URL.revokeObjectURL);
    addresses = [];
    place.replaceChildren();
    Array.from(document.getElementById("id_uploads").files).forEach(function (file, number) {
      var address = URL.createObjectURL(file);
      addresses.push(address);
      place.append(shown(file, address, number, words));
    });
    part("[data-drop]").hidden = addresses.length > 0;
  }

  function shown(file, address, number, words) {
    var figure = document.createElement("figure");
    figure.className = "scan-shown stack-tight";
    var caption = document.createElement("figcaption");
    var name = document.createElement("a");
    name.className = "ds-link";
    name.href = address;
    name.target = "_blank";
    name.textContent = file.name;
    name.title = words.open;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset.variant = "tertiary";
    button.textContent = words.remove;
    var what = document.createElement("span");
    what.className = "ds-sr-only";
    what.textContent = ": " + file.name;
    button.append(what);
    button.addEventListener("click", function () {
      remove(number);
    });
    caption.append(name, " ", size(file.size), button);
    figure.append(caption);
    figure.append(file.type === "application/pdf" ? framed(file, address) : pictured(file, address, words));
    return figure;
  }

  function framed(file, address) {
    var frame = document.createElement("iframe");
    frame.src = address + "#navpanes=0";
    frame.title = file.name;
    return frame;
  }

  function pictured(file, address, words) {
    var picture = document.createElement("img");
    picture.alt = file.name;
    picture.addEventListener("error", function () {
      var said = document.createElement("p"); // HEIC and the like
      said.className = "subtle";
      said.textContent = words.unseen;
      picture.replaceWith(said);
    });
    picture.src = address;
    return picture;
  }

  function size(bytes) {
    return bytes < 1e6 ? Math.ceil(bytes / 1e3) + " kB" : (bytes / 1e6).toFixed(1) + " MB";
  }

  document.addEventListener("change", function (event) {
    if (event.target.id === "id_uploads") {
      show();
    }
  });

  document.addEventListener("paste", function (event) {
    if (event.clipboardData && event.clipboardData.files.length) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  });

  function carriesFiles(event) {
    return event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  }

  document.addEventListener("dragover", function (event) {
    if (carriesFiles(event)) {
      event.preventDefault();
      form().setAttribute("data-dropping", "");
    }
  });
  document.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) {
      form().removeAttribute("data-dropping");
    }
  });
  document.addEventListener("drop", function (event) {
    form().removeAttribute("data-dropping");
    if (carriesFiles(event)) {
      event.preventDefault();
      add(event.dataTransfer.files);
    }
  });

  begin();
  if (document.getElementById("id_uploads").files.length) {
    show();
  }
})();
