// What the clinic tells all who wait there, and writing it (TXT-3).

import { command } from "./api.js";
import { now } from "./clock.js";
import { busy, byID, el, fieldError, openDialog, problem, setText, show } from "./dom.js";

export class Announcements {
  #session;
  #clinic;
  #all = new Map();

  /** `mayWrite`: whether the role acted in writes them. */
  constructor(session, clinic, mayWrite) {
    this.#session = session;
    this.#clinic = clinic;
    show(byID("announce"), mayWrite);
    byID("announce").onclick = () => this.#open();
    byID("announce-form").onsubmit = (event) => {
      event.preventDefault();
      busy(byID("announce-go"), () => this.#make());
    };
  }

  /** Takes up what the stream tells of them. */
  take({ name, data }) {
    if (name === "announcement") this.#all.set(data.announcement, data);
    else if (name !== "withdrawn") return;
    else if (data.announcement) this.#all.delete(data.announcement);
    else this.#all.clear();
    this.#show();
  }

  clear() {
    this.#all.clear();
    this.#show();
  }

  #show() {
    const all = [...this.#all.values()].filter(({ expires }) => !expires || Date.parse(expires) > now());
    setText(byID("announce"), all.length > 0 ? `Announcements (${all.length})…` : "Announcements…");
    show(byID("announce-none"), all.length === 0);
    byID("announce-list").replaceChildren(...all.map(({ announcement, text }) => {
      const remove = el(
        "button", { type: "button", class: "plain-button" }, "Delete",
        el("span", { class: "visually-hidden" }, ` “${text}”`));
      remove.addEventListener("click", () => busy(remove, async () => {
        // The button goes with its line; the focus stays in the dialog.
        if (await this.#do("announcement.withdraw", { announcement })) byID("announce-text").focus();
      }));
      return el("li", {}, el("span", {}, text), remove);
    }));
  }

  #open() {
    problem(byID("announce-problem"), "");
    fieldError(byID("announce-text"), "e-announce", "");
    this.#show();
    openDialog(byID("announce-dialog"));
  }

  async #make() {
    const input = byID("announce-text");
    const text = input.value.trim();
    fieldError(input, "e-announce", text === "" ? "Write something first." : "");
    if (text === "") return input.focus();
    if (await this.#do("announcement.make", { text })) byID("announce-form").reset();
  }

  async #do(name, body) {
    problem(byID("announce-problem"), "");
    try {
      await command(name, { clinic: this.#clinic, ...body }, this.#session);
      return true;
    } catch (error) {
      problem(byID("announce-problem"), error.words ?? `${error}`);
      return false;
    }
  }
}
