// The ways into an organisation: its providers of single sign-on, else a password (ACC-4).

import { ask, nobody, Problem } from "./api.js";
import { byID, el, show } from "./dom.js";

/** The organisation last signed in to on this device: no secret, and nobody's own. */
const subdomainKey = "anteroom.subdomain";

/** Whose ways in are shown, or will be with the answer: at first those that the page came with. */
let asked = byID("s-subdomain").defaultValue;
let answered = Promise.resolve();

export const subdomain = () => byID("s-subdomain").value.trim().toLowerCase();

export const remember = (organisation) => localStorage.setItem(subdomainKey, organisation);

/** Puts the organisation remembered into the field, where it is empty. */
export function recall() {
  byID("s-subdomain").value ||= localStorage.getItem(subdomainKey) ?? "";
}

/** Shows the ways into the organisation in the field; done when they are shown. */
export function showWays() {
  const organisation = subdomain();
  if (organisation !== asked) {
    asked = organisation;
    answered = answer(organisation);
  }
  return answered;
}

/** As `showWays`, of an organisation whose ways in may be others than before, too. */
export function showWaysAnew() {
  asked = null;
  return showWays();
}

/** Whether the organisation shown lets staff in by providers alone. */
export const isByProvider = () => !byID("by-provider").hidden;

export const focusWay = () => byID("ways").querySelector("a").focus();

async function answer(organisation) {
  let providers = [];
  try {
    if (organisation !== "") {
      ({ providers } = await ask(`/sign-on/${encodeURIComponent(organisation)}`, nobody));
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    asked = null; // No name of an organisation, or no answer: whoever signs in is told.
  }
  if (subdomain() !== organisation) return; // Another was given meanwhile.
  const hadFocus = byID("by-password").contains(document.activeElement);
  byID("ways").replaceChildren(...providers.map(({ buttonText, href }) =>
    el("a", { class: "button main wide", href }, buttonText)));
  show(byID("by-provider"), providers.length > 0);
  show(byID("by-password"), providers.length === 0);
  if (providers.length === 0) return;
  remember(organisation);
  if (hadFocus) focusWay();
}
