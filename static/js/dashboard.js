// The figures are fetched again every half minute. Who is reading or doing something meanwhile is not disturbed: tables
// stay open and where they were scrolled, the focus stays (htmx finds it by its id), and nothing is replaced while a
// menu is open or something is being typed.

const root = document.querySelector("[data-dashboard]");
let opened = [];
let scrolled = [];

function busy(board) {
  const typing = document.activeElement?.matches?.("input, select, textarea") && board.contains(document.activeElement);
  return typing || board.querySelector("[data-menu][open], dialog[open]") || !document.getSelection().isCollapsed;
}

root.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "board" && (document.hidden || busy(event.target))) event.preventDefault();
});

// Signed out meanwhile, or no lead any more: what comes is another page, and the whole window goes there.
root.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id !== "board") return;
  if (!event.detail.xhr.responseText.includes('id="board"')) {
    event.detail.shouldSwap = false;
    if (!event.detail.isError) window.location.reload();
    return;
  }
  if (busy(event.target)) {
    event.detail.shouldSwap = false;
    return;
  }
  opened = [...event.target.querySelectorAll("details[id][open]")].map((details) => details.id);
  scrolled = [...event.target.querySelectorAll(".chart__scroll[id]")].map((box) => [box.id, box.scrollLeft, box.scrollTop]);
});

// Nobody looked meanwhile, so nothing was fetched: what is old now is not shown for long.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) window.htmx?.trigger("#board", "refresh");
});

root.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, left, top] of scrolled) document.getElementById(id)?.scrollTo(left, top);
});
