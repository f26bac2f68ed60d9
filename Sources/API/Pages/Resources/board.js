// The live waiting area of one clinic.

import { command } from "./api.js";
import { Card, isCaller, nameOf } from "./card.js";
import { busy, byID, el, openDialog, problem, say, setConnection, setText, show } from "./dom.js";
import { LiveStream } from "./stream.js";
import { Thread } from "./thread.js";

const states = ["waiting", "onHold", "beingSeen"];
/** Flagged from that minute on (WA-3). */
const longWaitMinutes = 30;
const tickMilliseconds = 1_000;

export class Board {
  #session;
  #me;
  #clinic;
  #clinics;
  #colleagues;
  #mayJoin;
  #cards = new Map();
  #stream;
  #ticker;
  #talk = null;
  #onEnded;
  longWaitMinutes = longWaitMinutes;

  /**
   * `place`: `{clinic, role}` acted in; `clinics`: those one may see; `colleagues`: names by staff id;
   * `onEnded(problem)`: the waiting area may be seen no longer.
   */
  constructor(session, { me, place, clinics, colleagues, onEnded }) {
    this.#session = session;
    this.#me = me;
    this.#clinic = place.clinic;
    this.#clinics = clinics;
    this.#colleagues = colleagues;
    // A coordinator sees the list, writes and announces, and joins no call (ROLE-1).
    this.#mayJoin = place.role !== "orgCoordinator";
    this.#onEnded = onEnded;
    setText(byID("board-title"), this.#clinic.name);
    setConnection("connecting", "Connecting…");
    this.#stream = new LiveStream(`/v1/clinics/${this.#clinic.clinic}/waiting-area/live`, session, {
      snapshot: (events) => this.#snapshot(events),
      event: (event) => this.#changed(event),
      state: (state) => this.#connection(state),
      ended: (refusal) => this.#ended(refusal),
    });
    this.#ticker = setInterval(() => this.#tick(), tickMilliseconds);
  }

  close() {
    this.#stream.close();
    clearInterval(this.#ticker);
    this.#closeTalk();
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    for (const state of states) byID(state).replaceChildren();
    this.#cards.clear();
    // No name stays on the page of who has gone.
    for (const id of ["talk-title", "transfer-title", "ask-title", "board-title", "board-counts", "said"]) {
      setText(byID(id), "");
    }
    setConnection("", "");
  }

  get clinic() {
    return this.#clinic.clinic;
  }

  get zone() {
    return this.#clinic.zone;
  }

  person = (staff) => (staff === this.#me ? "you" : this.#colleagues.get(staff) ?? "a colleague");
  clinicName = (clinic) => this.#clinics.find((one) => one.clinic === clinic)?.name ?? "another clinic";

  // MARK: What the stream tells

  #snapshot(events) {
    const rows = events.filter((event) => event.name === "caller").map((event) => event.data);
    const present = new Set(rows.map((row) => row.visit));
    for (const visit of [...this.#cards.keys()]) if (!present.has(visit)) this.#remove(visit);
    for (const row of rows) this.#put(row);
    this.#count();
  }

  #changed({ name, data }) {
    if (name === "caller") {
      const isNew = !this.#cards.has(data.visit);
      this.#put(data);
      if (isNew) {
        this.#cards.get(data.visit).element.classList.add("new");
        say(`${nameOf(data)} arrived.`);
      }
    } else if (name === "gone") {
      const card = this.#cards.get(data.visit);
      if (card) say(`${nameOf(card.row)} is no longer here.`);
      this.#remove(data.visit);
    }
    this.#count();
  }

  #put(row) {
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
    if (row.state !== before.state || row.arrivedAt !== before.arrivedAt || row.waitingSince !== before.waitingSince) {
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

  #order = (row) => Date.parse(row.arrivedAt);

  #remove(visit) {
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
    const act = (id, label, kind) => ({ id, label, kind, run: () => this.#do(`visit.${id}`, row.visit) });
    const talk = {
      id: "message", label: "Messages", count: row.unanswered, run: (card) => this.#openTalk(card.row),
    };
    if (!this.#mayJoin) return [talk];
    const rest = [
      talk,
      { id: "transfer", label: "Transfer…", run: (card) => this.#openTransfer(card.row) },
      { id: "end", label: "End…", kind: "danger", run: (card) => this.#askToEnd(card) },
    ];
    if (row.state === "waiting") return [act("admit", "Take in", "main"), ...rest];
    if (row.state === "onHold") return [act("admit", "Take in again", "main"), ...rest];
    if (!isIn) return [act("join", "Join"), ...rest];
    return [
      isPaused ? act("resume", "Resume", "main") : act("hold", "Hold"),
      act("leave", "Step out"), ...rest,
    ];
  }

  #do(name, visit) {
    return command(name, { visit }, this.#session);
  }

  /** Asks before what cannot be taken back. */
  #ask({ title, text, go }, work) {
    const dialog = byID("ask-dialog");
    setText(byID("ask-title"), title);
    setText(byID("ask-text"), text);
    setText(byID("ask-go"), go);
    problem(byID("ask-problem"), "");
    byID("ask-go").onclick = () => busy(byID("ask-go"), async () => {
      try {
        await work();
        dialog.close();
      } catch (error) {
        problem(byID("ask-problem"), error.words ?? `${error}`);
      }
    });
    openDialog(dialog);
  }

  #askToEnd(card) {
    const name = nameOf(card.row);
    this.#ask(
      { title: `End the visit of ${name}?`, text: "Their private space closes for everyone in it.", go: "End the visit" },
      () => this.#do("visit.end", card.row.visit));
  }

  #openTransfer(row) {
    const others = this.#clinics.filter((one) => one.clinic !== this.#clinic.clinic && one.isOpen);
    setText(byID("transfer-title"), `Transfer ${nameOf(row)}`);
    problem(byID("transfer-problem"), "");
    show(byID("transfer-none"), others.length === 0);
    show(byID("transfer-choices"), others.length > 0);
    show(byID("transfer-go"), others.length > 0);
    const [legend] = byID("transfer-choices").children;
    byID("transfer-choices").replaceChildren(legend, ...others.map((one, index) =>
      el("label", {},
        el("input", { type: "radio", name: "clinic", value: one.clinic, checked: index === 0 }), one.name)));
    byID("transfer").onsubmit = (event) => {
      event.preventDefault();
      const clinic = new FormData(byID("transfer")).get("clinic");
      busy(byID("transfer-go"), async () => {
        try {
          await command("visit.transfer", { visit: row.visit, clinic }, this.#session.inAnyRole);
          say(`${nameOf(row)} was moved to ${this.clinicName(clinic)}.`);
          byID("transfer-dialog").close();
        } catch (error) {
          problem(byID("transfer-problem"), error.words ?? `${error}`);
        }
      });
    };
    openDialog(byID("transfer-dialog"));
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
      isMine: (from) => !isCaller(from), zone: this.zone, language: "en-GB", identity: this.#session,
      visit: () => row.visit,
    });
    const add = (event) => event.name === "message" && thread.add(event.data);
    const stream = new LiveStream(`/v1/visits/${row.visit}/live`, this.#session, {
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
