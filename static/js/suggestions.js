// While somebody writes, what is known about it is shown below the subject: asked for when they pause, said once to
// those who listen, and put away by Esc or its button for as long as the page is open.

const PAUSE = 600;
const ENOUGH = 2;

const root = document.querySelector("[data-suggestions]");
const form = root.closest("form");
const fields = [form.elements.namedItem("subject"), form.elements.namedItem("body")].filter(Boolean);
const hide = root.querySelector("[data-suggestions-hide]");
const status = root.querySelector("[data-suggestions-status]");
const shown = () => root.querySelectorAll("[data-suggestion]").length > 0;
let waiting;
let asked = "";
let told = false;

function written() {
  return fields.map((field) => field.value.trim()).join("\n");
}

function ask() {
  const words = written();
  if (root.hidden || words === asked || (words.match(/[\p{L}\p{N}]{3,}/gu) ?? []).length < ENOUGH) return;
  asked = words;
  window.htmx?.trigger(root, "suggest");
}

function tell() {
  hide.hidden = !shown();
  if (told || !shown()) return;
  told = true;
  status.textContent = status.dataset.suggestionsStatus;
}

function putAway() {
  clearTimeout(waiting);
  if (root.contains(document.activeElement)) fields[0].focus();
  root.hidden = true;
}

for (const field of fields) {
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
}

// Whoever has reached one of them keeps it.
root.addEventListener("htmx:beforeSwap", (event) => {
  if (root.contains(document.activeElement)) event.detail.shouldSwap = false;
});
root.addEventListener("htmx:afterSwap", tell);
hide.addEventListener("click", putAway);
form.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !root.hidden && shown()) putAway();
});
hide.hidden = !shown();
document.addEventListener("DOMContentLoaded", ask);  // what the form begins with; htmx listens by then
