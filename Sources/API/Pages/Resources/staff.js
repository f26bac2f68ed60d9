// The staff's page: signing in, choosing the clinic and the role to act in, then its waiting area.

import { askAll, Problem } from "./api.js";
import { Board } from "./board.js";
import { busy, byID, el, fieldError, problem, say, setText, show, wireDialogs } from "./dom.js";
import { enrol } from "./enrol.js";
import { Session } from "./session.js";
import { focusWay, isByProvider, recall, remember, showWays, showWaysAnew, subdomain } from "./ways.js";

const panes = ["pane-sign-in", "pane-enrol", "pane-none", "pane-board"];
const wordsOf = {
  orgAdmin: "organisation administrator", orgCoordinator: "organisation coordinator",
  clinicAdmin: "clinic administrator", clinicClerk: "front desk", teamMember: "team member",
};
const ofOrganisation = ["orgAdmin", "orgCoordinator"];
const ofClinic = ["clinicAdmin", "clinicClerk", "teamMember"];
/** What a refused sign-in means to a person. */
const refusals = {
  offline: "The server cannot be reached. Check your connection and try again.",
  signInRefused: "Organisation, address or password: one of them is not right.",
  codeNeeded: "Give the code of your authenticator app too.",
  codeRefused: "The code is not right, or was used before. Wait for the next one.",
  signOnOnly: "Staff of this organisation sign in by these buttons, not by a password.",
  tooManyTries: "Too many tries. Wait a while, then try again.",
};
/** What the reason a stream ended for means to a person. */
const endings = {
  tokenRefused: "You were signed out. Sign in again to go on.",
  notPermitted: "Your role no longer opens this waiting area.",
};

const session = new Session();
let board = null;
let me = null;
let clinics = [];

function pane(id, heading) {
  for (const other of panes) show(byID(other), other === id);
  byID(heading)?.focus({ preventScroll: true });
}

// MARK: Signing in

function toSignIn(notice = "") {
  board?.close();
  board = null;
  show(byID("me"), false);
  setText(byID("my-name"), "");
  show(byID("acting"), false);
  document.title = "Sign in – Anteroom";
  setText(byID("sign-in-notice"), notice);
  show(byID("sign-in-notice"), notice !== "");
  byID("s-password").value = "";
  show(byID("code-field"), false);
  recall();
  // What the page came with may have changed since, where it was open for long.
  if (notice) showWaysAnew();
  else showWays();
  pane("pane-sign-in", notice ? "sign-in-title" : null);
}

async function signIn() {
  const form = byID("sign-in");
  problem(byID("sign-in-problem"), "");
  await showWays();
  if (isByProvider()) return focusWay();
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  fields.subdomain = subdomain();
  let first = null;
  for (const input of form.querySelectorAll("input[required]")) {
    const isMissing = input.value.trim() === "";
    fieldError(input, `e-${input.name}`, isMissing ? "Fill this in." : "");
    if (isMissing) first ??= input;
  }
  if (first) return first.focus();
  try {
    const { secondFactor } = await session.signIn(fields);
    remember(fields.subdomain);
    form.reset();
    if (secondFactor === "offered") toEnrol(false);
    else await start();
  } catch (error) {
    await refusedSignIn(error);
  }
}

async function refusedSignIn(error) {
  if (!(error instanceof Problem)) throw error;
  if (error.code === "signOnOnly") await showWaysAnew();
  for (const { field, detail } of error.errors) fieldError(byID(`s-${field}`), `e-${field}`, detail);
  const words = refusals[error.code] ?? error.words;
  problem(byID("sign-in-problem"), words);
  const isAboutCode = error.code === "codeNeeded" || error.code === "codeRefused";
  if (isAboutCode) show(byID("code-field"));
  byID(isAboutCode ? "s-code" : "sign-in-problem").focus();
}

function toEnrol(isRequired) {
  pane("pane-enrol", "enrol-title");
  enrol(session, isRequired, start);
}

// MARK: Where to act

/** Each clinic and role a waiting area may be opened in. */
function places(roles) {
  const places = [];
  for (const clinic of clinics) {
    const held = roles.filter(({ role, clinic: where }) =>
      (ofOrganisation.includes(role) && !where) || (ofClinic.includes(role) && where === clinic.clinic));
    for (const { role, clinic: where } of held) places.push({ clinic, role, grant: where ? `${role}@${where}` : role });
  }
  return places;
}

function open(place) {
  board?.close();
  session.actAs(place.grant);
  sessionStorage.setItem("anteroom.place", `${place.clinic.clinic} ${place.grant}`);
  board = new Board(session, {
    me: me.staff, place, clinics,
    onEnded: (refusal) => {
      board = null;
      if (refusal.status === 401 || refusal.code === "tokenRefused" || refusal.code === "notSignedIn") {
        session.forget();
        toSignIn(endings.tokenRefused);
      } else {
        problem(byID("board-problem"), endings[refusal.code] ?? refusal.words);
      }
    },
  });
  problem(byID("board-problem"), "");
  pane("pane-board", "board-title");
}

function choose(all) {
  const select = byID("place");
  const text = ({ clinic, role }) => `${clinic.name} – ${wordsOf[role]}${clinic.isOpen ? "" : " (closed)"}`;
  select.replaceChildren(...all.map((place, index) => el("option", { value: index }, text(place))));
  const last = sessionStorage.getItem("anteroom.place");
  const chosen = Math.max(0, all.findIndex(({ clinic, grant }) => `${clinic.clinic} ${grant}` === last));
  select.value = chosen;
  select.onchange = () => open(all[select.value]);
  show(byID("acting"), all.length > 0);
  if (all.length > 0) open(all[chosen]);
  else pane("pane-none", "none-title");
}

async function start() {
  try {
    me = await session.profile();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) {
      session.forget();
      return toSignIn();
    }
    toSignIn();
    return problem(byID("sign-in-problem"), error.words);
  }
  session.actAs(null); // The role kept may be held no longer.
  try {
    clinics = await askAll("/v1/clinics", session);
  } catch (error) {
    if (error.code === "secondFactorNeeded") return toEnrol(true);
    toSignIn();
    return problem(byID("sign-in-problem"), error.words ?? `${error}`);
  }
  clinics.sort((one, other) => one.name.localeCompare(other.name));
  setText(byID("my-name"), me.profile?.name ?? "");
  show(byID("me"));
  choose(places(me.roles));
}

async function copyLink() {
  const link = `${location.origin}/c/${board.clinic}`;
  try {
    await navigator.clipboard.writeText(link);
    say("The link was copied.");
    setText(byID("copy-link"), "Copied");
    setTimeout(() => setText(byID("copy-link"), "Copy the callers' link"), 2_000);
  } catch {
    window.prompt("The callers' link", link);
  }
}

wireDialogs();
byID("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.target.querySelector("button"), signIn);
});
byID("s-subdomain").addEventListener("change", showWays);
byID("sign-out").addEventListener("click", () => busy(byID("sign-out"), async () => {
  board?.close();
  board = null;
  let words = "You are signed out.";
  try {
    await session.signOut();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Whoever is not signed in needs not be signed out.
    if (error.status !== 401) words = "The server could not be told. Load this page again and sign out once more.";
  }
  toSignIn(words);
}));
byID("copy-link").addEventListener("click", copyLink);
// A page the browser kept must not show callers to who goes back to it later.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
await start();
