// What becomes of an image after it was taken, by what the device says and by its silence.
import { updateOf, type Values } from "./ota.ts";

export type Stage =
  | "unsure"  // the connection broke before the answer; ended by the device's next words
  | "restarting"  // ended by the device's first words after its start
  | "trial"  // ended by the device: the new version has proven itself, or not
  | "staged"  // for good: it waits for the other image of its bundle
  | "confirmed"
  | "rolled_back"
  | "failed"
  | "lost";  // silent for too long; ended by its next words

export interface Follow {
  stage: Stage;
  cause: string;
  before: string;  // the newest line of the history before the upload
  answer: "taken" | "unknown";  // the device's answer to the upload; unknown: the connection broke before it
  moved: boolean;  // the history has a line of this upload
  heardMs: number;
}

const longestSilenceMs = 120_000;

export const newestLine = (values: Values): string => values["history.0"] ?? "";

export function begin(before: string, answer: Follow["answer"], nowMs: number): Follow {
  return { stage: answer === "taken" ? "restarting" : "unsure", cause: "", before, answer, moved: false, heardMs: nowMs };
}

function stageOf(result: string, values: Values): Stage {
  if (result === "confirmed" || result === "rolled_back" || result === "failed") return result;
  if (values.phase === "restarting") return "restarting";
  return values.trial === "running" ? "trial" : "staged";
}

export function heard(follow: Follow, values: Values, nowMs: number): Follow {
  const line = newestLine(values);
  const moved = follow.moved || line !== follow.before;
  if (!moved) {
    const ended = follow.answer === "unknown" && values.phase === "idle";
    return { ...follow, heardMs: nowMs, ...(ended && { stage: "failed", cause: "connection_lost" }) };
  }
  const update = updateOf(line);
  return { ...follow, moved, heardMs: nowMs, stage: stageOf(update.result, values), cause: update.cause };
}

export function silent(follow: Follow, nowMs: number): Follow {
  return nowMs - follow.heardMs > longestSilenceMs ? { ...follow, stage: "lost" } : follow;
}
