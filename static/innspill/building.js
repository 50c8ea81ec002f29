// The form of a question: the choices stand open where the type has some. Without script one opens them oneself.
(function () {
  "use strict";
  var kind = document.getElementById("id_kind");
  var choices = document.getElementById("choices");
  if (!kind || !choices) {
    return;
  }
  var wanted = choices.dataset.forKinds.split(" ");

  function fit() {
    var has = wanted.indexOf(kind.value) >= 0;
    choices.hidden = !has && !choices.querySelector('[aria-invalid="true"]');
    choices.open = choices.open || has;
  }

  kind.addEventListener("change", fit);
  fit();
})();
