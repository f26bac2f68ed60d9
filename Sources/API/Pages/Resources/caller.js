// The caller's page: entering, waiting, being seen, leaving. It knows one visit, the caller's own.

import { ask, command, nobody, Problem } from "./api.js";
import { dayAndTime, duration, now, wholeMinutes } from "./clock.js";
import { busy, byID, el, fieldError, openDialog, problem, say, setConnection, setText, show } from "./dom.js";
import { LiveStream } from "./stream.js";
import { Thread } from "./thread.js";

const texts = JSON.parse(byID("texts").textContent);
const language = document.documentElement.lang;
const { clinic, organisation, zone } = byID("main").dataset;
const storageKey = `anteroom.visit.${clinic}`;
const charactersMax = 200;
const tickMilliseconds = 1_000;
/** How often the place in line is asked for, where the stream does not tell it. */
const placeMilliseconds = 20_000;

const t = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

/** What went wrong, in the caller's language. */
function wordsOf(error) {
  if (!(error instanceof Problem)) return t("failed");
  if (error.status === 0) return t("offline");
  return error.status === 503 || error.status === 429 ? t("busy") : t("failed");
}

// MARK: Entering

class Entry {
  #form = byID("entry");
  #onArrived;

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
      const { visit } = await command("visit.open", { organisation, clinic }, nobody);
      const { token } = await command("visit.arrive", { organisation, visit, entry }, nobody);
      this.#form.reset();
      this.#onArrived({ visit, token });
    } catch (error) {
      this.#refused(error);
    }
  }

  /** The fields as the API takes them, and the first that is wrong. */
  #read() {
    const entry = {};
    let firstWrong = null;
    const judge = (input, id, fault) => {
      fieldError(input, id, fault ? t(fault) : "");
      if (fault) firstWrong ??= input;
    };
    for (const input of this.#form.querySelectorAll("input[name]:not([type=checkbox])")) {
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

  #refused(error) {
    let isTold = false;
    for (const { field, code } of error.errors ?? []) {
      const name = field.replace(/^entry\./, "");
      const input = byID(`f-${name}`);
      if (!input) continue;
      const words = code === "missing" ? "required" : name === "birthDate" ? "notADate" : "failed";
      isTold = fieldError(input, `e-${name}`, t(words)) || isTold;
    }
    if (shut(error)) return;
    problem(byID("entry-problem"), isTold ? t("checkFields") : wordsOf(error));
    byID("entry-problem").focus();
  }
}

/** Shows that nobody is admitted, where that is why it was refused. */
function shut(error) {
  const kind = { clinicClosed: "closed", outsideHours: "closed", areaDisabled: "disabled", areaSuspended: "suspended" };
  const state = kind[error.code];
  if (!state) return false;
  setText(byID("shut-title"), t(`${state}Title`));
  setText(byID("shut-text"), t(`${state}Text`));
  show(byID("pane-entry"), false);
  show(byID("pane-shut"));
  byID("shut-title").focus();
  return true;
}

function showOpening() {
  const line = byID("shut-next");
  const { opens } = line.dataset;
  if (opens) setText(line, t("opensAt", { when: dayAndTime(opens, zone, language) }));
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
  #isPlaceTold = false;
  #hasLeft = false;
  #timers = [];

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
      state: (state) => this.#connection(state), ended: (refusal) => this.#lost(refusal),
    });
    this.#timers = [
      setInterval(() => this.#tick(), tickMilliseconds), setInterval(() => this.#askPlace(), placeMilliseconds),
    ];
    byID("leave").onclick = () => this.#askToLeave();
    byID("leave-stay").onclick = () => byID("leave-dialog").close();
    byID("leave-go").onclick = () => busy(byID("leave-go"), () => this.#leave());
  }

  headers() {
    return { Authorization: `Bearer ${this.#stored.token}` };
  }

  #close() {
    this.#stream.close();
    this.#timers.forEach(clearInterval);
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
    else if (name === "withdrawn") this.#withdraw(data.announcement);
  }

  #message(message, isNew) {
    if (!this.#thread.add(message) || !isNew || message.from.kind === "caller") return;
    say(t("messageFrom", { text: message.text ?? "" }));
  }

  #announce({ announcement, text }, isNew) {
    this.#withdraw(announcement);
    byID("announcement-list").append(el("li", { id: `a-${announcement}` }, text));
    show(byID("announcements"));
    if (isNew) say(text);
  }

  #withdraw(announcement) {
    byID(`a-${announcement}`)?.remove();
    show(byID("announcements"), byID("announcement-list").children.length > 0);
  }

  #changed(visit) {
    if (visit.state === "ended") return this.#over(this.#ending(visit));
    const before = this.#state;
    this.#arrivedAt = visit.arrivedAt;
    const isPaused = visit.state === "beingSeen" && (visit.onHold ?? []).some((one) => one.kind === "caller");
    this.#state = isPaused ? "paused" : visit.state;
    const isMoved = visit.clinic !== this.#clinic;
    this.#clinic = visit.clinic;
    if (isMoved) this.#moved(visit);
    else if (before && before !== "waiting" && visit.state === "waiting") this.#notice(t("sentBack"));
    else if (before && before !== this.#state) this.#notice("");
    if (this.#state !== before) this.#showState(before);
    if (before !== this.#state || isMoved) this.#askPlace();
  }

  #ending({ reason }) {
    if (this.#hasLeft) return "gaveUp";
    return reason === "lostContact" || reason === "timedOut" ? "lost" : "over";
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
    setText(byID("stay-notice"), text);
    show(byID("stay-notice"), text !== "");
    if (text) say(text);
  }

  #moved({ clinicName }) {
    const name = clinicName ?? "";
    if (name) setText(byID("stay-clinic"), name);
    this.#notice(t("moved", { clinic: name }).replace(/: \./, "."));
  }

  #tick() {
    if (this.#arrivedAt === null || this.#state !== "waiting") return;
    const waited = now() - Date.parse(this.#arrivedAt);
    setText(byID("waited"), wholeMinutes(waited) === 0 ? t("underAMinute") : duration(waited, language));
  }

  async #askPlace() {
    if (this.#isPlaceTold || this.#state !== "waiting" || document.visibilityState === "hidden") return;
    try {
      const visit = await ask(`/v1/visits/${this.#stored.visit}`, this);
      if (!this.#isPlaceTold && this.#state === "waiting") this.#setPlace(visit.position ?? null);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The stream says what has become of the visit, or that there is no connection.
    }
  }

  #showPlace(place) {
    this.#isPlaceTold = true;
    this.#setPlace(place);
  }

  #setPlace(place) {
    if (place === this.#place) return;
    const isFirst = this.#place === null;
    this.#place = place;
    show(byID("place-box"), place !== null);
    if (place === null) return;
    setText(byID("place"), new Intl.NumberFormat(language).format(place));
    if (!isFirst) say(t("placeIs", { place }));
  }

  #connection(state) {
    const words = { connecting: "connecting", live: "connected", lost: "noConnection" }[state];
    if (byID("connection").classList.contains("lost") !== (state === "lost") && state !== "connecting") say(t(words));
    setConnection(state, t(words));
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

  #over(kind) {
    this.#close();
    sessionStorage.removeItem(storageKey);
    for (const id of ["pane-stay", "talk", "away", "announcements"]) show(byID(id), false);
    setText(byID("over-title"), t(`${kind}Title`));
    setText(byID("over-text"), t(`${kind}Text`));
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
document.addEventListener("click", (event) => {
  if (!byID("languages").contains(event.target)) byID("languages").open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !byID("languages").open) return;
  byID("languages").open = false;
  byID("languages").querySelector("summary").focus();
});
const kept = sessionStorage.getItem(storageKey);
if (kept) new Visit(JSON.parse(kept));
