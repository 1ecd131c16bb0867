// "Show" beside a password shows what was typed, and hides it again before it is sent.

for (const row of document.querySelectorAll("[data-reveal]")) {
  const input = row.querySelector("input");
  const button = row.querySelector("button");
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  set(false);
  button.addEventListener("click", () => set(input.type === "password"));
  input.form.addEventListener("submit", () => set(false));
}
