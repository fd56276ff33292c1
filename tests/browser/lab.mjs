// Real devices, images, a network that can be cut, and Chromium, for the tests of the device's page.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(path.join(repository, "web/device/package.json"));
const { chromium } = require("playwright-core");
export const axe = require("axe-core").source;

const binaries = path.resolve(repository, process.env.AIRLIFT_BIN ?? "build/release/bin");
const screenshots = path.join(repository, "build/screenshots");
const room = mkdtempSync(path.join(tmpdir(), "airlift-page-"));
export const board = "board-1";
export const patience = 30_000;

/// Waits for what sends no event. Returns its first true value.
export async function until(condition, what) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const program = (name, ...parameters) => execFileSync(path.join(binaries, name), parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

// Files to upload

const file = (name) => path.join(room, name);
const app = (version) => path.join(binaries, `airlift-demo-app-${version}`);

export const key = file("key.pem");
program("airlift", "keygen", "-o", key);

function sign(name, payload, version, ...more) {
  program("airlift", "sign", "--key", key, "--version", version, "-o", file(name), ...more, payload);
  return file(name);
}

function plain(name, content) {
  writeFileSync(file(name), content);
  return file(name);
}

const exiting = plain("exiting", "#!/bin/sh\nexit 3\n");
chmodSync(exiting, 0o755);
const padded = file("padded");  // big enough to be caught on its way
copyFileSync(app(2), padded);
truncateSync(padded, 6 << 20);

export const images = {
  first: sign("first", app(1), "1.0"),
  good: sign("good-2.0.bin", app(2), "2.0", "--board", board, "--compress"),
  big: sign("big-2.0.bin", padded, "2.0", "--board", board),
  otherBoard: sign("other-board.bin", app(2), "2.0", "--board", "board-7", "--board", "board-9"),
  exiting: sign("exiting-2.1.bin", exiting, "2.1"),
  older: sign("older-0.9.bin", app(2), "0.9"),
  filesystem: sign("pages-3.0.img", app(2), "3.0", "--kind", "filesystem"),
  unsigned: app(2),
  cut: plain("cut.bin", readFileSync(app(2)).subarray(0, -1000)),
  cutSigned: plain("cut-signed.bin", readFileSync(file("good-2.0.bin")).subarray(0, -1000)),
  unknown: plain("unknown.bin", Buffer.alloc(4096, "?")),
  hostile: plain("<img src=x onerror=hacked=1>.bin", Buffer.alloc(4096, "?")),
};

// Devices

let lastPort = 18_000;  // below those that the kernel gives to others meanwhile

export async function freePort() {
  const port = ++lastPort;
  const server = net.createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return freePort();  // somebody has it
  }
  server.close();
  await once(server, "close");
  return port;
}

const running = new Set();
let devices = 0;

export class Device {
  /// Starts one that runs version 1.0. `slotBytes`: room for an image.
  static async start({ device = {}, ota = {}, web = {}, slotBytes = 8 << 20 } = {}) {
    const made = new Device();
    made.folder = file(`device-${++devices}`);
    made.port = await freePort();
    const config = path.join(made.folder, "config");
    mkdirSync(config, { recursive: true });
    copyFileSync(key.replace(".pem", ".pub.pem"), path.join(config, "key.pub.pem"));
    writeFileSync(path.join(config, "env.json"), JSON.stringify({
      device: { 0: { name: "greenhouse", safemode: "false", sd: "false", ...device } },
      ota: ota ? { 0: { port: await freePort(), confirm: "5", ...ota } } : undefined,
      web: { 0: { port: made.port, ...web } },
    }));
    made.state = path.join(made.folder, "state");
    program("airlift-device", "init", "--state", made.state, "--firmware", images.first, "--board-id", board, "--slot-size", String(slotBytes));
    made.process = spawn(path.join(binaries, "airlift-device"),
      ["--config", config, "--state", made.state, "--bind", "127.0.0.1", "--board-id", board], { stdio: ["ignore", "ignore", "pipe"] });
    running.add(made);
    made.log = "";
    made.process.stderr.on("data", (text) => (made.log += text));
    made.url = `http://127.0.0.1:${made.port}/`;
    await until(() => made.log.includes("http: listening"), `listening: ${made.log}`);
    await until(() => made.status().on_trial === false, "the first version is confirmed");
    return made;
  }

  status() {
    return JSON.parse(program("airlift-device", "status", "--json", "--state", this.state));
  }

  /// What the application answers that runs now.
  version() {
    const text = program("airlift-demo-app-1", "--ask", path.join(this.state, "run/app.sock"));
    return text.trim();
  }

  async stop() {
    running.delete(this);
    if (this.process.exitCode !== null) return;
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
  }
}

/// A network in front of a device.
export class Network {
  static async before(device) {
    const made = new Network();
    made.limit = Infinity;  // bytes to the device that pass; the rest is held
    made.rate = Infinity;  // bytes to the device in a second
    made.whole = true;
    made.passed = 0;
    made.pairs = new Set();
    made.server = net.createServer((client) => made.connect(client, device.port)).listen(0, "127.0.0.1");
    await once(made.server, "listening");
    made.url = `http://127.0.0.1:${made.server.address().port}/`;
    running.add(made);
    return made;
  }

  connect(client, port) {
    if (!this.whole) return client.resetAndDestroy();
    const device = net.connect(port, "127.0.0.1");
    const pair = { client, device };
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      client.destroy();
      device.destroy();
    };
    for (const socket of [client, device]) socket.on("error", end).on("close", end);
    device.pipe(client);
    client.on("data", (bytes) => {
      this.passed += bytes.length;
      device.write(bytes);
      client.pause();
      setTimeout(() => this.passed < this.limit && client.resume(), (1000 * bytes.length) / this.rate);
    });
  }

  hold(bytes) {
    this.limit = this.passed + bytes;
  }

  /// Breaks all connections, and each new one.
  cut() {
    this.whole = false;
    for (const { client, device } of this.pairs) {
      client.resetAndDestroy();
      device.resetAndDestroy();
    }
  }

  heal() {
    this.whole = true;
    this.limit = this.rate = Infinity;
  }

  async stop() {
    running.delete(this);
    this.cut();
    this.server.close();
    await once(this.server, "close");
  }
}

// Pages

/// The page as it was checked in, unpacked.
export const pageFile = () => gunzipSync(readFileSync(path.join(repository, "web/device/dist/index.html.gz")));

// The browser itself stays at home: https://github.com/GoogleChrome/chrome-launcher/blob/main/docs/chrome-flags-for-tests.md
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let browser;

export async function openBrowser() {
  mkdirSync(screenshots, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

export async function closeAll() {
  await browser.close();
  await Promise.all([...running].map((one) => one.stop()));
  rmSync(room, { recursive: true });
}

/// `page.complaints` collects what the page must never do: script errors, and requests to elsewhere.
export async function openPage(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => message.text().includes("Content Security Policy") && page.complaints.push(message.text()));
  page.on("request", (request) => /^(http|ws)/.test(request.url()) && !request.url().startsWith(url) && page.complaints.push(request.url()));
  await page.goto(url);
  return page;
}

export async function choose(page, image) {
  await page.locator("#file").setInputFiles(image);
  await page.locator("#chosen").waitFor();
}

export async function shoot(page, name) {
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
}
