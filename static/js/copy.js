// A button that copies the address beside it. Without a script the address is selected and copied by hand.

for (const box of document.querySelectorAll("[data-copy]")) {
  const input = box.querySelector("input");
  const button = box.querySelector("button");
  const word = button.textContent;
  input.addEventListener("focus", () => input.select());
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = word), 2000);
  });
}
