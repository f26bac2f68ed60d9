// Commands and questions of the public API, as docs/commands.md describes them.

import { heardAt } from "./clock.js";

/** A refusal (RFC 9457), or that no answer came: then `status` is 0. */
export class Problem extends Error {
  constructor(status, body = {}, retrySeconds = 0) {
    super(body.detail ?? body.title ?? "");
    this.status = status;
    this.code = body.code ?? (status === 0 ? "offline" : "unexpected");
    /** What a person of the staff can read. */
    this.words = body.detail ?? body.title ?? "Something unexpected happened.";
    /** `{field, code, detail}` each. */
    this.errors = body.errors ?? [];
    this.retrySeconds = retrySeconds;
    /** The server itself said no, and not something on the way to it. */
    this.isRefusal = typeof body.code === "string";
  }

  /** Asking again, the same way, may help; under the same key it cannot be done twice. */
  get isPassing() {
    return this.status === 0 || this.status === 503 || this.code === "stillRunning" || this.code === "contended";
  }
}

/** Times one request is sent at most. */
const attemptsMax = 4;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A name that nobody can guess. (`randomUUID` is only there where the page came by TLS.) */
export function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads an answer; throws a Problem where it is a refusal. */
export async function readAnswer(response) {
  heardAt(response.headers.get("Date"));
  let body = null;
  try {
    body = response.status === 204 ? {} : await response.json();
  } catch {
    // Not JSON: a proxy's page, or an answer cut off.
  }
  if (response.ok && body !== null) return body;
  throw new Problem(response.ok ? 0 : response.status, body ?? {}, Number(response.headers.get("Retry-After") ?? 0));
}

async function send(path, options, identity) {
  const headers = { ...options.headers, ...identity.headers() };
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch {
    throw new Problem(0);
  }
  return readAnswer(response);
}

async function patiently(path, options, identity) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(path, options, identity);
    } catch (error) {
      if (!(error instanceof Problem) || !error.isPassing || attempt === attemptsMax) throw error;
      await pause(Math.max(error.retrySeconds * 1_000, 300 * 2 ** attempt));
    }
  }
}

/** Keys of commands that were sent and never answered, by what was asked. */
const unanswered = new Map();

/**
 * Does one command and answers its result. Whatever is lost on the way is sent again under the same key, so it is done
 * once; also where a person asks for the same once more, after all attempts were lost.
 */
export async function command(name, body, identity) {
  const asked = `${name} ${JSON.stringify(body)}`;
  const key = unanswered.get(asked) ?? randomName();
  unanswered.set(asked, key);
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  try {
    const answer = await patiently(
      `/v1/commands/${name}`, { method: "POST", headers, body: JSON.stringify(body) }, identity);
    unanswered.delete(asked);
    return answer.result ?? {};
  } catch (error) {
    // A refusal is an answer.
    if (!(error instanceof Problem) || !error.isPassing) unanswered.delete(asked);
    throw error;
  }
}

/** Asks one question. */
export const ask = (path, identity) => patiently(path, { method: "GET", headers: {} }, identity);

/** Sends JSON once, to an address that is no command. */
export const post = (path, body, identity) =>
  send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }, identity);

/** Every row of a list, page by page. */
export async function askAll(path, identity) {
  const rows = [];
  for (let after = null; ;) {
    const answer = await ask(`${path}?limit=1000${after ? `&after=${encodeURIComponent(after)}` : ""}`, identity);
    rows.push(...answer.rows);
    if (!answer.next) return rows;
    after = answer.next;
  }
}

/** Nobody in particular. */
export const nobody = { headers: () => ({}) };
