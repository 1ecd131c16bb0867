// A reply that can still be taken back says how long, and when it cannot any more.

for (const pending of document.querySelectorAll("[data-pending]")) {
  const words = pending.querySelector("[data-words]");
  const ends = Date.now() + Number(pending.dataset.pending) * 1000;

  function tell() {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds > 0) {
      words.textContent = words.dataset.words.replace("{seconds}", seconds);
      return;
    }
    clearInterval(timer);
    words.textContent = words.dataset.sent;
    pending.querySelector("form")?.remove();
  }

  const timer = setInterval(tell, 1000);
}
