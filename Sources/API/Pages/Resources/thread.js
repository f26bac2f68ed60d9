// The messages of one visit, and writing one. The same for the caller and for the staff.

import { command } from "./api.js";
import { clockTime } from "./clock.js";
import { busy, el, fieldError, problem, show } from "./dom.js";

/** Characters in one message; docs/commands.md, `visit.message`. */
const charactersMax = 4_000;

export class Thread {
  #words;
  #list;
  #empty;
  #input;
  #refusal;
  #known = new Set();

  /**
   * `words`: `{write, send, empty, gone, required, log, sender(from), refusal(problem)}`; `isMine(from)`;
   * `zone`, `language`; `visit()` and `identity` to write with.
   */
  constructor(place, words, options) {
    this.#words = words;
    this.options = options;
    this.#list = el("ol", { class: "thread", role: "log", "aria-live": "polite", "aria-label": words.log, tabindex: "0" });
    this.#empty = el("p", { class: "quiet" }, words.empty);
    this.#refusal = el("div", { class: "problem", role: "alert", hidden: true });
    place.replaceChildren(this.#empty, this.#list, this.#composer());
    this.clear();
  }

  #composer() {
    this.#input = el("textarea", { id: "message-text", rows: "2", maxlength: charactersMax, required: true });
    const send = el("button", { type: "submit", class: "main" }, this.#words.send);
    const form = el(
      "form", { class: "compose", novalidate: true },
      el("div", { class: "field" },
        el("label", { for: "message-text" }, this.#words.write), this.#input,
        el("p", { class: "error", id: "e-message", hidden: true })),
      this.#refusal, el("div", { class: "row" }, send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(send, () => this.#send());
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    return form;
  }

  focus() {
    this.#input.focus();
  }

  clear() {
    this.#known.clear();
    this.#list.replaceChildren();
    this.#showEmpty();
  }

  #showEmpty() {
    const isEmpty = this.#known.size === 0;
    show(this.#empty, isEmpty);
    show(this.#list, !isEmpty);
  }

  /** Adds a message; one that is there already is not added again. True: it was new. */
  add(message) {
    if (this.#known.has(message.message)) return false;
    this.#known.add(message.message);
    const { isMine, zone, language } = this.options;
    this.#showEmpty();
    this.#list.append(
      el("li", { class: isMine(message.from) ? "message mine" : "message" },
        el("span", { class: "who" },
          `${this.#words.sender(message.from)} · `,
          el("time", { datetime: message.at }, clockTime(message.at, zone, language))),
        el("p", {}, message.text ?? this.#words.gone)));
    this.#list.scrollTop = this.#list.scrollHeight;
    return true;
  }

  async #send() {
    const text = this.#input.value.trim();
    problem(this.#refusal, "");
    fieldError(this.#input, "e-message", text === "" ? this.#words.required : "");
    if (text === "") return this.#input.focus();
    try {
      await command("visit.message", { visit: this.options.visit(), text }, this.options.identity);
      if (this.#input.value.trim() === text) this.#input.value = "";
      this.#input.focus();
    } catch (error) {
      problem(this.#refusal, this.#words.refusal(error));
    }
  }
}

