// Put a service message away without leaving the page, so that what is being written stays.

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target.closest("[data-dismissal]");
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const message = form.parentElement;
    const banner = message.parentElement;
    const body = new FormData(form);
    body.set("quietly", "1");
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) return;
    message.remove();
    const rest = banner.querySelector("[data-dismissal] button");
    if (rest) return rest.focus();
    banner.remove();
    document.getElementById("main").focus({ preventScroll: true });
  },
  { capture: true },
);
