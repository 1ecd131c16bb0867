// A passkey: the browser is asked with what the page carries, and its answer is posted with the form.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

function common(credential, response) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

async function create(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return common(made, {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
  });
}

async function get(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
  const proof = await navigator.credentials.get({ publicKey });
  return common(proof, {
    clientDataJSON: text(proof.response.clientDataJSON),
    authenticatorData: text(proof.response.authenticatorData),
    signature: text(proof.response.signature),
    userHandle: proof.response.userHandle ? text(proof.response.userHandle) : null,
  });
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("button[type=submit]");
  const words = form.querySelector("[data-passkey-words]");
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  words.textContent = "";
  form.addEventListener("submit", async (event) => {
    const field = form.elements.answer;
    if (field.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!form.reportValidity()) return;
    words.textContent = words.dataset.asking;
    try {
      const options = JSON.parse(form.dataset.options);
      field.value = JSON.stringify(await (form.dataset.passkey === "create" ? create(options) : get(options)));
      words.textContent = "";
      form.requestSubmit(button);
    } catch {
      words.textContent = words.dataset.failed;
    }
  });
}

// Back from the next page: an answer counts once.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-passkey]")) form.elements.answer.value = "";
});
