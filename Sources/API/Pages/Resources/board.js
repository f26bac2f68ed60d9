// The live waiting area of one clinic.

import { ask, command, Problem } from "./api.js";
import { Announcements } from "./announcements.js";
import { Card, isCaller, nameOf, questionnaireCount } from "./card.js";
import { dayAndTime } from "./clock.js";
import { askToEnd, openReason, openTransfer } from "./dialogs.js";
import { busy, byID, openDialog, problem, say, setConnection, setText, show } from "./dom.js";
import { tellPresence } from "./presence.js";
import { chime } from "./sound.js";
import { LiveStream } from "./stream.js";
import { Thread } from "./thread.js";

const states = ["waiting", "onHold", "beingSeen"];
/** Flagged from that minute on (WA-3), where the clinic says nothing else. */
const longWaitMinutesUsual = 30;
/** Roles that write announcements (the golden table's `editTexts`). */
const announcing = ["orgAdmin", "clinicAdmin"];
const tickMilliseconds = 1_000;

export class Board {
  session;
  #me;
  #clinic;
  #clinics;
  #colleagues = new Map();
  #mayJoin;
  #cards = new Map();
  #stream;
  #ticker;
  #talk = null;
  #isClosed = false;
  #onEnded;
  #announcements;
  #unknown = new Set();
  #allowsLocks = false;
  /** By visit: what ends telling that one is in it. */
  #presence = new Map();
  #chimes = false;
  longWaitMinutes = longWaitMinutesUsual;

  /**
   * `place`: `{clinic, role}` acted in; `clinics`: those one may see; `onEnded(problem)`: the waiting area may be seen
   * no longer.
   */
  constructor(session, { me, place, clinics, onEnded }) {
    this.session = session;
    this.#me = me;
    this.#clinic = place.clinic;
    this.#clinics = clinics;
    // A coordinator sees the list, writes and announces, and joins no call (ROLE-1).
    this.#mayJoin = place.role !== "orgCoordinator";
    this.#announcements = new Announcements(session, this.clinic, announcing.includes(place.role));
    this.#onEnded = onEnded;
    setText(byID("board-title"), this.#clinic.name);
    setConnection("connecting", "Connecting…");
    byID("walk-in").onclick = () => busy(byID("walk-in"), () => this.#switchWalkIn());
    this.#askDoor();
    this.#askColleagues();
    this.#askAlerts();
    this.#stream = new LiveStream(`/v1/clinics/${this.#clinic.clinic}/waiting-area/live`, session, {
      snapshot: (events) => this.#snapshot(events),
      event: (event) => this.#changed(event),
      state: (state) => this.#connection(state),
      ended: (refusal) => this.#ended(refusal),
    });
    this.#ticker = setInterval(() => this.#tick(), tickMilliseconds);
  }

  close() {
    this.#isClosed = true;
    this.#stream.close();
    clearInterval(this.#ticker);
    for (const visit of [...this.#presence.keys()]) this.#tellPresence(visit, false);
    this.#closeTalk();
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    for (const state of states) byID(state).replaceChildren();
    this.#cards.clear();
    this.#announcements.clear();
    for (const id of ["announce", "walk-in", "board-door"]) show(byID(id), false);
    // No name stays on the page of who has gone.
    for (const id of ["reason-title", "talk-title", "transfer-title", "ask-title", "board-title", "board-counts", "said"]) {
      setText(byID(id), "");
    }
    setConnection("", "");
  }

  get clinic() {
    return this.#clinic.clinic;
  }

  /** Open clinics one may see, but this one. */
  get otherClinics() {
    return this.#clinics.filter((one) => one.clinic !== this.clinic && one.isOpen);
  }

  get zone() {
    return this.#clinic.zone;
  }

  person = (staff) => {
    if (staff === this.#me) return "you";
    const name = this.#colleagues.get(staff);
    if (!name && !this.#unknown.has(staff)) {
      this.#unknown.add(staff); // New since the names were asked for: once for each.
      this.#askColleagues();
    }
    return name ?? "a colleague";
  };
  clinicName = (clinic) => this.#clinics.find((one) => one.clinic === clinic)?.name ?? "another clinic";

  // MARK: What the stream tells

  #snapshot(events) {
    const rows = events.filter((event) => event.name === "caller").map((event) => event.data);
    const present = new Set(rows.map((row) => row.visit));
    for (const visit of [...this.#cards.keys()]) if (!present.has(visit)) this.#remove(visit);
    for (const row of rows) this.#put(row);
    this.#announcements.clear();
    for (const event of events) this.#announcements.take(event);
    this.#count();
  }

  #changed({ name, data }) {
    if (name === "caller") {
      const isNew = !this.#cards.has(data.visit);
      this.#put(data);
      if (isNew) {
        this.#cards.get(data.visit).element.classList.add("new");
        say(`${nameOf(data)} arrived.`);
        if (this.#chimes && data.state === "waiting") chime();
      }
    } else if (name === "gone") {
      const card = this.#cards.get(data.visit);
      if (card) say(`${nameOf(card.row)} is no longer here.`);
      this.#remove(data.visit);
    } else if (name === "walk-in") {
      if (data.staff === this.#me) this.#askColleagues();
    } else if (name === "clinic") {
      this.#askDoor();
    } else {
      this.#announcements.take({ name, data });
    }
    this.#count();
  }

  // MARK: What is asked beside it

  /** Whether callers are admitted, and what the clinic's settings say. */
  async #askDoor() {
    const door = await this.#askQuietly(`/v1/clinics/${this.#clinic.clinic}/entry`);
    if (!door) return;
    this.longWaitMinutes = door.longWaitMinutes ?? longWaitMinutesUsual;
    this.#allowsLocks = door.allowsLocks ?? false;
    const opens = door.opensAt ? ` It opens ${dayAndTime(door.opensAt, this.zone, "en-GB")}.` : "";
    const words = {
      closed: `Closed: nobody is admitted now.${opens}`, suspended: "Suspended: nobody is admitted for now.",
      disabled: "Switched off: nobody is admitted.", closedForGood: "The clinic is closed: nobody is admitted.",
    }[door.door];
    setText(byID("board-door"), words ?? "");
    show(byID("board-door"), Boolean(words));
    for (const card of this.#cards.values()) card.update(card.row);
  }

  /** Names, and whether one takes visitors oneself. */
  async #askColleagues() {
    const rows = await this.#askQuietly(`/v1/clinics/${this.#clinic.clinic}/practitioners?limit=1000`);
    if (!rows) return;
    this.#colleagues = new Map(rows.rows.map((row) => [row.staff, row.name ?? "a former colleague"]));
    const own = rows.rows.find((row) => row.staff === this.#me);
    show(byID("walk-in"), this.#mayJoin && Boolean(own?.isPractitioner));
    byID("walk-in").setAttribute("aria-pressed", own?.isAvailable ? "true" : "false");
    for (const card of this.#cards.values()) card.update(card.row);
  }

  /** Whether one wants a sound when somebody comes (WA-11). */
  async #askAlerts() {
    const alerts = await this.#askQuietly("/v1/alerts");
    this.#chimes = Boolean(alerts?.sound && alerts.clinics.includes(this.clinic));
  }

  /** Who is in a call and falls silent has lost contact (WA-3): this page speaks for who looks at it. */
  #tellPresence(visit, isIn) {
    if (isIn === this.#presence.has(visit)) return;
    if (isIn) {
      this.#presence.set(visit, tellPresence(this.session, { visit }));
    } else {
      this.#presence.get(visit)();
      this.#presence.delete(visit);
    }
  }

  /** Null where it is refused: the waiting area is shown all the same. */
  async #askQuietly(path) {
    try {
      const answer = await ask(path, this.session);
      return this.#isClosed ? null : answer;
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  async #switchWalkIn() {
    const isOn = byID("walk-in").getAttribute("aria-pressed") === "true";
    try {
      await command("walk-in.switch", { clinic: this.clinic, available: !isOn }, this.session);
      problem(byID("board-problem"), "");
    } catch (error) {
      problem(byID("board-problem"), error.words ?? `${error}`);
    }
  }

  #put(row) {
    this.#tellPresence(row.visit, row.participants.some((one) => one.staff === this.#me));
    const known = this.#cards.get(row.visit);
    if (!known) {
      const card = new Card(this, row);
      this.#cards.set(row.visit, card);
      this.#place(card);
      return;
    }
    const before = known.row;
    const focused = known.element.contains(document.activeElement) ? document.activeElement.dataset.action ?? "" : null;
    known.update(row);
    if (row.unanswered > before.unanswered) say(`Message from ${nameOf(row)}.`);
    if (questionnaireCount(row, "completed") > questionnaireCount(before, "completed")) {
      say(`${nameOf(row)} completed a questionnaire.`);
    }
    if (row.state !== before.state || row.queued !== before.queued || row.waitingSince !== before.waitingSince) {
      this.#place(known);
      // A card that moves takes the focus along.
      if (focused !== null) known.focus(focused);
    }
  }

  /** In its list, in the order they came. */
  #place(card) {
    const list = byID(card.state);
    // Shown first: nothing in what is hidden can take the focus.
    if (card.state !== "waiting") show(byID(`${card.state}-section`));
    const after = [...list.children].find((other) => {
      const { row } = this.#cards.get(other.dataset.visit);
      return other !== card.element && this.#order(row) > this.#order(card.row);
    });
    list.insertBefore(card.element, after ?? null);
  }

  #order = (row) => row.queued;

  #remove(visit) {
    this.#tellPresence(visit, false);
    const card = this.#cards.get(visit);
    if (!card) return;
    const hadFocus = card.element.contains(document.activeElement);
    card.element.remove();
    this.#cards.delete(visit);
    if (hadFocus) byID("waiting-title").focus();
    if (this.#talk?.visit === visit) {
      byID("talk-dialog").close();
      say(`${nameOf(card.row)} is no longer here.`);
    }
  }

  #count() {
    const counts = Object.fromEntries(states.map((state) => [state, byID(state).children.length]));
    for (const state of states) {
      setText(byID(`${state}-count`), `${counts[state]}`);
      if (state !== "waiting") show(byID(`${state}-section`), counts[state] > 0);
    }
    show(byID("waiting-empty"), counts.waiting === 0);
    setText(
      byID("board-counts"), `${counts.waiting} waiting, ${counts.onHold} on hold, ${counts.beingSeen} being seen`);
    document.title = `${counts.waiting > 0 ? `(${counts.waiting}) ` : ""}${this.#clinic.name} – waiting area`;
  }

  #tick() {
    for (const card of this.#cards.values()) card.tick();
  }

  #connection(state) {
    const words = { connecting: "Connecting…", live: "Live", lost: "Connection lost. Trying again…" }[state];
    const before = byID("connection-words").textContent;
    setConnection(state, words);
    if (before === words || state === "connecting") return;
    if (state === "lost") say("Connection lost. What is shown may be old.");
    else if (before.startsWith("Connection lost")) say("Connected again.");
  }

  #ended(refusal) {
    this.close();
    this.#onEnded(refusal);
  }

  // MARK: What can be done

  /** What one may do with a caller now, the likeliest first. */
  actions(row) {
    const isIn = row.participants.some((one) => one.staff === this.#me);
    const isPaused = row.onHold.some(isCaller);
    const act = (id, label, kind) => ({ id, label, kind, run: () => command(`visit.${id}`, { visit: row.visit }, this.session) });
    const talk = {
      id: "message", label: "Messages", count: row.unanswered, run: (card) => this.#openTalk(card.row),
    };
    if (!this.#mayJoin) return [talk];
    const transfer = { id: "transfer", label: "Transfer…", run: (card) => openTransfer(this, card.row) };
    const end = { id: "end", label: "End…", kind: "danger", run: (card) => askToEnd(this, card.row) };
    const dismiss = { id: "dismiss", label: "Turn away…", kind: "danger", run: (card) => openReason(this, card.row, "dismiss") };
    const back = { id: "send-back", label: "Send back…", run: (card) => openReason(this, card.row, "send-back") };
    if (row.state === "waiting") return [act("admit", "Take in", "main"), talk, transfer, dismiss];
    if (row.state === "onHold") return [act("admit", "Take in again", "main"), talk, transfer, back, end];
    if (!isIn) return [act("join", "Join"), talk, transfer, end];
    return [
      isPaused ? act("resume", "Resume", "main") : act("hold", "Hold"),
      act("leave", "Step out"), talk, transfer, back,
      ...(this.#allowsLocks ? [row.isLocked ? act("unlock", "Unlock") : act("lock", "Lock")] : []), end,
    ];
  }

  // MARK: Messages

  #openTalk(row) {
    this.#closeTalk();
    const name = nameOf(row);
    const words = {
      write: `Message to ${name}`, send: "Send", empty: "No messages yet.", gone: "This message was erased.",
      required: "Write something first.", log: `Messages with ${name}`,
      sender: (from) => (isCaller(from) ? name : this.person(from.staff).replace(/^you$/, "You")),
      refusal: (error) => error.words,
    };
    const thread = new Thread(byID("thread"), words, {
      isMine: (from) => !isCaller(from), zone: this.zone, language: "en-GB", identity: this.session,
      visit: () => row.visit,
    });
    const add = (event) => event.name === "message" && thread.add(event.data);
    const stream = new LiveStream(`/v1/visits/${row.visit}/live`, this.session, {
      snapshot: (events) => {
        thread.clear();
        events.forEach(add);
      },
      event: add, state: () => {}, ended: () => byID("talk-dialog").close(),
    });
    this.#talk = { visit: row.visit, stream };
    setText(byID("talk-title"), name);
    byID("talk-dialog").onclose = () => this.#closeTalk();
    openDialog(byID("talk-dialog"));
    thread.focus();
  }

  #closeTalk() {
    this.#talk?.stream.close();
    this.#talk = null;
    byID("thread").replaceChildren();
  }
}
