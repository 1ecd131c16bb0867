// One-letter shortcuts on the desk. They rest while somebody types, and can be switched off for good.

const OFF = "shortcuts-off";
const dialog = document.querySelector("#shortcuts");
const toggle = dialog.querySelector("[data-shortcuts-toggle]");

function remembered() {
  try {
    return window.localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function remember(off) {
  try {
    if (off) window.localStorage.setItem(OFF, "1");
    else window.localStorage.removeItem(OFF);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row.classList.contains("row--chosen"));
  const started = rows[here]?.contains(document.activeElement);
  const next = started ? here + step : Math.max(here, 0);
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.querySelector("a").focus();
}

function write(mode) {
  const form = document.querySelector("[data-reply]");
  const chosen = document.querySelector(".row--chosen a");
  if (form) {
    form.querySelector(`[name="mode"][value="${mode}"]`).checked = true;
    form.querySelector("textarea").focus();
  } else if (chosen) {
    window.location.assign(`${chosen.href}#reply`);
  }
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  r: () => write("reply"),
  n: () => write("note"),
  u: () => document.querySelector("[data-back]")?.click(),
  "/": () => document.querySelector("#search")?.select(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || dialog.open) return;
  if (!keys[event.key] || (!toggle.checked && event.key !== "?")) return;
  event.preventDefault();
  keys[event.key]();
});

toggle.checked = !remembered();
toggle.addEventListener("change", () => remember(!toggle.checked));
document.querySelector("[data-shortcuts]")?.addEventListener("click", () => dialog.showModal());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
