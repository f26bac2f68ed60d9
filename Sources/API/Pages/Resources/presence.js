// Telling that one is still there: who is silent for too long is taken for gone (WA-3, ORG-3).

import { post, Problem } from "./api.js";

/** A quarter of the silence that is borne (docs/commands.md, `POST /v1/presence`). */
const intervalMilliseconds = 30_000;

/** Tells it at once and again and again; answers what ends that. `place`: `{visit}`, where one may be in several. */
export function tellPresence(identity, place = {}) {
  const tell = async () => {
    try {
      await post("/v1/presence", place, identity);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Told again soon; what became of the place, its live stream says.
    }
  };
  tell();
  const timer = setInterval(tell, intervalMilliseconds);
  return () => clearInterval(timer);
}
