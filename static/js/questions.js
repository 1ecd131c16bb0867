// A question that depends on another answer is only there while that is given. What was typed into it stays, but is not
// sent; the server asks the same conditions again.

function answersTo(root, name) {
  const fields = [...root.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((field) => !field.disabled);
  return fields.flatMap((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked ? [valueOf(field)] : [];
    if (field.multiple) return [...field.selectedOptions].map((option) => option.value);
    return [field.list ? picked(field) : field.value];
  });
}

// A checkbox without a value of its own is kept as "yes".
function valueOf(field) {
  return field.getAttribute("value") ?? "yes";
}

function picked(field) {
  const typed = field.value.trim().toLowerCase();
  const found = [...field.list.options].find((option) => option.value.toLowerCase() === typed);
  return found ? found.dataset.value : field.value;
}

function settle(root) {
  for (const question of root.querySelectorAll("[data-depends-on]")) {
    const values = JSON.parse(question.dataset.dependsValues);
    const asked = answersTo(root, question.dataset.dependsOn).some((value) => values.includes(value));
    question.hidden = !asked;
    for (const field of question.querySelectorAll("input, select, textarea")) field.disabled = !asked;
  }
}

for (const root of document.querySelectorAll("[data-questions]")) {
  // What is only there when it is asked need not say when.
  root.querySelectorAll(".question__when").forEach((words) => { words.hidden = true; });
  settle(root);
  root.addEventListener("input", () => settle(root));
  root.addEventListener("change", () => settle(root));
  // Back from the next page, the browser puts the answers back after this script has run.
  window.addEventListener("pageshow", () => settle(root));
}
