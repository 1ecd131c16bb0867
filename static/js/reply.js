// The reply box: Ctrl+Enter sends with the first button in sight, and a link to the box puts the cursor into it.

const form = document.querySelector("[data-reply]");
const text = form.querySelector("textarea");

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const button = [...form.querySelectorAll('button[type="submit"]')].find((candidate) => candidate.offsetParent);
  form.requestSubmit(button);
});

for (const mode of form.querySelectorAll('[name="mode"]')) {
  mode.addEventListener("change", () => text.focus());
}

function enter() {
  if (window.location.hash === "#reply") text.focus();
}

window.addEventListener("hashchange", enter);
enter();
