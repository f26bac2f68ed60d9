// Enrolling an authenticator app as second factor, offered or required when somebody signs in (ACC-3).

import { command } from "./api.js";
import { busy, byID, el, fieldError, problem, setText, show } from "./dom.js";

/** Letters of the secret in one group, to type it in by. */
const groupLetters = 4;

/** Asks the server for a secret and shows it; `onDone()` when the recovery codes are kept, or it is put off. */
export async function enrol(session, isRequired, onDone) {
  const identity = session.inAnyRole;
  show(byID("enrol-later"), !isRequired);
  show(byID("enrol-scan"));
  show(byID("enrol-codes"), false);
  problem(byID("enrol-problem"), "");
  byID("enrol-later").onclick = () => leave(onDone);
  byID("enrol-done").onclick = () => leave(onDone);
  byID("enrol").onsubmit = (event) => {
    event.preventDefault();
    busy(byID("enrol-confirm"), () => confirm(identity));
  };
  try {
    const { secret, qr } = await command("totp.enrol", {}, identity);
    const picture = URL.createObjectURL(new Blob([qr], { type: "image/svg+xml" }));
    byID("enrol-qr").onload = () => URL.revokeObjectURL(picture);
    byID("enrol-qr").src = picture;
    setText(byID("enrol-secret"), secret.match(new RegExp(`.{1,${groupLetters}}`, "g")).join(" "));
  } catch (error) {
    problem(byID("enrol-problem"), error.words ?? `${error}`);
  }
}

async function confirm(identity) {
  const input = byID("enrol-code");
  const code = input.value.replace(/\s/g, "");
  problem(byID("enrol-problem"), "");
  fieldError(input, "e-enrol-code", code === "" ? "Fill this in." : "");
  if (code === "") return input.focus();
  try {
    const { codes } = await command("totp.confirm", { code }, identity);
    byID("enrol-list").replaceChildren(...codes.split(" ").map((each) => el("li", {}, each)));
    show(byID("enrol-scan"), false);
    show(byID("enrol-codes"));
    byID("codes-title").focus();
  } catch (error) {
    const own = error.errors?.some(({ field }) => field === "code");
    fieldError(input, "e-enrol-code", own ? "This is not the code your app shows now." : "");
    if (!own) problem(byID("enrol-problem"), error.words ?? `${error}`);
    input.focus();
  }
}

/** Nothing secret stays on the page. */
function leave(onDone) {
  byID("enrol").reset();
  byID("enrol-qr").removeAttribute("src");
  setText(byID("enrol-secret"), "");
  byID("enrol-list").replaceChildren();
  onDone();
}
