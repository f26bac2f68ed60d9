// The words of pages for people without an account, in the language the page came in, and its menu of the others.

import { Problem } from "./api.js";
import { byID, say, setConnection } from "./dom.js";

export const texts = JSON.parse(byID("texts").textContent);

/** For times and numbers: the page's language as it is written where the browser is at home (`en-GB`). */
export const language = navigator.languages.find((tag) => tag.startsWith(`${document.documentElement.lang}-`))
  ?? document.documentElement.lang;

export const t = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

/** What went wrong, in the reader's language. */
export function wordsOf(error) {
  if (!(error instanceof Problem)) return t("failed");
  if (error.status === 0) return t("offline");
  return error.status === 503 || error.status === 429 ? t("busy") : t("failed");
}

/** How a live stream fares: `connecting`, `live` or `lost`. */
export function tellConnection(state) {
  const words = { connecting: "connecting", live: "connected", lost: "noConnection" }[state];
  if (byID("connection").classList.contains("lost") !== (state === "lost") && state !== "connecting") say(t(words));
  setConnection(state, t(words));
}

document.addEventListener("click", (event) => {
  if (!byID("languages").contains(event.target)) byID("languages").open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !byID("languages").open) return;
  byID("languages").open = false;
  byID("languages").querySelector("summary").focus();
});
