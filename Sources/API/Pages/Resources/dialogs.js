// What is asked before a caller is moved, sent back or let go.

import { command } from "./api.js";
import { nameOf } from "./card.js";
import { busy, byID, el, openDialog, problem, say, setText, show } from "./dom.js";

/** Runs what a dialog was opened for, and closes it; what went wrong stands in it. */
function finish(name, button, work) {
  return busy(button, async () => {
    try {
      await work();
      byID(`${name}-dialog`).close();
    } catch (error) {
      problem(byID(`${name}-problem`), error.words ?? `${error}`);
    }
  });
}

function open(name, title) {
  setText(byID(`${name}-title`), title);
  problem(byID(`${name}-problem`), "");
  openDialog(byID(`${name}-dialog`));
}

export function askToEnd(board, row) {
  setText(byID("ask-text"), "Their private space closes for everyone in it.");
  setText(byID("ask-go"), "End the visit");
  byID("ask-go").onclick = () =>
    finish("ask", byID("ask-go"), () => command("visit.end", { visit: row.visit }, board.session));
  open("ask", `End the visit of ${nameOf(row)}?`);
}

const words = {
  dismiss: {
    title: (name) => `Turn ${name} away?`, text: "Their visit ends without a consultation.", go: "Turn away", kind: "danger",
  },
  "send-back": {
    title: (name) => `Send ${name} back to wait?`, text: "They keep the place they had.", go: "Send back", kind: "main",
  },
};

/** Sends back or away; both sides see why (WA-15). `what` is the command's name after `visit.`. */
export function openReason(board, row, what) {
  const { title, text, go, kind } = words[what];
  setText(byID("reason-text"), text);
  setText(byID("reason-go"), go);
  byID("reason-go").className = kind;
  byID("reason").reset();
  byID("reason").onsubmit = (event) => {
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(byID("reason"))].filter(([, value]) => value.trim() !== ""));
    finish("reason", byID("reason-go"), () => command(`visit.${what}`, { visit: row.visit, ...fields }, board.session));
  };
  open("reason", title(nameOf(row)));
}

export function openTransfer(board, row) {
  const others = board.otherClinics;
  show(byID("transfer-none"), others.length === 0);
  show(byID("transfer-choices"), others.length > 0);
  show(byID("transfer-go"), others.length > 0);
  const [legend] = byID("transfer-choices").children;
  byID("transfer-choices").replaceChildren(legend, ...others.map(({ clinic, name }, index) =>
    el("label", {}, el("input", { type: "radio", name: "clinic", value: clinic, checked: index === 0 }), name)));
  byID("transfer").onsubmit = (event) => {
    event.preventDefault();
    const clinic = new FormData(byID("transfer")).get("clinic");
    finish("transfer", byID("transfer-go"), async () => {
      // It takes a role in each of the two clinics, so none is chosen.
      await command("visit.transfer", { visit: row.visit, clinic }, board.session.inAnyRole);
      say(`${nameOf(row)} was moved to ${board.clinicName(clinic)}.`);
    });
  };
  open("transfer", `Transfer ${nameOf(row)}`);
}
