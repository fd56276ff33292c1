// What a file is, read before it is sent. Trailer and manifest: docs/design/image-format.md.

export type Kind = "firmware" | "filesystem";

/// A file, or bytes in a test.
export interface Source {
  size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

export interface Manifest {
  kind: Kind;
  compressed: boolean;
  payloadSize: number;
  imageSize: number;
  payloadSha256: string;
  counter: number;
  builtAt: number;  // Unix seconds, 0: unknown
  version: string;
  minimum: string;  // version to update from; empty: any
  boards: string[];  // none: any
}

export interface Trailer {
  size: number;
  keyId: string;
  manifest: Manifest;
}

export interface Format {
  name: string;
  kind?: Kind;  // where the format tells it
  foreign?: true;  // surely nothing a device starts
  version?: string;
}

export interface Image {
  size: number;
  format: Format;
  trailer?: Trailer;
  imageSize?: number;  // unpacked; absent: unknown
  damage: string;  // what is wrong with the file itself; empty: nothing was found
  tail: Uint8Array;  // what the device judges an offer by
}

const tailBytes = 768;  // tell whether there is a trailer
const headBytes = 1088;  // up to ext4's magic
const footerBytes = 24;
const signatureBytes = 64;

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
export const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/// Undefined: it cannot be read. The device is stricter.
export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  const fields = view(bytes);
  let at = 100;
  const takeText = () => {
    const length = fields.getUint8(at);
    const begin = at + 1;
    at = begin + length;
    return text(bytes.subarray(begin, at));
  };
  try {
    const [version, kind, compression, boardCount] = bytes.subarray(4, 8);
    if (text(bytes.subarray(0, 4)) !== "ALMF" || version !== 1 || kind > 1 || compression > 1) return undefined;
    const read = { version: takeText(), minimum: takeText(), boards: Array.from({ length: boardCount }, takeText) };
    if (at + 1 + 8 * fields.getUint8(at) !== bytes.length) return undefined;
    return {
      ...read,
      kind: kind === 0 ? "firmware" : "filesystem",
      compressed: compression === 1,
      payloadSize: fields.getUint32(8, true),
      imageSize: fields.getUint32(12, true),
      payloadSha256: hex(bytes.subarray(16, 48)),
      counter: fields.getUint32(80, true),
      builtAt: Number(fields.getBigUint64(84, true)),
    };
  } catch {
    return undefined;  // it ends early
  }
}

/// Undefined: there is none; "damaged": there is one that cannot be read.
export function findTrailer(tail: Uint8Array, fileSize: number): Trailer | "damaged" | undefined {
  const end = tail.length - footerBytes;
  if (end < 0 || text(tail.subarray(end + 12, end + 20)) !== "AirliftM") return undefined;
  const footer = view(tail.subarray(end));
  const manifestSize = footer.getUint16(8, true);
  const size = manifestSize + signatureBytes + footerBytes;
  if (footer.getUint8(10) !== 1) return "damaged";
  const manifest = parseManifest(tail.subarray(tail.length - size, tail.length - size + manifestSize));
  if (!manifest || manifest.payloadSize + size !== fileSize) return "damaged";
  return { size, keyId: hex(tail.subarray(end, end + 8)), manifest };
}

// ELF: e_machine, the System V ABI's list.
const machines: Record<number, string> = { 3: "x86", 40: "ARM", 62: "x86-64", 94: "Xtensa", 183: "ARM64", 243: "RISC-V" };

const signs: [offset: number, bytes: string, format: Format][] = [
  [0, "#!", { name: "script", kind: "firmware" }],
  [8, "littlefs", { name: "LittleFS image", kind: "filesystem" }],
  [0, "hsqs", { name: "SquashFS image", kind: "filesystem" }],
  [1080, "\x53\xef", { name: "ext4 image", kind: "filesystem" }],
  [0, "PK\x03\x04", { name: "ZIP archive", foreign: true }],
  [0, ":", { name: "Intel HEX file", foreign: true }],
  [0, "UF2\n", { name: "UF2 file", foreign: true }],
  [0, "\x89PNG", { name: "picture", foreign: true }],
  [0, "%PDF", { name: "PDF document", foreign: true }],
];

/// By the first bytes of an unpacked image.
export function formatOf(head: Uint8Array): Format {
  const fields = view(head);
  if (head[0] === 0xe9) {
    // esp_app_desc_t behind the headers of the image and of its first segment, 24 + 8 bytes (ESP-IDF).
    const described = head.length >= 80 && fields.getUint32(32, true) === 0xabcd5432;
    const version = described ? text(head.subarray(48, 80)).replace(/\0.*/s, "") : undefined;
    return { name: described ? "ESP32 firmware" : "ESP firmware", kind: "firmware", version };
  }
  if (head.length >= 20 && fields.getUint32(0) === 0x7f454c46) {
    const machine = machines[fields.getUint16(18, head[5] === 1)];
    return { name: "program" + (machine ? ` for ${machine}` : ""), kind: "firmware" };
  }
  for (const [offset, bytes, format] of signs) {
    if (text(head.subarray(offset, offset + bytes.length)) === bytes) return format;
  }
  return { name: "unknown kind of file" };
}

/// Where an ELF file ends by its own table of sections, which stands last; 0: it does not say.
function endOfElf(head: Uint8Array): number {
  if (head.length < 64) return 0;
  const fields = view(head);
  const little = head[5] === 1;
  const is64 = head[4] === 2;
  const offset = is64 ? Number(fields.getBigUint64(40, little)) : fields.getUint32(32, little);
  const at = is64 ? 58 : 46;
  return offset && offset + fields.getUint16(at, little) * fields.getUint16(at + 2, little);
}

/// Whether all segments of an ESP image are there: a header of 8 bytes (ESP8266) or 24 (ESP32), then each with its
/// length in bytes 4 to 8 (esptool's documentation, "Firmware Image Format").
async function espIsWhole(source: Source, end: number, segments: number, header: number): Promise<boolean> {
  let at = header;
  for (let i = 0; i < segments; ++i) {
    if (at + 8 > end) return false;
    at += 8 + view(await source.read(at, at + 8)).getUint32(4, true);
  }
  return at < end;  // the checksum follows
}

async function isWhole(source: Source, end: number, head: Uint8Array): Promise<boolean> {
  if (head[0] === 0x7f) return endOfElf(head) <= end;
  if (head[0] !== 0xe9) return true;
  return (await espIsWhole(source, end, head[1], 8)) || espIsWhole(source, end, head[1], 24);
}

interface Unpacked {
  head: Uint8Array;
  size: number;
}

/// Undefined: it is damaged. Stops when the image is larger than `most`.
async function unpack(source: Source, end: number, most: number): Promise<Unpacked | undefined> {
  const packed = new Blob([(await source.read(0, end)) as BlobPart]);
  const reader = packed.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const head = new Uint8Array(headBytes);
  let size = 0;
  try {
    while (size <= most) {
      const { value } = await reader.read();
      if (!value) break;
      if (size < headBytes) head.set(value.subarray(0, headBytes - size), size);
      size += value.length;
    }
    return { head: head.subarray(0, size), size };
  } catch {
    return undefined;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/// Browsers offer it on encrypted pages and on this machine only.
async function sha256Differs(source: Source, manifest: Manifest): Promise<boolean> {
  if (!globalThis.crypto?.subtle) return false;
  const payload = await source.read(0, manifest.payloadSize);
  const digest = await crypto.subtle.digest("SHA-256", payload as BufferSource);
  return hex(new Uint8Array(digest)) !== manifest.payloadSha256;
}

const cutShort = "The file is not whole: its end is missing. Was a download or a copy cut short? Get it again.";

/// `most` is the largest image of interest.
export async function readImage(source: Source, most: number): Promise<Image> {
  const { size } = source;
  const tail = await source.read(Math.max(0, size - tailBytes), size);
  const found = findTrailer(tail, size);
  const trailer = found === "damaged" ? undefined : found;
  const image: Image = { size, format: { name: "empty file" }, damage: "", tail, trailer };
  if (size === 0) return { ...image, damage: "The file is empty." };
  if (found === "damaged") image.damage = "What was signed cannot be read: the file was changed or damaged after it was signed.";
  const end = size - (trailer?.size ?? 0);
  const head = await source.read(0, Math.min(headBytes, end));
  if (head[0] === 0x1f && head[1] === 0x8b) {
    if (typeof DecompressionStream === "undefined") return { ...image, format: { name: "compressed file" } };
    const unpacked = await unpack(source, end, most);
    image.imageSize = unpacked?.size;
    image.format = unpacked ? formatOf(unpacked.head) : { name: "compressed file" };
    if (!unpacked) image.damage ||= "The file is compressed, but cannot be unpacked: it is damaged or not whole.";
  } else {
    image.imageSize = end;
    image.format = formatOf(head);
    if (!(await isWhole(source, end, head))) image.damage ||= cutShort;
  }
  if (trailer && !image.damage && (await sha256Differs(source, trailer.manifest))) {
    image.damage = "The file was changed after it was signed.";
  }
  return image;
}
