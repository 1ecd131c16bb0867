// Typing narrows the topics at once; without a script, or once a search was sent, the button does it.

const box = document.querySelector("[data-topics]");
const input = box?.querySelector('input[type="search"]');
const most = box?.querySelector("[data-topics-most]");
const none = box?.querySelector("[data-topics-none]");
const status = box?.querySelector("[data-topics-status]");

// The same folding as the server's: case, accents, white space.
function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").trim();
}

function narrow() {
  const words = fold(input.value).split(/\s+/).filter(Boolean);
  const left = new Set();
  if (most) most.hidden = words.length > 0;
  for (const item of box.querySelectorAll("[data-topic]")) {
    item.hidden = !words.every((word) => item.dataset.topic.includes(word));
    if (!item.hidden && !most?.contains(item)) left.add(item);
  }
  for (const group of box.querySelectorAll("[data-topic-group]")) {
    group.hidden = !group.querySelector("[data-topic]:not([hidden])");
  }
  none.hidden = left.size > 0;
  status.textContent = words.length ? `${status.dataset.topicsStatus} ${left.size}` : "";
  return left;
}

if (input && none) {
  input.addEventListener("input", narrow);
  input.form.addEventListener("submit", (event) => {
    const left = narrow();
    if (left.size !== 1) return;
    event.preventDefault();
    left.values().next().value.querySelector("a").click();
  });
  if (input.value) narrow();
}
