// Files are dropped, pasted or chosen in several goes; all end up in the one ordinary file field.

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function readableSize(bytes) {
  const [amount, unit] = bytes < 1e6 ? [Math.max(bytes / 1e3, 0.1), "kilobyte"] : [bytes / 1e6, "megabyte"];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: amount < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(amount);
}

function isSame(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

// Every pasted picture is called image.png; give it a name that tells it from the next one.
function named(file) {
  if (file.name !== "image.png") return file;
  const time = new Date().toTimeString().slice(0, 8).replaceAll(":", ".");
  return new File([file], `image ${time}.png`, { type: file.type, lastModified: file.lastModified });
}

class Attachments {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.limit = Number(root.dataset.limitMb) * 1024 * 1024 || Infinity;
    this.input = root.querySelector('input[type="file"]');
    this.drop = root.querySelector(".drop");
    this.list = root.querySelector(".drop__list");
    this.warning = root.querySelector(".drop__warning");
    this.status = root.querySelector('[role="status"]');
    this.item = root.querySelector("template");
    this.files = [...this.input.files];
    this.listen();
    this.show();
  }

  listen() {
    const form = this.root.closest("form");
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    form.addEventListener("dragover", (event) => this.over(event));
    form.addEventListener("dragleave", () => this.drop.classList.remove("drop--over"));
    form.addEventListener("drop", (event) => this.take(event, event.dataTransfer));
    form.addEventListener("paste", (event) => this.take(event, event.clipboardData));
  }

  over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.drop.classList.add("drop--over");
  }

  take(event, data) {
    this.drop.classList.remove("drop--over");
    if (!data.files.length) return;
    event.preventDefault();
    this.add([...data.files].map(event.type === "paste" ? named : (file) => file));
  }

  add(files) {
    const fresh = files.filter((file) => !this.files.some((known) => isSame(known, file)));
    this.files.push(...fresh);
    this.say(fresh, this.words.added);
    this.show();
  }

  remove(file) {
    const position = this.files.indexOf(file);
    this.files.splice(position, 1);
    this.say([file], this.words.removed);
    this.show();
    const buttons = this.list.querySelectorAll("button");
    (buttons[Math.min(position, buttons.length - 1)] ?? this.input).focus();
  }

  say(files, words) {
    this.status.textContent = files.map((file) => fill(words, { name: file.name })).join(" ");
  }

  show() {
    const carrier = new DataTransfer();
    this.files.forEach((file) => carrier.items.add(file));
    this.input.files = carrier.files;
    this.list.replaceChildren(...this.files.map((file) => this.line(file)));
    this.warn();
  }

  line(file) {
    const line = this.item.content.cloneNode(true).firstElementChild;
    line.classList.toggle("drop__file--wrong", file.size > this.limit);
    line.querySelector(".drop__name").textContent = file.name;
    line.querySelector(".drop__size").textContent = readableSize(file.size);
    line.querySelector("button .visually-hidden").textContent = ` ${file.name}`;
    line.querySelector("button").addEventListener("click", () => this.remove(file));
    return line;
  }

  warn() {
    const large = this.files.filter((file) => file.size > this.limit);
    const sentences = large.map((file) => fill(this.words.tooLarge, { name: file.name, limit: this.words.limitMb }));
    this.warning.textContent = sentences.join(" ");
  }
}

document.querySelectorAll("[data-attachments]").forEach((root) => new Attachments(root));
