// The code behind «#» in the letter's address never leaves the browser but by the form: put it there, and go on.
(function () {
  "use strict";
  var code = decodeURIComponent(location.hash.slice(1));
  var form = document.getElementById("code-form");
  var field = form && form.querySelector("[name=code]");
  if (!code || !field || field.value) {
    return;
  }
  history.replaceState(null, "", location.pathname);
  field.value = code;
  form.submit();
})();
