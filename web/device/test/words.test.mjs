import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf } from "../.test/api.js";
import { compareVersions, duration, Pace, size, time } from "../.test/format.js";
import { causeText, historyOf, otaOf, slotsOf } from "../.test/ota.js";

test("sizes have three digits or so", () => {
  assert.deepEqual([0, 1023, 1024, 20480, 1048576, 150 * 1048576, 3 * 2 ** 30].map(size), ["0 bytes", "1023 bytes", "1.00 KiB", "20.0 KiB", "1.00 MiB", "150 MiB", "3.00 GiB"]);
});

test("durations have at most two units", () => {
  assert.deepEqual([-1, 0.4, 59, 60, 3599, 3600, 100000, 200000].map(duration), ["0 s", "0 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "27 h 46 min", "2 days"]);
});

test("an unknown time is a dash", () => {
  assert.equal(time(0), "–");
  assert.match(time(1700000000), /2023/);
});

test("versions are ordered as the device orders them", () => {
  const ordered = ["0", "1.0-alpha", "1.0-rc.2", "1.0-rc.10", "1.0", "1.0.1", "1.2", "1.10", "v2"];
  for (let i = 1; i < ordered.length; ++i) {
    assert.ok(compareVersions(ordered[i - 1], ordered[i]) < 0, `${ordered[i - 1]} < ${ordered[i]}`);
    assert.ok(compareVersions(ordered[i], ordered[i - 1]) > 0, `${ordered[i]} > ${ordered[i - 1]}`);
  }
  assert.equal(compareVersions("v1.2", "1.2.0+build.7"), 0);
});

test("speed is that of the last seconds", () => {
  const pace = new Pace();
  assert.equal(pace.rate(), 0);
  for (let s = 0; s <= 10; ++s) pace.add(s * 1000, s * 1000);
  assert.equal(pace.rate(), 1000);
  for (let s = 11; s <= 14; ++s) pace.add(10000 + (s - 10) * 5000, s * 1000);
  assert.equal(pace.rate(), 5000);
});

test("history and slots are read as the design page has them", () => {
  const values = {
    "history.0": "1700000000 firmware rolled_back application_exited 1.0 2.0 10.0.0.7 by page", "history.1": "0 filesystem confirmed ok - abcdef01 ",
    slot: "B", "slot.A": "bad 2.0 0123456789abcdef", "slot.B": "good  fedcba9876543210",
  };
  const [first, second] = historyOf(values);
  assert.deepEqual(first, { time: 1700000000, kind: "firmware", result: "rolled_back", cause: "application_exited", from: "1.0", to: "2.0", source: "10.0.0.7 by page" });
  assert.equal(second.to, "abcdef01");
  assert.deepEqual(slotsOf(values).map(({ name, state, version, runs }) => [name, state, version, runs]), [["A", "bad", "2.0", false], ["B", "good", "", true]]);
});

test("the ota element is found whatever its id", () => {
  assert.deepEqual(otaOf({ "device/0": {}, "ota/main": { slot: "A" } }), { slot: "A" });
  assert.equal(otaOf({}), undefined);
});

test("causes are told in words, unknown ones by their name", () => {
  assert.match(causeText("application_crashed"), /crashed/);
  assert.equal(causeText("some_new_cause"), "some new cause");
  assert.equal(causeText("ok"), "");
});

test("refusals are the device's sentences, or its status", () => {
  const said = refusalOf(429, '{"error":"too_many_tries","message":"too many wrong passwords","advice":"Wait."}', "4");
  assert.deepEqual([said.message, said.name_, said.waitS], ["Too many wrong passwords. Wait.", "too_many_tries", 4]);
  assert.equal(refusalOf(502, "<html>", null).message, "Answer 502.");
});
