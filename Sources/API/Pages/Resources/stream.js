// A live stream of the API: server-sent events read by fetch, because EventSource can send no bearer token.
//
// It goes on where it was (Last-Event-ID), so that nothing is missed or told twice, and says when it is cut off.

import { Problem, readAnswer } from "./api.js";
import { heardAt } from "./clock.js";

/** The server says something at least every 15 s; a connection that is silent for longer is dead. */
const silenceMax = 40_000;
const pauseFirst = 500;
const pauseMax = 8_000;

/** Splits a stream of bytes into server-sent events. Source: HTML Living Standard, "Server-sent events". */
class EventParser {
  #decoder = new TextDecoder();
  #held = "";
  #event = { name: "message", data: [], id: null };

  *feed(bytes) {
    this.#held += this.#decoder.decode(bytes, { stream: true });
    for (let end; (end = this.#held.indexOf("\n")) >= 0;) {
      const line = this.#held.slice(0, end).replace(/\r$/, "");
      this.#held = this.#held.slice(end + 1);
      if (line !== "") this.#take(line);
      else if (this.#event.data.length > 0) yield this.#finished();
    }
  }

  #take(line) {
    // With `s`: a name may hold U+2028, which ends a line for a dot and nobody else.
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "event") this.#event.name = value;
    else if (name === "data") this.#event.data.push(value);
    else if (name === "id") this.#event.id = value;
  }

  #finished() {
    const { name, data, id } = this.#event;
    this.#event = { name: "message", data: [], id: null };
    return { name, data: JSON.parse(data.join("\n")), id };
  }
}

/**
 * Follows a live stream until `close()`.
 *
 * `on.snapshot(events)`: everything as it is; what was shown before is to go.
 * `on.event(event)`: one change, `{name, data, id}`.
 * `on.state("connecting" | "live" | "lost")`; `on.ended(problem)`: it may be seen no longer.
 */
export class LiveStream {
  #path;
  #identity;
  #on;
  #position = null;
  #isClosed = false;
  #abort = null;
  #wake = () => {};
  #hurry = () => {
    if (document.visibilityState === "visible") this.#wake();
  };

  constructor(path, identity, on) {
    this.#path = path;
    this.#identity = identity;
    this.#on = on;
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#run();
  }

  close() {
    this.#isClosed = true;
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#abort?.abort();
    this.#wake();
  }

  async #run() {
    this.#on.state("connecting");
    for (let pause = pauseFirst; !this.#isClosed;) {
      try {
        await this.#connect(() => {
          pause = pauseFirst;
        });
      } catch (error) {
        if (this.#isClosed) return;
        if (error instanceof Problem && this.#isFinal(error)) return this.#end(error);
      }
      if (this.#isClosed) return;
      this.#on.state("lost");
      await this.#rest(pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, pauseMax);
    }
  }

  #isFinal(problem) {
    if (problem.errors.some((error) => error.field === "Last-Event-ID")) {
      this.#position = null; // Another log than before: begin again.
      return false;
    }
    return problem.isRefusal && problem.status >= 400 && problem.status < 500 && problem.status !== 429;
  }

  #end(problem) {
    this.close();
    this.#on.ended(problem);
  }

  #rest(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #connect(onLive) {
    this.#abort = new AbortController();
    let silence = setTimeout(() => this.#abort.abort(), silenceMax);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => this.#abort.abort(), silenceMax);
    };
    try {
      const headers = { Accept: "text/event-stream", ...this.#identity.headers() };
      if (this.#position !== null) headers["Last-Event-ID"] = this.#position;
      const response = await fetch(this.#path, { headers, cache: "no-store", signal: this.#abort.signal });
      if (!response.ok) await readAnswer(response);
      heardAt(response.headers.get("Date"));
      if (this.#position !== null) this.#on.state("live");
      onLive();
      await this.#read(response.body.getReader(), heard);
    } finally {
      clearTimeout(silence);
    }
  }

  async #read(reader, heard) {
    const parser = new EventParser();
    const snapshot = [];
    for (;;) {
      const { value, done } = await reader.read();
      if (done || this.#isClosed) return;
      heard();
      for (const event of parser.feed(value)) this.#take(event, snapshot);
    }
  }

  #take(event, snapshot) {
    if (event.name === "ended") throw new Problem(403, { code: event.data.code });
    if (event.name === "ready") {
      this.#on.snapshot(snapshot);
      this.#on.state("live");
    } else if (this.#position === null) {
      snapshot.push(event);
    } else {
      this.#on.event(event);
    }
    if (event.id !== null) this.#position = event.id;
  }
}
