// What speaks against a file, before it is offered to the device.
import { compareVersions, size } from "./format.ts";
import type { Image, Kind } from "./image.ts";
import type { Values } from "./ota.ts";

export interface Remark {
  weight: "refused" | "doubt" | "note";  // doubt: the user decides
  text: string;
}

/// `kind` is what the user says it is, where the file does not tell.
export function judge(image: Image, device: Values, kind: Kind): Remark[] {
  const remarks: Remark[] = [];
  const say = (weight: Remark["weight"], text: string) => remarks.push({ weight, text });
  const manifest = image.trailer?.manifest;
  if (image.damage) say("refused", image.damage);
  if (manifest?.boards.length && !manifest.boards.includes(device.board)) {
    say("refused", `It is for another board: for ${manifest.boards.join(", ")}. This device is ${device.board}.`);
  }
  const needed = manifest?.imageSize ?? image.imageSize ?? image.size;
  const capacity = Number(device.capacity);
  if (capacity && needed > capacity) {
    say("refused", `It is too large: it needs ${size(needed)}, and this device has room for ${size(capacity)}.`);
  }
  if (manifest?.minimum && compareVersions(device.version || "0", manifest.minimum) < 0) {
    say("refused", `It can only update version ${manifest.minimum} or newer. Install a version in between first.`);
  }
  if (image.format.foreign) {
    say("doubt", `This is a ${image.format.name}, which devices do not start. Is it the right file?`);
  } else if (image.format.kind && image.format.kind !== kind) {
    say("doubt", `This looks like ${image.format.kind === "firmware" ? "firmware" : "a filesystem image"}: ${image.format.name}.`);
  } else if (!manifest && !image.format.kind && image.size) {
    say("doubt", "What this is cannot be told from the file. Only send it when you know that it is for this device.");
  } else if (!manifest && !image.damage) {
    say("note", "The file does not say which board it is for.");
  }
  const older = manifest && kind === "firmware" && device.version ? compareVersions(manifest.version, device.version) : 1;
  if (older < 0) say("doubt", `It is older than what runs now: ${manifest!.version} instead of ${device.version}.`);
  if (older === 0) say("note", "This version runs already.");
  return remarks;
}
