// The values of the ota element, as docs/design/device-page.md lists them.

export type Values = Record<string, string>;

export interface Update {
  time: number;
  kind: string;
  result: string;
  cause: string;
  from: string;
  to: string;
  source: string;
}

/// `<time> <kind> <result> <cause> <from version> <to version> <source>`
export function updateOf(line: string): Update {
  const [time, kind = "", result = "", cause = "", from = "", to = "", ...source] = line.split(" ");
  return { time: Number(time) || 0, kind, result, cause, from, to, source: source.join(" ") };
}

export function historyOf(values: Values): Update[] {
  const updates: Update[] = [];
  for (let i = 0; values[`history.${i}`]; ++i) updates.push(updateOf(values[`history.${i}`]));
  return updates;
}

export interface Slot {
  name: string;
  state: string;
  version: string;
  digest: string;
  runs: boolean;
}

export function slotsOf(values: Values): Slot[] {
  return ["A", "B"]
    .filter((name) => values[`slot.${name}`])
    .map((name) => {
      const [state, version = "", digest = ""] = values[`slot.${name}`].split(" ");
      return { name, state, version, digest, runs: values.slot === name };
    });
}

/// The ota element's values among those of all elements; its id is free.
export function otaOf(elements: Record<string, Values>): Values | undefined {
  const id = Object.keys(elements).find((key) => key.toLowerCase().startsWith("ota/"));
  return id === undefined ? undefined : elements[id];
}

// Names of base/update_error.hpp that end in the history, for people.
const causes: Record<string, string> = {
  not_confirmed: "the new version did not say in time that it works",
  application_exited: "the new version ended by itself",
  application_crashed: "the new version crashed",
  watchdog_missed: "the new version hung",
  application_missing: "the new version could not be started: it is not a program for this device",
  image_damaged: "the stored image was damaged",
  trial_interrupted: "the device lost power or was reset before the new version had proven itself",
  connection_lost: "the connection broke",
  stalled: "no data came for too long",
  no_space: "the image is larger than the slot",
  signature_missing: "it is not signed",
  signature_wrong: "its signature is wrong",
  key_unknown: "it is signed with a key that the device does not trust",
  wrong_board: "it is for another board",
  gzip_damaged: "its compressed data is damaged",
  bad_message: "what came was damaged",
  cancelled: "it was cancelled",
};

export function causeText(name: string): string {
  if (!name || name === "ok") return "";
  return causes[name] ?? name.replaceAll("_", " ");
}
