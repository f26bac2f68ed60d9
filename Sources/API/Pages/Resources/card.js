// One caller's card in the waiting area.

import { clockTime, duration, now, wholeMinutes } from "./clock.js";
import { busy, el, problem, setText, show } from "./dom.js";

const marks = {
  green: { sign: "●", words: "On time" },
  red: { sign: "▲", words: "Late" },
  yellow: { sign: "◆", words: "Walk-in" },
};
const minuteMilliseconds = 60_000;

export const isCaller = (participant) => participant.kind === "caller";

/** The name a caller gave, as far as they gave one. */
export function nameOf(row) {
  const { firstName, lastName } = row.entry ?? {};
  return [firstName, lastName].filter(Boolean).join(" ") || "Caller without a name";
}

/** Of what they are to fill in: how many stand in that state. */
export const questionnaireCount = (row, state) => row.questionnaires.filter((one) => one.state === state).length;

/** What became of what they are to fill in: "1 new, 2 completed". */
const questionnaireWords = (row) => ["new", "started", "completed"]
  .map((state) => [questionnaireCount(row, state), state]).filter(([count]) => count > 0)
  .map(([count, state]) => `${count} ${state}`).join(", ");

/** A wait so far, or a hold: short, below a minute too. */
const lasted = (milliseconds) =>
  (wholeMinutes(milliseconds) === 0 ? "< 1 min" : duration(milliseconds, "en", "short"));

export class Card {
  #board;
  #parts;
  #buttons = new Map();

  constructor(board, row) {
    this.#board = board;
    this.#parts = {
      name: el("h3", { tabindex: "-1", id: `name-${row.visit}` }),
      mark: el("span", { class: "mark" }),
      long: el("span", { class: "mark alarm", hidden: true }),
      lost: el("span", { class: "mark alarm", hidden: true }),
      state: el("span", { class: "mark", hidden: true }),
      wait: el("b"),
      waitWords: el("span"),
      facts: el("dl", { class: "facts" }),
      actions: el("div", { class: "row" }),
      problem: el("div", { class: "problem", role: "alert", hidden: true }),
    };
    const { name, mark, long, lost, state, wait, waitWords, facts, actions } = this.#parts;
    this.element = el(
      "li", { class: "card", "data-visit": row.visit, "aria-labelledby": `name-${row.visit}` },
      el("div", { class: "card-head" }, name, mark, state, long, lost),
      el("div", { class: "card-wait" }, wait, " ", waitWords), facts, actions, this.#parts.problem);
    this.update(row);
  }

  get state() {
    return this.row.state;
  }

  update(row) {
    this.row = row;
    const { name, mark, facts } = this.#parts;
    setText(name, nameOf(row));
    this.element.classList.remove("green", "red", "yellow");
    this.element.classList.add(row.colour);
    mark.className = `mark ${row.colour}`;
    if (mark.dataset.colour !== row.colour) {
      mark.dataset.colour = row.colour;
      const { sign, words } = marks[row.colour] ?? { sign: "○", words: row.colour };
      mark.replaceChildren(el("span", { "aria-hidden": "true" }, sign), ` ${words}`);
    }
    facts.replaceChildren(
      ...this.#facts().map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
    this.#showActions();
    this.tick();
  }

  /** What the caller gave, and what the clinic knows, as far as it is there. */
  #facts() {
    const { row } = this;
    const { zone, person, clinicName } = this.#board;
    const entry = row.entry ?? {};
    const time = (iso) => clockTime(iso, zone, "en-GB");
    const inside = row.participants.filter((one) => !isCaller(one))
      .map((one) => (one.staff ? person(one.staff) : "somebody invited"));
    const stays = row.stays.filter((stay) => stay.leftAt).map((stay) =>
      `${stay.name ?? clinicName(stay.clinic)} (waited ${duration(stay.waitedMilliseconds, "en", "short")}`
      + `${stay.by ? `, sent by ${person(stay.by)}` : ""})`);
    return [
      ["Arrived", time(row.arrivedAt)],
      ["First arrived", row.firstArrivedAt !== row.arrivedAt ? time(row.firstArrivedAt) : ""],
      ["Appointment", time(row.appointmentStart)],
      ["Asked for", row.askedFor ? person(row.askedFor) : ""],
      ["Questionnaires", questionnaireWords(row)],
      ["Born", entry.birthDate], ["Phone", entry.phone], ["Number", entry.externalNumber],
      ["Came from", stays.join(", ")], ["In the call", inside.join(", ")],
    ].filter(([, value]) => value);
  }

  /** What depends on now. */
  tick() {
    const { row } = this;
    const { wait, waitWords, long, lost, state } = this.#parts;
    const since = row.waitingSince ? now() - Date.parse(row.waitingSince) : 0;
    const waited = row.waitedMilliseconds + Math.max(0, since);
    setText(wait, lasted(waited));
    setText(waitWords, row.state === "waiting" ? "waiting" : "waited");
    const isLong = row.state === "waiting" && waited >= this.#board.longWaitMinutes * minuteMilliseconds;
    if (isLong && long.hidden) setText(long, `Over ${this.#board.longWaitMinutes} minutes`);
    show(long, isLong);
    const away = row.away.find((one) => isCaller(one.who));
    setText(lost, away ? `No contact for ${wholeMinutes(now() - Date.parse(away.since))} min` : "");
    show(lost, Boolean(away));
    setText(state, this.#stateWords());
    show(state, state.textContent !== "");
  }

  #stateWords() {
    const { row } = this;
    if (row.state === "onHold") {
      return `‖ On hold${row.heldSince ? ` for ${lasted(now() - Date.parse(row.heldSince))}` : ""}`;
    }
    if (row.state === "beingSeen" && row.onHold.some(isCaller)) return "‖ On hold in the call";
    if (row.awaitsClient) return "Room open, caller not there yet";
    if (row.question) return "Asked into a group call";
    if (row.group) return "In a group call";
    return row.isLocked ? "Locked" : "";
  }

  /** A button that stays what it was stays the same element: the focus, or a dialog that gives it back, is not lost. */
  #showActions() {
    const actions = this.#board.actions(this.row);
    const hadFocus = this.#parts.actions.contains(document.activeElement);
    const buttons = actions.map((action) => {
      const button = this.#buttons.get(action.id) ?? this.#button(action.id);
      this.#label(button, action);
      return button;
    });
    for (const [id, button] of this.#buttons) {
      if (buttons.includes(button)) continue;
      button.remove();
      this.#buttons.delete(id);
    }
    buttons.forEach((button, index) => {
      const { children } = this.#parts.actions;
      if (children[index] !== button) this.#parts.actions.insertBefore(button, children[index] ?? null);
    });
    if (hadFocus && !this.#parts.actions.contains(document.activeElement)) this.focus(actions[0].id);
  }

  #button(id) {
    const button = el("button", { type: "button", "data-action": id });
    button.addEventListener("click", () => busy(button, () => this.#run(id)));
    this.#buttons.set(id, button);
    return button;
  }

  #label(button, { label, kind = "", count = 0 }) {
    const name = nameOf(this.row);
    const signature = JSON.stringify([label, kind, count, name]);
    if (button.dataset.signature === signature) return;
    button.dataset.signature = signature;
    button.className = kind;
    button.replaceChildren(
      label, el("span", { class: "visually-hidden" }, ` ${name}`),
      ...(count > 0 ? [el("span", { class: "badge" }, `${count}`, el("span", { class: "visually-hidden" }, " unread"))] : []));
  }

  /** Focus on a button if it is still there, else on the name. */
  focus(action) {
    (this.#parts.actions.querySelector(`[data-action="${action}"]`) ?? this.#parts.name).focus();
  }

  async #run(id) {
    problem(this.#parts.problem, "");
    try {
      await this.#board.actions(this.row).find((action) => action.id === id)?.run(this);
    } catch (error) {
      this.refused(error);
    }
  }

  refused(error) {
    problem(this.#parts.problem, error.words ?? "Something unexpected happened.");
  }
}
