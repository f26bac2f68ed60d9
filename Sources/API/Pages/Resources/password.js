// Setting a password by a link of an invitation or a reset, and asking for one.
//
// What opens it stands in the address after `#`, which no server is sent; it goes out with the new password alone.

import { nobody, post, Problem } from "./api.js";
import { busy, byID, fieldError, problem, setText, show } from "./dom.js";

/** Characters a password has at least (ACC-2); the server knows the other rules. */
const charactersMin = 13;

const link = location.hash.slice(1);
if (link) history.replaceState(null, "", location.pathname);
// A link opened in a tab that shows this page already: to the browser, the same page.
window.addEventListener("hashchange", () => location.reload());

function pane(id, heading) {
  for (const other of ["pane-set", "pane-ask", "pane-done"]) show(byID(other), other === id);
  byID(heading).focus({ preventScroll: true });
}

function done(title, text) {
  setText(byID("done-title"), title);
  setText(byID("done-text"), text);
  pane("pane-done", "done-title");
}

const wordsOf = (error) => (error instanceof Problem && error.status !== 0
  ? error.words : "The server cannot be reached. Check your connection and try again.");

async function set() {
  const [password, again] = [byID("p-password"), byID("p-again")];
  problem(byID("set-problem"), "");
  const isShort = [...password.value].length < charactersMin;
  fieldError(password, "e-password", isShort ? `It has to have at least ${charactersMin} characters.` : "");
  fieldError(again, "e-again", again.value === password.value ? "" : "This is not the same.");
  if (isShort) return password.focus();
  if (again.value !== password.value) return again.focus();
  try {
    await post("/v1/password/set", { link, password: password.value }, nobody);
    byID("set").reset();
    done("Your password is set", "You can sign in with it now.");
  } catch (error) {
    const own = error.errors?.find(({ field }) => field === "password");
    fieldError(password, "e-password", own?.detail ?? "");
    problem(byID("set-problem"), wordsOf(error));
    if (own) password.focus();
    else byID("set-problem").focus();
  }
}

async function ask() {
  const form = byID("ask");
  problem(byID("ask-problem"), "");
  let first = null;
  for (const input of form.querySelectorAll("input")) {
    const isMissing = input.value.trim() === "";
    fieldError(input, `e-${input.name}`, isMissing ? "Fill this in." : "");
    if (isMissing) first ??= input;
  }
  if (first) return first.focus();
  try {
    await post("/v1/password/forgotten", Object.fromEntries(new FormData(form)), nobody);
    form.reset();
    done("Look into your mail", "If somebody with this address works there, a link is on its way to it.");
  } catch (error) {
    for (const { field, detail } of error.errors ?? []) fieldError(byID(`a-${field}`), `e-${field}`, detail);
    problem(byID("ask-problem"), wordsOf(error));
    byID("ask-problem").focus();
  }
}

for (const [id, work] of [["set", set], ["ask", ask]]) {
  byID(id).addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.target.querySelector("button"), work);
  });
}
if (link) pane("pane-set", "set-title");
else pane("pane-ask", "ask-title");
