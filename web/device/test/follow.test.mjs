import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, heard, silent } from "../.test/follow.js";

const before = "100 firmware confirmed ok 0.9 1.0 10.0.0.1";
const line = (result, cause = "ok") => `200 firmware ${result} ${cause} 1.0 2.0 10.0.0.1`;
const values = (result, more = {}) => ({ "history.0": line(result), phase: "idle", trial: "none", ...more });

/// What the page shows after each of the device's words; undefined: silence of a second.
function stages(words, answer = "taken") {
  let now = 0;
  let fate = begin(before, answer, now);
  return words.map((word) => {
    now += 1000;
    fate = word ? heard(fate, word, now) : silent(fate, now);
    return fate.stage;
  });
}

test("an update is followed through restart and trial until it is confirmed", () => {
  const words = [values("installed", { phase: "restarting" }), undefined, undefined, values("installed", { trial: "running" }), values("confirmed")];
  assert.deepEqual(stages(words), ["restarting", "restarting", "restarting", "trial", "confirmed"]);
});

test("a rollback is told with its cause", () => {
  const fate = heard(begin(before, "taken", 0), { ...values("x"), "history.0": line("rolled_back", "application_crashed") }, 1);
  assert.deepEqual([fate.stage, fate.cause], ["rolled_back", "application_crashed"]);
});

test("what was said before the update is not taken for its end", () => {
  assert.deepEqual(stages([{ "history.0": before, phase: "idle", trial: "none" }]), ["restarting"]);
});

test("the same words as before the update count once others came between", () => {
  const same = { "history.0": before, phase: "idle", trial: "none" };
  assert.deepEqual(stages([values("installed", { trial: "running" }), same]), ["trial", "confirmed"]);
});

test("an image without its bundle waits", () => {
  assert.deepEqual(stages([values("installed")]), ["staged"]);
});

test("two minutes of silence are said, and the next words end them", () => {
  const silence = Array(121).fill(undefined);
  const seen = stages([...silence, values("installed", { trial: "running" })]);
  assert.deepEqual([seen[119], seen[120], seen[121]], ["restarting", "lost", "trial"]);
});

test("without an answer, an idle device that knows nothing of it has not got it", () => {
  const idle = { "history.0": before, phase: "idle", trial: "none" };
  assert.deepEqual(stages([{ ...idle, phase: "verifying" }, idle], "unknown"), ["unsure", "failed"]);
});

test("a device's failure is told", () => {
  assert.deepEqual(stages([values("failed")], "unknown"), ["failed"]);
});
