import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { findTrailer, formatOf, parseManifest, readImage } from "../.test/image.js";

const le = (value, count) => Buffer.from(Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) & 255));
const word = (value) => Buffer.concat([le(value.length, 1), Buffer.from(value)]);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

/// By the table in docs/design/image-format.md.
function manifestOf(payload, { image = payload, kind = 0, version = "2.0", minimum = "", boards = [], retired = 0, format = 1 } = {}) {
  return Buffer.concat([
    Buffer.from("ALMF"), Buffer.from([format, kind, image === payload ? 0 : 1, boards.length]),
    le(payload.length, 4), le(image.length, 4), sha256(payload), sha256(image), le(7, 4), le(1700000000, 8), le(0, 8),
    word(version), word(minimum), ...boards.map(word), le(retired, 1), Buffer.alloc(8 * retired),
  ]);
}

function signed(payload, options = {}) {
  const manifest = manifestOf(payload, options);
  const keyId = Buffer.from("0011223344556677", "hex");
  const footer = Buffer.concat([keyId, le(manifest.length, 2), Buffer.from([1, 1]), Buffer.from("AirliftM"), le(0, 4)]);
  return Buffer.concat([payload, manifest, Buffer.alloc(64), footer]);
}

function source(bytes) {
  return { size: bytes.length, read: async (from, to) => new Uint8Array(bytes.subarray(from, to)) };
}

const read = (bytes, most = 1e6) => readImage(source(bytes), most);

/// A 64-bit ELF head for x86-64, a body, and a table of two sections at the end.
function elf() {
  const bytes = Buffer.alloc(1200);
  bytes.write("\x7fELF\x02\x01", 0, "latin1");
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(1072n, 40);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(2, 60);
  return bytes;
}

function esp(headerBytes) {
  const bytes = Buffer.alloc(headerBytes + 2 * (8 + 32) + 16, 0xaa);
  bytes[0] = 0xe9;
  bytes[1] = 2;
  bytes.writeUInt32LE(32, headerBytes + 4);
  bytes.writeUInt32LE(32, headerBytes + 8 + 32 + 4);
  return bytes;
}

test("a manifest is read field by field", () => {
  const payload = Buffer.from("payload");
  const manifest = parseManifest(manifestOf(payload, { kind: 1, minimum: "1.5", boards: ["a", "board-2"], retired: 2 }));
  assert.deepEqual(manifest, {
    kind: "filesystem", compressed: false, payloadSize: 7, imageSize: 7, payloadSha256: sha256(payload).toString("hex"),
    counter: 7, builtAt: 1700000000, version: "2.0", minimum: "1.5", boards: ["a", "board-2"],
  });
});

test("a manifest cut anywhere, or with bytes behind it, is not read", () => {
  const whole = manifestOf(Buffer.from("payload"), { minimum: "1.5", boards: ["a", "board-2"], retired: 1 });
  for (let size = 0; size < whole.length; ++size) assert.equal(parseManifest(whole.subarray(0, size)), undefined, `${size}`);
  assert.equal(parseManifest(Buffer.concat([whole, Buffer.alloc(1)])), undefined);
});

test("unknown formats and kinds of a manifest are not read", () => {
  assert.equal(parseManifest(manifestOf(Buffer.from("p"), { format: 2 })), undefined);
  assert.equal(parseManifest(manifestOf(Buffer.from("p"), { kind: 2 })), undefined);
});

test("a trailer is found by its magic, with its key", () => {
  const file = signed(Buffer.from("payload"));
  const trailer = findTrailer(file, file.length);
  assert.equal(trailer.keyId, "0011223344556677");
  assert.equal(trailer.size, file.length - 7);
  assert.equal(findTrailer(file.subarray(0, -1), file.length - 1), undefined);
});

test("a trailer that does not fit its file is damaged", () => {
  const file = signed(Buffer.from("payload"));
  assert.equal(findTrailer(file, file.length + 1), "damaged");
  for (const at of [7, file.length - 14]) {  // the manifest's magic, the trailer's version
    const changed = Buffer.from(file);
    changed[at] ^= 1;
    assert.equal(findTrailer(changed, changed.length), "damaged");
  }
});

test("formats are told by their first bytes", () => {
  assert.equal(formatOf(elf()).name, "program for x86-64");
  assert.equal(formatOf(Buffer.from("#!/bin/sh")).kind, "firmware");
  assert.equal(formatOf(Buffer.from("\0\0\0\0\0\0\0\0littlefs", "latin1")).kind, "filesystem");
  assert.equal(formatOf(Buffer.from("PK\x03\x04")).foreign, true);
  assert.deepEqual(formatOf(Buffer.from("hello")), { name: "unknown kind of file" });
});

test("the version of an ESP32 image stands in it", async () => {
  const bytes = Buffer.alloc(200);
  bytes[0] = 0xe9;
  bytes[1] = 1;
  bytes.writeUInt32LE(0xabcd5432, 32);
  bytes.write("3.1.4", 48);
  bytes.writeUInt32LE(150, 28);
  const { format, damage } = await read(bytes);
  assert.deepEqual([format.name, format.version, damage], ["ESP32 firmware", "3.1.4", ""]);
});

test("a whole file has no damage", async () => {
  for (const bytes of [elf(), esp(8), esp(24), Buffer.from("anything"), gzipSync(elf())]) {
    assert.equal((await read(bytes)).damage, "");
  }
});

test("a file that is cut short is damaged", async () => {
  for (const bytes of [elf(), esp(8), esp(24)]) assert.match((await read(bytes.subarray(0, -32))).damage, /not whole/);
  assert.match((await read(gzipSync(elf()).subarray(0, -1))).damage, /unpacked/);
  assert.match((await read(Buffer.alloc(0))).damage, /empty/);
});

test("a compressed image is looked at from inside", async () => {
  const { format, imageSize } = await read(gzipSync(elf()));
  assert.deepEqual([format.name, imageSize], ["program for x86-64", 1200]);
});

test("no more is unpacked than is of interest", async () => {
  const { imageSize } = await read(gzipSync(Buffer.alloc(50_000_000)), 1000);
  assert.ok(imageSize > 1000 && imageSize < 1_000_000, `${imageSize}`);
});

test("a signed file is read without its trailer", async () => {
  const { format, imageSize, trailer, damage, size, tail } = await read(signed(gzipSync(elf()), { image: elf(), boards: ["b"] }));
  assert.deepEqual([format.name, imageSize, damage], ["program for x86-64", 1200, ""]);
  assert.deepEqual(trailer.manifest.boards, ["b"]);
  assert.equal(tail.length, Math.min(768, size));
});

test("a file that was changed after it was signed is damaged", async () => {
  const file = signed(Buffer.from("some text as payload"));
  file[3] ^= 1;
  assert.match((await read(file)).damage, /changed after it was signed/);
});
