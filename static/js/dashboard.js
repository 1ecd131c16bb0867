// The figures are fetched again every half minute. Who is reading or doing something meanwhile is not disturbed: tables
// stay open and where they were scrolled, focus and page stay where they are, and nothing is replaced while a menu is
// open or something is being typed.

const root = document.querySelector("[data-dashboard]");
let kept;

function busy(board) {
  const typing = document.activeElement?.matches?.("input, select, textarea") && board.contains(document.activeElement);
  return typing || board.querySelector("[data-menu][open], dialog[open]") || !document.getSelection().isCollapsed;
}

root.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "board" && (document.hidden || busy(event.target))) event.preventDefault();
});

// Signed out meanwhile, or no lead any more: what comes is another page, and the whole window goes there.
root.addEventListener("htmx:beforeSwap", (event) => {
  const board = event.target;
  if (board.id !== "board") return;
  const isBoard = event.detail.xhr.responseText.includes('id="board"');
  if (!isBoard && !event.detail.isError) window.location.reload();
  if (!isBoard || busy(board)) {
    event.detail.shouldSwap = false;
    return;
  }
  kept = {
    opened: [...board.querySelectorAll("details[id][open]")].map((details) => details.id),
    scrolled: [...board.querySelectorAll(".chart__scroll")].map((box) => [box.id, box.scrollLeft, box.scrollTop]),
    focused: board.contains(document.activeElement) ? document.activeElement.id : "",
    place: [window.scrollX, window.scrollY],
  };
});

// After htmx itself, which cannot give the focus to a link in a table that is not open again yet.
root.addEventListener("htmx:afterSettle", () => {
  if (!kept) return;
  const { opened, scrolled, focused, place } = kept;
  kept = undefined;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, left, top] of scrolled) document.getElementById(id)?.scrollTo(left, top);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  window.scrollTo(...place);
});

// Nobody looked meanwhile, so nothing was fetched: what is old now is not shown for long.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) window.htmx?.trigger("#board", "refresh");
});
