// The sample header on the settings page follows the name and the colour while they are being chosen.

const sample = document.querySelector(".sample");
const name = document.querySelector("#id_name");
const colour = document.querySelector("#id_colour");

name?.addEventListener("input", () => {
  sample.querySelector('[data-sample="name"]').textContent = name.value;
});

// Rough on purpose: the exact contrast is computed when the settings are saved.
function isLight(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150;
}

colour?.addEventListener("input", () => {
  if (!/^#[0-9a-f]{6}$/i.test(colour.value)) return;
  sample.style.setProperty("--accent", colour.value);
  sample.style.setProperty("--accent-text", isLight(colour.value) ? "black" : "white");
});
