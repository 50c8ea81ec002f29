/* The grid of figures: arrows and Enter go from cell to cell, and a block copied from a spreadsheet fills the cells below. */
(() => {
  "use strict";
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input[type=text]")]);
  const place = (field) => {
    const row = rows.findIndex((cells) => cells.includes(field));
    return [row, row < 0 ? -1 : rows[row].indexOf(field)];
  };
  const go = (row, column) => {
    const field = rows[row]?.[column];
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  };
  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = place(event.target);
    if (row < 0) return;
    const field = event.target;
    const atStart = field.selectionStart === 0 && (field.selectionEnd === 0 || field.selectionEnd === field.value.length);
    const atEnd = field.selectionEnd === field.value.length && (field.selectionStart === field.value.length || field.selectionStart === 0);
    const moved =
      event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey) ? go(row + 1, column)
      : event.key === "ArrowUp" || event.key === "Enter" ? go(row - 1, column)
      : event.key === "ArrowLeft" && atStart ? go(row, column - 1)
      : event.key === "ArrowRight" && atEnd ? go(row, column + 1)
      : false;
    if (moved) event.preventDefault();
  });
  grid.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const [row, column] = place(event.target);
    if (row < 0 || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    text.replace(/[\r\n]+$/, "").split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const field = rows[row + down]?.[column + right];
        if (field) field.value = value.trim();
      });
    });
  });
})();
