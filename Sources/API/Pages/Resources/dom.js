// Small helpers over the document. Text goes in as text only: nothing here takes markup.

export const byID = (id) => document.getElementById(id);

/** Makes an element: `el("p", { class: "quiet" }, "words")`. What is null or false is left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Changes text only where it is another, so that nothing is read aloud again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, isShown = true) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** What is said stays so long, for screen readers that come to it late. */
const sayingMilliseconds = 5_000;

/** Tells screen readers, politely: one after the other, and what is said twice in a row twice. */
export function say(text) {
  const line = el("span", {}, `${text} `);
  byID("said").append(line);
  setTimeout(() => line.remove(), sayingMilliseconds);
}

/** Shows what went wrong where it went wrong; an empty text takes it away. */
export function problem(element, text) {
  setText(element, text);
  show(element, text !== "");
}

/** Opens a dialog; the browser keeps focus in it and gives it back to where it was. */
export function openDialog(dialog) {
  if (dialog.open) return;
  dialog.showModal();
}

/** Lets every `data-close` button close its dialog. */
export function wireDialogs() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

/** Runs what a button does once at a time, the button saying meanwhile that it is busy. */
export async function busy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Puts an error below its field, or takes it away; the field's hint stays. False: there is no place for it. */
export function fieldError(input, id, text) {
  const error = byID(id);
  if (!error) return false;
  problem(error, text);
  if (!input) return true;
  input.dataset.hint ??= input.getAttribute("aria-describedby") ?? "";
  const described = [input.dataset.hint, text && id].filter(Boolean).join(" ");
  if (described) input.setAttribute("aria-describedby", described);
  else input.removeAttribute("aria-describedby");
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return true;
}

export function setConnection(state, words) {
  const line = byID("connection");
  show(line, words !== "");
  line.classList.toggle("live", state === "live");
  line.classList.toggle("lost", state === "lost");
  setText(byID("connection-words"), words);
}
