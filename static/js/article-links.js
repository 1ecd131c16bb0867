// Puts the address of an article that was found where the cursor stands in the reply.

const text = document.querySelector("[data-reply] textarea");
const box = document.querySelector("[data-article-links]");
const status = box.querySelector('[role="status"]');

box.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const before = text.value.slice(0, text.selectionStart);
  const gap = before && !/\s$/.test(before) ? " " : "";
  text.setRangeText(gap + button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
  status.textContent = status.dataset.done;
});
