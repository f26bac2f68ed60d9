// The caller's page: entering, waiting, being seen, leaving. It knows one visit, the caller's own.

import { ask, command, nobody, Problem } from "./api.js";
import { dayAndTime, duration, now, wholeMinutes } from "./clock.js";
import { busy, byID, el, fieldError, openDialog, problem, say, setConnection, setText, show } from "./dom.js";
import { tellPresence } from "./presence.js";
import { LiveStream } from "./stream.js";
import { language, t, texts, tellConnection, wordsOf } from "./texts.js";
import { Thread } from "./thread.js";

const { clinic, organisation, zone } = byID("main").dataset;
const storageKey = `anteroom.visit.${clinic}`;
const charactersMax = 200;
const tickMilliseconds = 1_000;
/** Longer than a timer of the browser can be set. */
const timerMax = 2 ** 31 - 1;
/** After the opening, so that the server's clock has surely passed it. */
const openingMilliseconds = 2_000;

// MARK: Entering

class Entry {
  #form = byID("entry");
  #onArrived;
  /** The visit that was opened, until it is known that they arrived in it: whoever tries again is not there twice. */
  #opened = null;

  constructor(onArrived) {
    this.#onArrived = onArrived;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(byID("enter"), () => this.#enter());
    });
  }

  async #enter() {
    problem(byID("entry-problem"), "");
    const [entry, firstWrong] = this.#read();
    if (firstWrong) {
      problem(byID("entry-problem"), t("checkFields"));
      return firstWrong.focus();
    }
    try {
      this.#opened ??= (await command("visit.open", { organisation, clinic }, nobody)).visit;
      const visit = this.#opened;
      const arrived = await command("visit.arrive", { organisation, visit, entry, ...this.#beside() }, nobody);
      this.#opened = null;
      this.#form.reset();
      // Of a room that waited for them, its visit is the answer's.
      this.#onArrived({ visit: arrived.visit ?? visit, token: arrived.token });
    } catch (error) {
      // It is over, or was erased: another is opened.
      if (["visitEnded", "alreadyArrived", "notFound"].includes(error.code)) this.#opened = null;
      this.#refused(error);
    }
  }

  /** What stands beside the fields: whom they ask for in walk-in hours, the disclaimer they accept, that they confirm. */
  #beside() {
    const beside = {};
    const askedFor = new FormData(this.#form).get("askedFor");
    if (askedFor) Object.assign(beside, { askedFor, walkIn: true });
    const disclaimer = byID("f-disclaimer");
    if (disclaimer) beside.disclaimer = Number(disclaimer.dataset.number);
    if (byID("f-confirmed")?.checked) beside.confirmed = true;
    return beside;
  }

  /** The fields as the API takes them, and the first that is wrong. */
  #read() {
    const entry = {};
    let firstWrong = null;
    const judge = (input, id, fault) => {
      fieldError(input, id, fault ? t(fault) : "");
      if (fault) firstWrong ??= input;
    };
    for (const input of this.#form.querySelectorAll("input[name]:not([type=checkbox]):not([type=radio])")) {
      const text = input.value.trim();
      if (text) entry[input.name] = text;
      const isLong = [...text].length > charactersMax;
      judge(input, `e-${input.name}`, isLong ? "tooLong" : input.required && !text ? "required" : null);
    }
    for (const group of this.#form.querySelectorAll("[data-date]")) {
      const [date, fault] = this.#date(group);
      if (date) entry[group.dataset.date] = date;
      judge(byID("f-day"), `e-${group.dataset.date}`, fault);
    }
    const disclaimer = byID("f-disclaimer");
    if (disclaimer) judge(disclaimer, "e-disclaimer", disclaimer.checked ? null : "notAccepted");
    const confirmed = byID("f-confirmed");
    if (confirmed) judge(confirmed, "e-confirmed", confirmed.checked ? null : "notConfirmed");
    return [entry, firstWrong];
  }

  #date(group) {
    const parts = ["f-year", "f-month", "f-day"].map((id) => byID(id).value.trim());
    if (parts.every((part) => part === "")) {
      return [null, "required" in group.dataset ? "required" : null];
    }
    const [year, month, day] = parts.map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : NaN));
    const date = new Date(Date.UTC(year, month - 1, day));
    const isReal = year >= 1800 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
      && date.getTime() <= now();
    return isReal ? [date.toISOString().slice(0, 10), null] : [null, "notADate"];
  }

  async #refused(error) {
    if (await shut(error)) return;
    let isTold = false;
    for (const { field, code } of error.errors ?? []) {
      const name = field.replace(/^entry\./, "");
      const input = byID(`f-${name}`);
      if (!input) continue;
      const isMissing = code === "missing" || error.code === "fieldMissing";
      const words = name === "disclaimer" ? "notAccepted" : name === "confirmed" ? "notConfirmed" : isMissing ? "required"
        : name === "birthDate" ? "notADate" : "failed";
      isTold = fieldError(input, `e-${name}`, t(words)) || isTold;
    }
    problem(byID("entry-problem"), isTold ? t("checkFields") : wordsOf(error));
    byID("entry-problem").focus();
  }
}

/** Refusals that say that nobody is admitted, and how the page says it. */
const closings = { clinicClosed: "closed", outsideHours: "closed", clinicDisabled: "disabled", clinicSuspended: "suspended" };

/** Shows that nobody is admitted, where that is why it was refused. */
async function shut(error) {
  const kind = closings[error.code];
  if (!kind) return false;
  setText(byID("shut-title"), t(`${kind}Title`));
  setText(byID("shut-text"), t(`${kind}Text`));
  show(byID("pane-entry"), false);
  show(byID("pane-shut"));
  byID("shut-title").focus();
  try {
    const door = await ask(`/v1/clinics/${clinic}/entry?organisation=${organisation}`, nobody);
    if (door.text) setText(byID("shut-text"), door.text);
    if (door.opensAt) byID("shut-next").dataset.opens = door.opensAt;
    showOpening();
  } catch (unknown) {
    if (!(unknown instanceof Problem)) throw unknown;
    // What is shown already is enough.
  }
  return true;
}

function showOpening() {
  const line = byID("shut-next");
  const { opens } = line.dataset;
  if (!opens) return;
  setText(line, t("opensAt", { when: dayAndTime(opens, zone, language) }));
  show(line);
  const pause = Date.parse(opens) - now();
  if (pause < timerMax) setTimeout(() => location.reload(), Math.max(pause, 0) + openingMilliseconds);
}

// MARK: The visit

/** One's own visit, from arrival to its end. */
class Visit {
  #stored;
  #stream;
  #thread;
  #state = null;
  #clinic = clinic;
  #arrivedAt = null;
  #place = null;
  #hasLeft = false;
  #question = null;
  #ticker;
  #silence;

  constructor(stored) {
    this.#stored = stored;
    show(byID("pane-entry"), false);
    show(byID("pane-shut"), false);
    show(byID("pane-over"), false);
    for (const id of ["pane-stay", "talk", "away"]) show(byID(id));
    this.#thread = new Thread(byID("thread"), {
      write: t("write"), send: t("send"), empty: t("noMessages"), gone: t("messageGone"), required: t("required"),
      log: t("messages"), sender: (from) => (from.kind === "caller" ? t("you") : t("staff")), refusal: wordsOf,
    }, {
      isMine: (from) => from.kind === "caller", zone, language, identity: this, visit: () => stored.visit,
    });
    this.#stream = new LiveStream(`/v1/visits/${stored.visit}/live`, this, {
      snapshot: (events) => this.#snapshot(events), event: (event) => this.#take(event, true),
      state: tellConnection, ended: (refusal) => this.#lost(refusal),
    });
    this.#ticker = setInterval(() => this.#tick(), tickMilliseconds);
    this.#silence = tellPresence(this);
    this.#askClinic();
    byID("leave").onclick = () => this.#askToLeave();
    byID("leave-stay").onclick = () => byID("leave-dialog").close();
    byID("leave-go").onclick = () => busy(byID("leave-go"), () => this.#leave());
  }

  headers() {
    return { Authorization: `Bearer ${this.#stored.token}` };
  }

  #close() {
    this.#stream.close();
    clearInterval(this.#ticker);
    this.#silence();
    byID("leave-dialog").close();
    setConnection("", "");
  }

  // MARK: What the stream tells

  #snapshot(events) {
    this.#thread.clear();
    byID("announcement-list").replaceChildren();
    for (const event of events) this.#take(event, false);
  }

  #take({ name, data }, isNew) {
    if (name === "visit") this.#changed(data);
    else if (name === "erased") this.#over("over");
    else if (name === "place") this.#showPlace(data.position ?? null);
    else if (name === "message") this.#message(data, isNew);
    else if (name === "announcement") this.#announce(data, isNew);
    else if (name === "withdrawn") this.#withdraw(data.announcement ?? null);
    else if (name === "clinic") this.#askClinic();
  }

  #message(message, isNew) {
    if (!this.#thread.add(message) || !isNew || message.from.kind === "caller") return;
    say(t("messageFrom", { text: message.text ?? "" }));
  }

  #announce({ announcement, text, expires }, isNew) {
    byID(`a-${announcement}`)?.remove();
    if (expires && Date.parse(expires) <= now()) return;
    byID("announcement-list").append(el("li", { id: `a-${announcement}`, "data-expires": expires }, text));
    show(byID("announcements"));
    if (isNew) say(text);
  }

  /** One announcement; null: all of them. */
  #withdraw(announcement) {
    if (announcement) byID(`a-${announcement}`)?.remove();
    else byID("announcement-list").replaceChildren();
    show(byID("announcements"), byID("announcement-list").children.length > 0);
  }

  #changed(visit) {
    if (visit.state === "ended") {
      const kind = this.#ending(visit);
      return this.#over(kind, this.#why(t(`${kind}Text`), visit));
    }
    const before = this.#state;
    this.#arrivedAt = visit.arrivedAt;
    this.#state = visit.state === "beingSeen" && visit.isOnHold ? "paused" : visit.state;
    const isMoved = visit.clinic !== this.#clinic;
    this.#clinic = visit.clinic;
    if (this.#state !== before) this.#showState(before);
    const isSentBack = visit.state === "waiting" && (visit.reason || (before ?? "waiting") !== "waiting");
    if (isMoved) this.#moved();
    else if (isSentBack) this.#notice(this.#why(t("sentBack"), visit));
    else if (visit.group) this.#notice(t("inGroup"));
    else if (before !== this.#state) this.#notice("");
    show(byID("stay-locked"), Boolean(visit.isLocked) && this.#inCall);
    this.#askIntoGroup(visit.question ?? null);
    // Told anew where they wait again.
    if (this.#state !== "waiting" || isMoved) this.#showPlace(null);
    // Somebody said that contact was lost, and here we are.
    if (visit.isAway) this.#comeBack();
  }

  /** With the reason the staff gave, and what they wrote. */
  #why(text, { reason, reasonText }) {
    const known = reason ? texts[`reason${reason[0].toUpperCase()}${reason.slice(1)}`] : null;
    return [text, known, reasonText].filter(Boolean).join(" ");
  }

  #ending({ ending }) {
    if (this.#hasLeft || ending === "left") return "gaveUp";
    if (ending === "dismissed") return "dismissed";
    return ending === "lostContact" || ending === "timedOut" ? "lost" : "over";
  }

  async #comeBack() {
    try {
      await command("visit.come-back", { visit: this.#stored.visit }, this);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Too late, or there meanwhile: the stream tells.
    }
  }

  /** Asked whether they want to be in a group call (WA-14); null: not, or no longer. */
  #askIntoGroup(call) {
    if (call === this.#question) return;
    this.#question = call;
    show(byID("group"), call !== null);
    problem(byID("group-problem"), "");
    if (call === null) return;
    say(`${t("groupTitle")} ${t("groupText")}`);
    const answer = (button, accept) => busy(button, async () => {
      try {
        await command("visit.answer-group", { visit: this.#stored.visit, call, accept }, this);
      } catch (error) {
        problem(byID("group-problem"), wordsOf(error));
      }
    });
    byID("group-yes").onclick = () => answer(byID("group-yes"), true);
    byID("group-no").onclick = () => answer(byID("group-no"), false);
  }

  #showState(before) {
    const name = { waiting: "wait", beingSeen: "seen", paused: "paused", onHold: "hold" }[this.#state];
    if (!name) return;
    const title = byID("stay-title");
    setText(title, t(`${name}Title`));
    setText(byID("stay-text"), t(`${name}Text`));
    show(byID("numbers"), this.#state === "waiting");
    show(byID("breath"), this.#state !== "beingSeen");
    setText(byID("leave"), t(this.#inCall ? "leaveCall" : "leave"));
    document.title = t(`${name}Title`);
    if (before) say(`${t(`${name}Title`)}. ${t(`${name}Text`)}`);
    else title.focus({ preventScroll: true });
    this.#tick();
  }

  get #inCall() {
    return this.#state === "beingSeen" || this.#state === "paused";
  }

  #notice(text) {
    if (byID("stay-notice").textContent === text) return;
    setText(byID("stay-notice"), text);
    show(byID("stay-notice"), text !== "");
    if (text) say(text);
  }

  async #moved() {
    const name = await this.#askClinic();
    this.#notice(name ? t("moved", { clinic: name }) : texts.moved.replace(": {clinic}", ""));
  }

  /** Takes up what the clinic says of itself; its name. */
  async #askClinic() {
    try {
      const door = await ask(`/v1/clinics/${this.#clinic}/entry`, this);
      if (door.name) setText(byID("stay-clinic"), door.name);
      setText(byID("stay-words"), door.waitingText ?? "");
      show(byID("stay-words"), Boolean(door.waitingText));
      return door.name ?? "";
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return "";
    }
  }

  #tick() {
    for (const line of byID("announcement-list").querySelectorAll("[data-expires]")) {
      if (Date.parse(line.dataset.expires) <= now()) this.#withdraw(line.id.slice(2));
    }
    if (this.#arrivedAt === null || this.#state !== "waiting") return;
    const waited = now() - Date.parse(this.#arrivedAt);
    setText(byID("waited"), wholeMinutes(waited) === 0 ? t("underAMinute") : duration(waited, language));
  }

  /** Null: unknown, or the clinic does not show it. */
  #showPlace(place) {
    if (place === this.#place) return;
    const isFirst = this.#place === null;
    this.#place = place;
    show(byID("place-box"), place !== null);
    if (place === null) return;
    setText(byID("place"), new Intl.NumberFormat(language).format(place));
    if (!isFirst) say(t("placeIs", { place }));
  }

  // MARK: Going

  #askToLeave() {
    const suffix = this.#inCall ? "Call" : "";
    setText(byID("leave-title"), t(`leave${suffix}Title`));
    setText(byID("leave-text"), t(`leave${suffix}Text`));
    setText(byID("leave-go"), t(`leave${suffix}`));
    problem(byID("leave-problem"), "");
    openDialog(byID("leave-dialog"));
  }

  async #leave() {
    try {
      this.#hasLeft = true;
      await command(this.#inCall ? "visit.leave" : "visit.give-up", { visit: this.#stored.visit }, this);
      this.#over("gaveUp");
    } catch (error) {
      this.#hasLeft = false;
      problem(byID("leave-problem"), wordsOf(error));
    }
  }

  /** The token opens nothing any more: the visit is over, and it is too late to ask why. */
  #lost(refusal) {
    this.#over(refusal.code === "erased" || refusal.code === "tokenRefused" ? "over" : "lost");
  }

  #over(kind, text = t(`${kind}Text`)) {
    this.#close();
    sessionStorage.removeItem(storageKey);
    for (const id of ["pane-stay", "talk", "away", "announcements", "group"]) show(byID(id), false);
    setText(byID("over-title"), t(`${kind}Title`));
    setText(byID("over-text"), text);
    show(byID("pane-over"));
    document.title = t(`${kind}Title`);
    byID("over-title").focus();
  }
}

// MARK: Beginning

const arrived = (stored) => {
  sessionStorage.setItem(storageKey, JSON.stringify(stored));
  return new Visit(stored);
};

new Entry(arrived);
showOpening();
byID("again").addEventListener("click", () => location.reload());
const kept = sessionStorage.getItem(storageKey);
if (kept) new Visit(JSON.parse(kept));
