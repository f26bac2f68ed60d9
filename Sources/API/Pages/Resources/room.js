// The page of who was sent a link into a room: a name of their own, then who is there, until they leave.
//
// What opens the room stands in the address after `#`, which no server is sent; it is taken out of the address at once,
// kept for this tab only, and goes out with the name.

import { command, nobody } from "./api.js";
import { busy, byID, el, fieldError, problem, say, setConnection, setText, show } from "./dom.js";
import { tellPresence } from "./presence.js";
import { LiveStream } from "./stream.js";
import { t, tellConnection, wordsOf } from "./texts.js";

const storageKey = "anteroom.room";
const charactersMax = 100;
const panes = ["pane-none", "pane-entry", "pane-room", "pane-over"];
/** Why nobody enters, and how the page says it. */
const refusals = {
  linkRefused: "roomLinkRefused", roomFull: "roomFull", roomLocked: "roomIsLocked", roomNotOpened: "roomNotOpened",
  roomClosed: "roomClosed", clinicClosed: "closedText",
};

function pane(id, heading) {
  for (const other of panes) show(byID(other), other === id);
  byID(heading).focus({ preventScroll: true });
}

function refusal(error) {
  // A link that was cut short is refused by its parts.
  const isLink = error.errors?.some(({ field }) => ["organisation", "room", "secret"].includes(field));
  const known = refusals[error.code] ?? (isLink ? "roomLinkRefused" : null);
  return known ? t(known) : wordsOf(error);
}

function keep(stored) {
  sessionStorage.setItem(storageKey, JSON.stringify(stored));
  return stored;
}

/** What the address holds, else what this tab has kept; null: nothing that is a link. */
function kept() {
  const stored = JSON.parse(sessionStorage.getItem(storageKey));
  const fragment = location.hash.slice(1);
  if (!fragment) return stored;
  history.replaceState(null, "", location.pathname + location.search);
  if (stored?.fragment === fragment) return stored;
  sessionStorage.removeItem(storageKey);
  const [organisation, room, secret] = fragment.split(".");
  return secret ? keep({ fragment, organisation, room, secret }) : null;
}

// MARK: Entering

async function enter(link) {
  const input = byID("r-name");
  const name = input.value.trim();
  problem(byID("entry-problem"), "");
  const fault = name === "" ? "required" : [...name].length > charactersMax ? "tooLong" : null;
  fieldError(input, "e-name", fault ? t(fault) : "");
  if (fault) return input.focus();
  try {
    const { organisation, room, secret } = link;
    const { guest, token } = await command("room.enter-by-link", { organisation, room, secret, name }, nobody);
    new Stay(keep({ ...link, guest, token }));
  } catch (error) {
    problem(byID("entry-problem"), refusal(error));
    byID("entry-problem").focus();
  }
}

function toEntry(link) {
  byID("entry").onsubmit = (event) => {
    event.preventDefault();
    busy(byID("enter"), () => enter(link));
  };
  pane("pane-entry", "entry-title");
}

// MARK: Inside

/** One's own stay in the room. */
class Stay {
  #stored;
  #stream;
  #silence;
  /** Names by id of who is there; null: not told yet. */
  #people = null;

  constructor(stored) {
    this.#stored = stored;
    this.#silence = tellPresence(this);
    this.#stream = new LiveStream(`/v1/rooms/${stored.room}/live`, this, {
      snapshot: (events) => events.forEach(({ data }) => this.#show(data)), event: ({ data }) => this.#show(data),
      state: tellConnection, ended: () => this.#over("roomLost"),
    });
    byID("leave").onclick = () => busy(byID("leave"), () => this.#leave());
    problem(byID("room-problem"), "");
  }

  headers() {
    return { Authorization: `Bearer ${this.#stored.token}` };
  }

  #show(room) {
    const isFirst = this.#people === null;
    const people = new Map(room.present.map(({ kind, staff, guest, name }) => {
      const isOwn = guest === this.#stored.guest;
      const called = name ?? t(kind === "staff" ? "staff" : "roomGuest");
      return [staff ?? guest, { called, what: isOwn ? t("you") : t(kind === "staff" ? "staff" : "roomGuest") }];
    }));
    setText(byID("room-title"), room.name ?? t("roomTitle"));
    document.title = byID("room-title").textContent;
    show(byID("room-locked"), Boolean(room.isLocked));
    byID("people").replaceChildren(...[...people].map(([id, { called, what }]) =>
      el("li", { "data-id": id }, el("span", {}, called), el("span", { class: "quiet" }, what))));
    if (isFirst) pane("pane-room", "room-title");
    else this.#sayWho(people);
    this.#people = people;
  }

  #sayWho(people) {
    for (const [id, { called }] of people) if (!this.#people.has(id)) say(t("roomCame", { name: called }));
    for (const [id, { called }] of this.#people) if (!people.has(id)) say(t("roomWent", { name: called }));
  }

  async #leave() {
    try {
      await command("room.leave", { room: this.#stored.room }, this);
      this.#over("roomLeft");
    } catch (error) {
      problem(byID("room-problem"), refusal(error));
    }
  }

  /** @param kind `roomLeft` or `roomLost`, of which a title and a text are there. */
  #over(kind) {
    this.#stream.close();
    this.#silence();
    setConnection("", "");
    byID("people").replaceChildren();
    setText(byID("over-title"), t(`${kind}Title`));
    setText(byID("over-text"), t(`${kind}Text`));
    problem(byID("over-problem"), "");
    byID("again").onclick = () => busy(byID("again"), () => this.#again());
    pane("pane-over", "over-title");
  }

  /** The same guest again; under a new name where the old stay is forgotten. */
  async #again() {
    try {
      await command("room.enter", { room: this.#stored.room }, this);
      new Stay(this.#stored);
    } catch (error) {
      if (error.status === 401) return toEntry(this.#stored);
      problem(byID("over-problem"), refusal(error));
      byID("over-problem").focus();
    }
  }
}

// Another link, opened in this tab: the same page, as browsers see it.
window.addEventListener("hashchange", () => location.reload());
const stored = kept();
if (!stored) pane("pane-none", "none-title");
else if (stored.token) new Stay(stored);
else toEntry(stored);
