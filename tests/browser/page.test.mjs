import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axe, choose, closeAll, Device, freePort, images, Network, openBrowser, openPage, pageFile, shoot, until } from "./lab.mjs";

const shown = (page, id, text) => page.locator(`#${id}`, { hasText: text }).waitFor();
const update = (page) => page.getByRole("button", { name: "Update", exact: true });

async function logIn(page, password) {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/// Nothing that https://www.deque.com/axe/ finds: labels, roles, contrast, order of headings, …
async function assertAccessible(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    // Not as a <script>: the page's own policy refuses those.
    const found = await page.evaluate(`${axe}; axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`);
    assert.deepEqual(found, [], `in ${colorScheme}`);
  }
}

/// The file is refused for this reason, and cannot be sent.
async function assertRefused(page, image, reason) {
  await choose(page, image);
  await shown(page, "remarks", reason);
  assert.equal(await page.locator("#send").isVisible(), false);
  assert.equal(await page.locator("#other").isVisible(), true);
}

describe("the device's page", { concurrency: 3 }, () => {
  before(openBrowser);
  after(closeAll);

  test("installs a good image and follows it until it is confirmed", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    await shown(page, "now", "1.0");
    assert.equal(await page.title(), "greenhouse: update");
    await shoot(page, "start");
    await choose(page, images.good);
    await shown(page, "file-facts", "2.0 (now 1.0)");
    await shown(page, "file-facts", "board-1");
    await update(page).waitFor();
    await shoot(page, "good-chosen");
    await update(page).click();
    await shown(page, "outcome", "Done: version 2.0 runs and has proven itself.");
    await shown(page, "now", "2.0");
    await shown(page, "history", "works");
    await shoot(page, "good-confirmed");
    await assertAccessible(page);
    assert.equal(device.version(), "version 2");
    assert.deepEqual(page.complaints, []);
  });

  test("is the file that is checked in, kept by the browser while it stays the same", async () => {
    const device = await Device.start();
    const first = await fetch(device.url);
    assert.equal(await first.text(), String(pageFile()));
    const again = await fetch(device.url, { headers: { "If-None-Match": first.headers.get("ETag") } });
    assert.equal(again.status, 304);
  });

  test("installs a filesystem image", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    await choose(page, images.filesystem);
    assert.equal(await page.locator("#kinds").isVisible(), false);  // the file tells
    await page.getByRole("button", { name: "Update anyway" }).click();  // it has a program in it
    await shown(page, "outcome", "Done: the new filesystem image runs and has proven itself.");
    await shown(page, "history", "Filesystem 3.0 works");
  });

  test("works over an encrypted connection, and shows the certificate", async () => {
    const port = await freePort();
    const device = await Device.start({ ota: { passwd: "secret" }, web: { tls: "on", tls_port: port } });
    const page = await openPage(`https://127.0.0.1:${port}/`, { ignoreHTTPSErrors: true });
    await logIn(page, "secret");
    await shown(page, "system", "Certificate, SHA-256");
    await choose(page, images.good);
    await update(page).click();
    await shown(page, "outcome", "Done: version 2.0 runs");
    assert.equal(device.version(), "version 2");
  });

  test("refuses an image for another board", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    await assertRefused(page, images.otherBoard, "It is for another board: for board-7, board-9. This device is board-1.");
    await shoot(page, "wrong-board");
    await assertAccessible(page);
    await page.locator("#other").click();
    await page.locator("#drop").waitFor();
  });

  test("refuses what is not signed when the device wants signatures", async () => {
    const device = await Device.start({ ota: { keys: "key.pub.pem" } });
    const page = await openPage(device.url);
    await assertRefused(page, images.unsigned, "Signature missing.");
    await shoot(page, "unsigned");
    await assertRefused(page, images.cutSigned, "cannot be unpacked");
    await choose(page, images.good);
    await update(page).waitFor();
  });

  test("refuses what is too large", async () => {
    const device = await Device.start({ slotBytes: 4 << 20 });
    const page = await openPage(device.url);
    await assertRefused(page, images.big, "It is too large: it needs 6.00 MiB, and this device has room for");
    await shoot(page, "too-large");
  });

  test("refuses what is cut short", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    await assertRefused(page, images.cut, "The file is not whole");
    await shoot(page, "truncated");
  });

  test("leaves to the user what it does not know, and what is older", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    const anyway = page.getByRole("button", { name: "Update anyway" });
    await choose(page, images.unknown);
    await shown(page, "remarks", "What this is cannot be told");
    await anyway.waitFor();
    await shoot(page, "unknown");
    await page.getByLabel("filesystem image").check();
    await anyway.waitFor();
    await choose(page, images.older);
    await shown(page, "remarks", "It is older than what runs now: 0.9 instead of 1.0.");
    await anyway.click();
    await shown(page, "outcome", "Done: version 0.9 runs");
  });

  test("tells why a device went back", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    await choose(page, images.exiting);
    await update(page).click();
    await shown(page, "outcome", "It did not work: the new version ended by itself. The device went back to version 1.0.");
    await shown(page, "history", "went back");
    await shoot(page, "rolled-back");
    await assertAccessible(page);
    assert.equal(device.version(), "version 1");
  });

  test("says that the network was cut, and tries again", async () => {
    const device = await Device.start();
    const network = await Network.before(device);
    const page = await openPage(network.url);
    await choose(page, images.big);
    network.rate = 2 << 20;
    network.hold(3 << 20);
    await update(page).click();
    await shown(page, "speed", /^[1-9]\d* %: .* of 6.00 MiB, .* MiB\/s, \d+ s left$/);
    await shoot(page, "sending");
    await until(() => network.passed >= network.limit, "the upload is half done");
    network.cut();
    await shown(page, "outcome", /The connection broke after [1-9]\d? %. Waiting for the device/);
    network.heal();
    await shown(page, "outcome", /The connection broke after [1-9]\d? %. The device keeps what it runs./);
    await shoot(page, "network-cut");
    assert.equal(device.version(), "version 1");
    await page.getByRole("button", { name: "Try again" }).click();
    await shown(page, "outcome", "Done: version 2.0 runs");
  });

  test("can be cancelled", async () => {
    const device = await Device.start();
    const network = await Network.before(device);
    const page = await openPage(network.url);
    await choose(page, images.big);
    network.hold(1 << 20);
    await update(page).click();
    await until(() => network.passed >= network.limit, "the upload is on");
    await page.getByRole("button", { name: "Cancel" }).click();
    await shown(page, "outcome", /Cancelled after \d+ %. The device keeps what it runs./);
    assert.equal(await page.evaluate("document.activeElement.id"), "outcome");
  });

  test("asks for the password, tells a wrong one, and stays logged in over the restart", async () => {
    const device = await Device.start({ ota: { passwd: "secret" } });
    const page = await openPage(device.url);
    await page.getByLabel("Password").waitFor();
    assert.equal(await page.locator("#device").isVisible(), false);
    await shoot(page, "login");
    await assertAccessible(page);
    await logIn(page, "wrong");
    await shown(page, "login-error", "The password is wrong.");
    await logIn(page, "secret");
    await shown(page, "now", "1.0");
    await choose(page, images.good);
    await update(page).click();
    await shown(page, "outcome", "Done: version 2.0 runs");
    await page.reload();
    await page.locator("#now").waitFor();  // the cookie is enough
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Password").waitFor();
    await page.reload();
    await page.getByLabel("Password").waitFor();
    assert.deepEqual(page.complaints, []);
  });

  test("tells how long to wait after wrong passwords", async () => {
    const device = await Device.start({ ota: { passwd: "secret" } });
    const page = await openPage(device.url);
    const error = page.locator("#login-error");
    await until(async () => {
      await logIn(page, "wrong");
      return /^Too many wrong passwords: try again in \d+ s.$/.test(await error.textContent());
    }, "too many wrong passwords");
    await shoot(page, "too-many-tries");
  });

  test("shows on other pages what is sent by one", async () => {
    const device = await Device.start();
    const network = await Network.before(device);
    // The device has two streams of events: one page has to ask.
    const [first, second, third] = await Promise.all([openPage(network.url), openPage(device.url), openPage(device.url)]);
    await Promise.all([choose(first, images.big), choose(second, images.good)]);
    await update(second).waitFor();
    network.rate = 200 << 10;  // half a minute; a device ends an upload that stands still after 10 s
    await update(first).click();
    for (const page of [second, third]) await shown(page, "note", /An update is being sent by another \(browser 127.0.0.1\): [1-9]\d* %./);
    await shown(second, "remarks", "Another upload is running.");
    await shoot(second, "busy-elsewhere");
    network.heal();
    await shown(first, "outcome", "Done: version 2.0 runs");
    await shown(second, "now", "2.0");
    await shown(second, "remarks", "This version runs already.");
    await shown(third, "now", "2.0");
  });

  test("fits a phone, in light and dark", async () => {
    const device = await Device.start();
    const page = await openPage(device.url, { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });
    await choose(page, images.good);
    await shown(page, "now", "1.0");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await shoot(page, `phone-${colorScheme}`);
    }
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
    const low = await page.evaluate("[...document.querySelectorAll('button')].filter((b) => b.offsetHeight && b.offsetHeight < 44).length");
    assert.equal(low, 0, "buttons a finger can miss");
  });

  test("can be used with the keyboard alone", async () => {
    const device = await Device.start({ ota: { passwd: "secret" } });
    const page = await openPage(device.url);
    page.on("filechooser", (chooser) => chooser.setFiles(images.good));
    await page.getByLabel("Password").waitFor();
    await page.keyboard.type("secret");  // it has the focus
    await page.keyboard.press("Enter");
    await shown(page, "now", "1.0");
    const focus = () => page.evaluate("document.activeElement.id");
    const tabTo = async (id) => {
      for (let i = 0; i < 10 && (await focus()) !== id; ++i) await page.keyboard.press("Tab");
      assert.equal(await focus(), id);
    };
    await tabTo("file");
    await shoot(page, "keyboard-focus");
    await page.keyboard.press("Enter");
    await update(page).waitFor();
    await tabTo("send");
    await page.keyboard.press("Enter");
    await shown(page, "outcome", "Done: version 2.0 runs");
    assert.equal(await focus(), "outcome");
  });

  test("takes a file that is dropped", async () => {
    const device = await Device.start();
    const page = await openPage(device.url);
    await shown(page, "now", "1.0");
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["#!/bin/sh\n"], "dropped.sh"));
      document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await shown(page, "file-name", "dropped.sh");
    await shown(page, "file-facts", "script");
  });

  test("explains safe mode and takes nothing in it", async () => {
    const device = await Device.start({ device: { safemode: "true" } });
    const page = await openPage(device.url);
    await shown(page, "safemode-advice", 'set "safemode": "false"');
    assert.equal(await page.locator("#update").isVisible(), false);
    await shoot(page, "safe-mode");
    await assertAccessible(page);
  });

  test("says that there is no ota element", async () => {
    const device = await Device.start({ ota: null });
    const page = await openPage(device.url);
    await shown(page, "note", "This device has no ota element");
    for (const id of ["update", "ota"]) assert.equal(await page.locator(`#${id}`).isVisible(), false);
    await shoot(page, "no-ota");
  });

  test("says that the device is gone, and that it is back", async () => {
    const device = await Device.start();
    const network = await Network.before(device);
    const page = await openPage(network.url);
    await shown(page, "now", "1.0");
    network.cut();
    await shown(page, "connection", "The device does not answer.");
    await shoot(page, "gone");
    network.heal();
    await page.locator("#connection").waitFor({ state: "hidden" });
  });

  test("reads nothing as HTML, and runs no script but its own", async () => {
    const device = await Device.start({ device: { title: "<b>bold</b>" } });
    const page = await openPage(device.url);
    await choose(page, images.hostile);
    await shown(page, "file-name", "<img src=x onerror=hacked=1>.bin");
    assert.equal(await page.locator("img").count(), 0);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      document.body.append(script);
    });
    assert.equal(await page.evaluate("window.hacked"), undefined);
    assert.match(page.complaints.join(), /Content Security Policy/);
  });
});
