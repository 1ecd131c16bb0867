// A form on its way says so, cannot be sent twice, and is usable again when the reader comes back to it.

const SLOW_AFTER = 1000;
const GIVE_BACK_AFTER = 120_000;
const busy = new Map();

function size(bytes) {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: amount < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(amount);
}

function bytesIn(form) {
  const files = [...form.querySelectorAll('input[type="file"]')].flatMap((input) => [...input.files]);
  return files.reduce((sum, file) => sum + file.size, 0);
}

function tellProgress(form, words, started) {
  const seconds = Math.round((Date.now() - started) / 1000);
  const bytes = bytesIn(form);
  if (seconds >= 5) words.textContent = words.dataset.slow.replace("{seconds}", seconds);
  else if (bytes) words.textContent = words.dataset.files.replace("{size}", size(bytes));
  else words.textContent = words.dataset.sending;
}

function begin(form, button) {
  const words = form.querySelector("[data-sending]");
  const started = Date.now();
  const state = { button, words, content: button && [...button.childNodes], timers: [] };
  busy.set(form, state);
  if (button) {
    button.setAttribute("aria-disabled", "true");
    if (words) button.replaceChildren(words.dataset.sending);
  }
  if (words) {
    const tell = () => tellProgress(form, words, started);
    state.timers.push(setTimeout(tell, SLOW_AFTER), setInterval(tell, 5000));
  }
  state.timers.push(setTimeout(() => giveBack(form), GIVE_BACK_AFTER));
}

function giveBack(form) {
  const { button, words, content, timers } = busy.get(form);
  timers.forEach(clearTimeout);
  if (button) {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...content);
  }
  if (words) words.textContent = "";
  busy.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // Where the answer is a file (data-download), this page stays and would wait for ever.
  if (form.method !== "post" || event.defaultPrevented || "download" in form.dataset) return;
  if (busy.has(form)) event.preventDefault();
  else begin(form, event.submitter);
});

// What a field would still ask is for a page that is being left; and where the form signs in, it would be refused.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (busy.has(event.target.closest("form"))) event.preventDefault();
});

// Back from the next page: the browser may show this one exactly as it was left.
window.addEventListener("pageshow", () => [...busy.keys()].forEach(giveBack));
