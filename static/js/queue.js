// From 1200 px the chosen line of the queue is shown in the pane on the right. The subject stays an ordinary link.

const wide = window.matchMedia("(width >= 75rem)");
const queue = document.querySelector("[data-queue]");
const rows = [...document.querySelectorAll("[data-row]")];
let waiting;

function choose(row) {
  if (!row || row.classList.contains("row--chosen")) return;
  rows.forEach((other) => other.classList.toggle("row--chosen", other === row));
  clearTimeout(waiting);
  if (wide.matches) waiting = setTimeout(() => window.htmx?.trigger(row, "preview"), 120);
}

queue?.addEventListener("focusin", (event) => choose(event.target.closest("[data-row]")));

queue?.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || event.target.closest("a, button") || !wide.matches) return;
  choose(row);
  row.querySelector("a").focus({ preventScroll: true });
});

queue?.addEventListener("dblclick", (event) => {
  if (wide.matches) event.target.closest("[data-row]")?.querySelector("a").click();
});

if (wide.matches) choose(rows[0]);

// Signed out meanwhile: the answer is the sign-in page, which belongs to the whole window.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { pathname } = new URL(event.detail.xhr.responseURL, window.location.href);
  if (event.detail.isError || pathname.endsWith("/preview/")) return;
  event.detail.shouldSwap = false;
  event.detail.requestConfig.elt.querySelector("a").click();
});

for (const trouble of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(trouble, (event) => {
    event.detail.target.textContent = event.detail.target.dataset.trouble;
  });
}
