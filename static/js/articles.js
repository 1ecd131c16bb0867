// In an article's editor: a file's line goes into the text at the cursor, and a pasted picture becomes a file first.

const form = document.querySelector("[data-article-editor]");
let last = form.querySelector(".editor textarea");

form.addEventListener("focusin", (event) => {
  if (event.target.matches(".editor textarea")) last = event.target;
});

function insert(words) {
  const before = last.value.slice(0, last.selectionStart);
  const gap = before === "" || before.endsWith("\n") ? "" : "\n\n";
  last.focus();
  last.setRangeText(`${gap}${words}\n`, last.selectionStart, last.selectionEnd, "end");
  last.dispatchEvent(new Event("input", { bubbles: true }));
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (button) insert(button.closest("li").querySelector("[data-markdown]").textContent);
});

function named(file, number) {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", ".").replace("T", " ");
  const ending = file.type.split("/")[1] || "png";
  return new File([file], `image ${time}${number ? ` ${number}` : ""}.${ending}`, { type: file.type });
}

// The editor's own address keeps the files and answers with the page; its list of files replaces the one here.
async function keep(files) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  data.set("upload", "1");
  files.forEach((file) => data.append("files", file));
  const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [list, fresh] = [form.querySelector("#files"), page.querySelector("#files")];
  if (!fresh) return;
  const known = list.querySelectorAll("[data-markdown]").length;
  const kept = [...fresh.querySelectorAll("[data-markdown]")].slice(known).map((line) => line.textContent);
  const [rows, before] = [fresh.querySelector(".rows"), list.querySelector(".rows, h2 + p")];
  if (rows && before) before.replaceWith(rows);
  kept.forEach(insert);
}

form.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
  if (!event.target.matches(".editor textarea") || files.length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  keep(files.map(named));
}, true);
