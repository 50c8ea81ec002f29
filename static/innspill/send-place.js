// The position of the device when its button is pressed, and a map when that is opened. Neither before.
(function () {
  "use strict";
  const form = document.querySelector("form[data-send]");
  const part = form && form.querySelector("[data-place]");
  if (!part) {
    return;
  }
  const one = (name) => part.querySelector("[data-" + name + "]");
  const [latitude, longitude] = [form.elements.latitude, form.elements.longitude];
  const told = one("place-told");
  const line = one("position");
  const remove = one("position-remove");
  const ask = one("position-ask");
  const mapAsk = one("map-ask");
  const panel = document.getElementById("map-panel");

  function draw(more) {
    const there = latitude.value && longitude.value;
    one("position-words").textContent = there ? latitude.value + ", " + longitude.value : "";
    one("position-more").textContent = there && more ? "(" + more + ")" : "";
    line.hidden = remove.hidden = !there;
  }

  function set(lat, lon, more) {
    latitude.value = lat === null ? "" : lat.toFixed(5);
    longitude.value = lon === null ? "" : lon.toFixed(5);
    draw(more);
    form.dispatchEvent(new CustomEvent("innspill:changed"));
  }

  remove.addEventListener("click", function () {
    set(null, null);
    told.textContent = part.dataset.removed;
    (ask.hidden ? form.elements.place : ask).focus();
  });

  if (navigator.geolocation && window.isSecureContext) {
    ask.hidden = false;
    ask.addEventListener("click", function () {
      told.textContent = part.dataset.asking;
      navigator.geolocation.getCurrentPosition(function (found) {
        const metres = String(Math.max(1, Math.round(found.coords.accuracy)));
        set(found.coords.latitude, found.coords.longitude, part.dataset.within.replace("{metres}", metres));
        told.textContent = part.dataset.found;
      }, function (error) {
        told.textContent = error.code === error.PERMISSION_DENIED ? part.dataset.refused : part.dataset.unavailable;
      }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
    });
  }
  one("place-buttons").hidden = ask.hidden && !mapAsk;
  draw();
  if (!panel) {
    return;
  }

  function load() {
    return new Promise(function (resolve, reject) {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = panel.dataset.mapStyle;
      const script = document.createElement("script");
      script.src = panel.dataset.mapScript;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(style, script);
    });
  }

  mapAsk.addEventListener("click", function () {
    panel.hidden = !panel.hidden;
    mapAsk.setAttribute("aria-expanded", String(!panel.hidden));
  });

  one("map-open").addEventListener("click", function () {
    load().then(function () {
      one("map-note").hidden = true;
      one("map-shown").hidden = false;
      const start = panel.dataset.start.split(",").map(Number);
      const known = latitude.value && longitude.value;
      const map = window.L.map(one("map"), { zoomControl: false }).setView(
        known ? [Number(latitude.value), Number(longitude.value)] : start.slice(0, 2), known ? 16 : start[2]);
      window.L.control.zoom({ zoomInTitle: panel.dataset.in, zoomOutTitle: panel.dataset.out }).addTo(map);
      map.attributionControl.setPrefix(false);
      const words = document.createElement("span");
      words.textContent = panel.dataset.attribution;
      window.L.tileLayer(panel.dataset.tiles, { attribution: words.innerHTML, maxZoom: 19 }).addTo(map);
      map.on("click", (event) => map.panTo(event.latlng));
      one("map-use").addEventListener("click", function () {
        const middle = map.getCenter().wrap();
        set(middle.lat, middle.lng);
        told.textContent = part.dataset.found;
        panel.hidden = true;
        mapAsk.setAttribute("aria-expanded", "false");
        mapAsk.focus();
      });
      one("map").focus();
    }).catch(function () {
      told.textContent = panel.dataset.failed;
    });
  });
})();
