// What the device is and runs, as it says itself.
import { facts, get, make, rows, say, show } from "./dom.ts";
import { size, time } from "./format.ts";
import { causeText, historyOf, slotsOf, type Slot, type Update, type Values } from "./ota.ts";

const slotStates: Record<string, string> = { staged: "starts next", trying: "on trial", bad: "did not work" };
const results: Record<string, [text: string, look: string]> = {
  confirmed: ["works", "good"],
  rolled_back: ["went back", "bad"],
  failed: ["not installed", "bad"],
  installed: ["on trial", "warn"],
};
const modes: Record<string, string> = {
  unsafe: "The device was reset twice within a minute: safe mode is off until its next start.",
  bare: "Bare mode: the device could not use its configuration, or was reset again and again, and runs with its basic elements only. Its log says why.",
};
const safeAdvice: Record<string, string> = {
  bare: "The configuration could not be read, and the password may stand in it. Correct the file that the device's log names, then restart the device.",
  normal: 'To allow updates, set "safemode": "false" in the device element of env.json and restart the device, or switch it off and on twice within a minute.',
};

/// A word or nothing for what the device does not know.
const known = (version: string) => (version === "-" ? "" : version);

function slotRow(slot: Slot): (Node | string)[] {
  const state = slot.runs ? (slot.state === "trying" ? "runs, on trial" : "runs") : (slotStates[slot.state] ?? slot.state);
  return [slot.name, state, known(slot.version) || "–", slot.digest ? make("code", slot.digest) : "–"];
}

function tag(result: string): HTMLElement {
  const [text, look] = results[result] ?? [result, ""];
  const element = make("span", text);
  element.className = `tag ${look}`;
  return element;
}

function updateItem(update: Update): HTMLElement {
  const what = update.kind === "filesystem" ? "Filesystem " : "";
  const cause = update.result === "installed" ? "" : causeText(update.cause);
  const from = [time(update.time), update.source, cause].filter(Boolean).join(" · ");
  const versions = [known(update.from), known(update.to) || "unknown version"].filter(Boolean).join(" → ");
  return make("li", `${what}${versions} `, tag(update.result), make("small", from));
}

function showNow(values: Values): void {
  const trial = values.trial === "running" ? "on trial: it has not proven itself yet" : "confirmed";
  const digest = values.sha256 ?? "";
  facts("now", [
    ["Version", values.version || (digest ? `unknown (${digest.slice(0, 8)})` : "nothing is installed")],
    ["State", digest && trial],
    ["Board", values.board],
    ["Slot", digest && values.slot],
    ["Mode", values.mode],
    ["SHA-256", digest && make("code", digest)],
  ]);
}

function noteOf(values: Values): string {
  if (values.active === undefined) return "This device has no ota element in its configuration: it takes no updates over the air.";
  if (values.phase === "receiving") {
    const percent = Math.floor((100 * Number(values.progress)) / (Number(values.size) || 1));
    return `An update is being sent by another (${values.source}): ${percent} %.`;
  }
  if (values.phase === "verifying") return "An update is being checked.";
  if (values.trial === "running") return "A new version is on trial. The next update can be sent when it has proven itself or the device went back.";
  return modes[values.mode] ?? "";
}

/// `busyHere`: this page sends or follows an update and shows itself how it goes.
export function showDevice(values: Values, busyHere: boolean): void {
  const takesUpdates = values.active !== undefined;
  const safe = values.safemode === "true" || values.active === "false";
  show("safemode", safe);
  say("safemode-advice", safeAdvice[values.mode] ?? safeAdvice.normal);
  show("update", takesUpdates && !safe);
  show("ota", takesUpdates);
  const note = busyHere ? "" : noteOf(values);
  show("note", note !== "");
  say("note", note);
  showNow(values);
  rows("slots", slotsOf(values).map(slotRow));
  const history = historyOf(values);
  show("no-history", history.length === 0);
  get("history").replaceChildren(...history.map(updateItem));
}

/// `isOpen`: it has no password.
export function showSystem(system: Values, isOpen: boolean): void {
  say("name", system.name || "Airlift device");
  document.title = `${system.name}: update`;
  say("about", system.board ?? "");
  facts("system", [
    ["Address", system.addresses],
    ["Airlift", system.version],
    ["Started", time(Date.now() / 1000 - Number(system.uptime))],
    ["Free space", Number(system.free) ? size(Number(system.free)) : ""],
    ["Password", isOpen ? "none: anyone in this network can update the device" : "needed"],
    ["Certificate, SHA-256", system.fingerprint && make("code", system.fingerprint)],
  ]);
}
