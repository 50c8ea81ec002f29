// Pictures are chosen one at a time on a phone: what is chosen comes to what was there, is shown, and can be taken out again.
// Without script the browser's own field holds the last choice.
(function () {
  "use strict";
  const SIDE = 112;

  function gather(list) {
    const input = document.getElementById(list.dataset.chosen);
    const told = list.nextElementSibling;
    let kept = [];

    function picture(file) {
      const shown = document.createElement(file.type.startsWith("image/") ? "canvas" : "span");
      shown.className = "file-list__picture";
      shown.setAttribute("aria-hidden", "true");
      if (shown.tagName === "SPAN") {
        shown.textContent = "PDF";
        return shown;
      }
      shown.width = shown.height = SIDE;
      createImageBitmap(file).then(function (drawn) {
        const side = Math.min(drawn.width, drawn.height);
        shown.getContext("2d").drawImage(drawn, (drawn.width - side) / 2, (drawn.height - side) / 2, side, side,
          0, 0, SIDE, SIDE);
        drawn.close();
      }).catch(function () {}); // a kind that this browser cannot draw: the server can
      return shown;
    }

    function line(file) {
      const [item, name, remove, of] = ["li", "span", "button", "span"].map((tag) => document.createElement(tag));
      name.className = "file-list__name";
      name.textContent = file.name;
      remove.className = "link-button";
      remove.type = "button";
      of.className = "ds-sr-only";
      of.textContent = " " + file.name;
      remove.append(list.dataset.remove, of);
      remove.addEventListener("click", function () {
        const place = kept.indexOf(file);
        set(kept.filter((one) => one !== file));
        (list.querySelectorAll("button")[Math.min(place, kept.length - 1)] || input).focus();
      });
      item.append(picture(file), name, remove);
      return item;
    }

    function show() {
      list.replaceChildren(...kept.map(line));
      list.hidden = !kept.length;
      told.textContent = kept.length ? list.dataset.told + " " + kept.length : "";
    }

    function set(files) {
      const carrier = new DataTransfer();
      files.forEach((file) => carrier.items.add(file));
      input.files = carrier.files;
      kept = Array.from(input.files);
      show();
      input.dispatchEvent(new CustomEvent("innspill:chosen"));
    }

    function same(one, other) {
      return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
    }

    input.addEventListener("change", function () {
      const chosen = Array.from(input.files);
      set(chosen.length ? [...kept.filter((one) => !chosen.some((other) => same(one, other))), ...chosen] : []);
    });
    input.addEventListener("innspill:brought-back", function () {
      kept = Array.from(input.files);
      show();
    });
    kept = Array.from(input.files);
    show();
  }

  document.querySelectorAll("[data-chosen]").forEach(gather);
})();
