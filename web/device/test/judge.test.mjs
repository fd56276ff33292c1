import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../.test/judge.js";

const device = { board: "board-1", capacity: "1000", version: "1.5" };

function image({ manifest, format = { name: "program", kind: "firmware" }, ...rest } = {}) {
  const trailer = manifest && {
    size: 100, keyId: "00",
    manifest: { kind: "firmware", imageSize: 500, version: "2.0", minimum: "", boards: [], ...manifest },
  };
  return { size: 500, imageSize: 500, damage: "", format, trailer, ...rest };
}

const weights = (file, kind = "firmware") => judge(file, device, kind).map(({ weight }) => weight);
const refusals = (file) => judge(file, device, "firmware").filter(({ weight }) => weight === "refused").map(({ text }) => text);

test("nothing speaks against a newer image for this board", () => {
  assert.deepEqual(judge(image({ manifest: { boards: ["board-0", "board-1"] } }), device, "firmware"), []);
});

test("another board is refused by name", () => {
  const [text] = refusals(image({ manifest: { boards: ["a", "b"] } }));
  assert.match(text, /for a, b\. This device is board-1/);
});

test("what does not fit is refused, with both sizes", () => {
  assert.match(refusals(image({ imageSize: 1001 }))[0], /1001 bytes, .* 1000 bytes/);
  assert.deepEqual(refusals(image({ imageSize: 1000 })), []);
  assert.equal(refusals(image({ manifest: { imageSize: 1001 } })).length, 1);
});

test("the manifest's size counts, not that of the file with its trailer", () => {
  assert.deepEqual(refusals(image({ size: 1100, imageSize: 1000, manifest: { imageSize: 1000 } })), []);
});

test("a damaged file is refused with its damage", () => {
  assert.deepEqual(refusals(image({ damage: "It is empty." })), ["It is empty."]);
});

test("the version to update from is held to", () => {
  assert.equal(refusals(image({ manifest: { minimum: "1.6" } })).length, 1);
  assert.equal(refusals(image({ manifest: { minimum: "1.5" } })).length, 0);
});

test("what cannot be told, is foreign, of another kind or older is for the user to decide", () => {
  assert.deepEqual(weights(image({ format: { name: "unknown kind of file" } })), ["doubt"]);
  assert.deepEqual(weights(image({ format: { name: "ZIP archive", foreign: true } })), ["doubt"]);
  assert.deepEqual(weights(image(), "filesystem"), ["doubt"]);
  assert.deepEqual(weights(image({ manifest: { version: "1.4" } })), ["doubt"]);
});

test("without a manifest, or with the version that runs, there is a note", () => {
  assert.deepEqual(weights(image()), ["note"]);
  assert.deepEqual(weights(image({ manifest: { version: "1.5" } })), ["note"]);
});

test("a version says nothing about another kind of image", () => {
  assert.deepEqual(judge(image({ manifest: { kind: "filesystem", version: "1.0" }, format: { name: "SquashFS image", kind: "filesystem" } }), device, "filesystem"), []);
});
