// The card that takes a file, judges it, sends it and follows what becomes of it.
import { type Api, Refused } from "./api.ts";
import { facts, get, make, say, show } from "./dom.ts";
import * as follow from "./follow.ts";
import { duration, Pace, size, time } from "./format.ts";
import { hex, type Image, type Kind, readImage } from "./image.ts";
import { judge, type Remark } from "./judge.ts";
import { causeText, type Values } from "./ota.ts";

enum State {
  picking,  // ended by a file
  reading,  // ended by what was read
  chosen,  // ended by the user
  sending,  // ended by the device's answer, the network or the user
  following,  // ended by the fate of the image
  ended,  // ended by the user
}

const stepNames = ["Send", "Check", "Restart", "Trial", "Confirmed"];
const followSteps: Record<follow.Stage, number> = {
  unsure: 0, restarting: 2, lost: 2, trial: 3, rolled_back: 3, failed: 0, staged: 2, confirmed: 5,
};
const kept = "The device keeps what it runs.";

export class UpdateCard {
  private state = State.picking;
  private device: Values = {};
  private file?: File;
  private image?: Image;
  private kind: Kind = "firmware";
  private check = 0;  // counts judgements: an older one's answer is of no interest
  private fate?: follow.Follow;
  private cancel = () => {};
  private sent = 0;  // bytes
  private counts: "browser" | "device" = "browser";  // whose are `sent`: the browser counts what it has only buffered, too
  private pace = new Pace();

  constructor(private readonly api: Api) {
    const input = get<HTMLInputElement>("file");
    input.onchange = () => input.files?.[0] && void this.take(input.files[0]);
    get("send").onclick = get("again").onclick = () => void this.send();
    get("other").onclick = get("done").onclick = () => this.pick();
    get("cancel").onclick = () => this.cancel();
    get("kinds").onchange = (event) => {
      this.kind = (event.target as HTMLInputElement).value as Kind;
      void this.judge();
    };
    this.acceptDrops();
    addEventListener("beforeunload", (event) => this.state === State.sending && event.preventDefault());
  }

  get busy(): boolean {
    return this.state === State.sending || this.state === State.following;
  }

  /// News of the device.
  heard(values: Values): void {
    const before = this.device;
    this.device = values;
    if (this.state === State.sending) this.heardOfSending(values);
    if (this.fate && this.state === State.following) this.follow(follow.heard(this.fate, values, Date.now()));
    const changed = ["phase", "trial", "version", "capacity"].some((key) => before[key] !== values[key]);
    if (changed && this.state === State.chosen) void this.judge();
  }

  private heardOfSending(values: Values): void {
    if (values.phase === "receiving") this.progress(Number(values.progress), "device");
    if (values.phase === "verifying") this.progress(this.file!.size, "device");
  }

  silent(): void {
    if (this.fate && this.state === State.following) this.follow(follow.silent(this.fate, Date.now()));
  }

  private enter(state: State): void {
    this.state = state;
    show("pick", state === State.picking || state === State.reading);
    show("chosen", state === State.chosen);
    show("course", state >= State.sending);
    show("sending", state === State.sending);
    show("outcome", state === State.ended);
    show("done", state === State.ended);
    show("again", false);
  }

  private acceptDrops(): void {
    const drop = get("drop");
    document.ondragover = document.ondrop = (event) => {
      event.preventDefault();  // else the browser would open the file
      const takes = this.state === State.picking || this.state === State.chosen;
      drop.classList.toggle("over", takes && event.type === "dragover");
      const file = event.type === "drop" && event.dataTransfer?.files[0];
      if (file && takes && !get("update").hidden) void this.take(file);
    };
    document.ondragleave = () => drop.classList.remove("over");
  }

  private pick(): void {
    this.check++;
    get<HTMLInputElement>("file").value = "";
    this.enter(State.picking);
    get("file").focus();
  }

  private async take(file: File): Promise<void> {
    this.enter(State.reading);
    this.file = file;
    const read = async (from: number, to: number) => new Uint8Array(await file.slice(from, to).arrayBuffer());
    try {
      this.image = await readImage({ size: file.size, read }, Number(this.device.capacity) || Infinity);
    } catch {
      this.enter(State.picking);
      return say("spoken", `${file.name} cannot be read.`);
    }
    this.kind = this.image.trailer?.manifest.kind ?? this.image.format.kind ?? "firmware";
    for (const radio of get("kinds").querySelectorAll("input")) radio.checked = radio.value === this.kind;
    show("kinds", !this.image.trailer);
    this.showFile();
    this.enter(State.chosen);
    get("chosen").focus();
    await this.judge();
  }

  private showFile(): void {
    const { format, trailer, imageSize } = this.image!;
    const manifest = trailer?.manifest;
    const bytes = this.image!.size;
    const version = manifest?.version ?? format.version;
    say("file-name", this.file!.name);
    facts("file-facts", [
      ["What it is", format.name],
      ["Size", size(bytes) + (imageSize && imageSize > bytes ? `, ${size(imageSize)} unpacked` : "")],
      ["Version", version && (this.device.version ? `${version} (now ${this.device.version})` : version)],
      ["For boards", manifest && (manifest.boards.join(", ") || "any")],
      ["Built", manifest?.builtAt ? time(manifest.builtAt) : ""],
      ["Signed", trailer ? `with key ${trailer.keyId}` : "no"],
      ["Security counter", manifest?.counter ? String(manifest.counter) : ""],
    ]);
  }

  /// Shows what speaks against the file: first what the page sees, then what the device says.
  private async judge(): Promise<void> {
    const mine = ++this.check;
    const remarks = judge(this.image!, this.device, this.kind);
    get<HTMLButtonElement>("send").disabled = true;
    if (!remarks.some(({ weight }) => weight === "refused")) {
      const answer = await this.api.offer(this.kind, this.image!.size, hex(this.image!.tail)).catch((refused: Refused) => refused);
      if (mine !== this.check) return;
      if (answer) remarks.unshift({ weight: "refused", text: answer.message });
    }
    this.showRemarks(remarks);
  }

  private showRemarks(remarks: Remark[]): void {
    const has = (weight: Remark["weight"]) => remarks.some((remark) => remark.weight === weight);
    const looks = { refused: "bad", doubt: "warn", note: "" };
    const items = remarks.map(({ weight, text }) => {
      const item = make("li", text);
      item.className = looks[weight];
      return item;
    });
    get("remarks").replaceChildren(...items);
    const send = get<HTMLButtonElement>("send");
    send.disabled = send.hidden = has("refused");
    send.textContent = has("doubt") ? "Update anyway" : "Update";
  }

  private async send(): Promise<void> {
    const before = follow.newestLine(this.device);
    this.counts = "browser";
    this.pace = new Pace();
    this.enter(State.sending);
    this.progress(0, "browser");
    get("cancel").focus();
    const sending = this.api.send(this.file!, this.kind, (bytes) => this.progress(bytes, "browser"));
    this.cancel = sending.cancel;
    const refused = await sending.done.then(() => undefined, (reason: Refused) => reason);
    if (refused && refused.name_ !== "unreachable") return this.notSent(refused);
    this.enter(State.following);
    this.follow(follow.begin(before, refused ? "unknown" : "taken", Date.now()));
  }

  private notSent(refused: Refused): void {
    const cancelled = refused.name_ === "cancelled";
    this.showSteps(this.stepOfSending, "wrong");
    this.end(`${cancelled ? `Cancelled after ${this.percent} %.` : refused.message} ${kept}`, cancelled ? "" : "bad");
    show("again", cancelled || refused.status === 408 || refused.status === 409);
  }

  private get percent(): number {
    return Math.floor((100 * this.sent) / this.file!.size);
  }

  private get stepOfSending(): number {
    return this.sent === this.file!.size ? 1 : 0;
  }

  private progress(sent: number, from: "browser" | "device"): void {
    if (from === "browser" && this.counts === "device") return;
    const total = this.file!.size;
    this.counts = from;
    this.sent = sent;
    this.pace.add(sent, performance.now());
    const rate = this.pace.rate();
    const all = sent === total;
    const percent = this.percent;
    const speed = rate ? `, ${size(rate)}/s, ${duration((total - sent) / rate)} left` : "";
    get<HTMLProgressElement>("bar").value = sent / total;
    say("speed", all ? "Sent. The device checks the image …" : `${percent} %: ${size(sent)} of ${size(total)}${speed}`);
    say("spoken", all ? "Sent. The device checks the image." : `${percent - (percent % 25)} percent sent`);
    this.showSteps(this.stepOfSending, "now");
  }

  /// `at`: how many steps are over; `look` is that of the next one.
  private showSteps(at: number, look: "now" | "wrong"): void {
    const words = { now: "now", wrong: "failed" };
    const items = stepNames.map((name, i) => {
      const item = make("li", name);
      item.className = i < at ? "over" : i === at ? look : "";
      if (i === at && look === "now") item.ariaCurrent = "step";
      const word = make("span", i < at ? " (done)" : i === at ? ` (${words[look]})` : "");
      word.className = "unseen";
      item.append(word);
      return item;
    });
    get("steps").replaceChildren(...items);
  }

  private follow(fate: follow.Follow): void {
    this.fate = fate;
    const wrong = fate.stage === "rolled_back" || fate.stage === "failed";
    this.showSteps(followSteps[fate.stage] || this.stepOfSending, wrong ? "wrong" : "now");
    const version = this.device.version ? `version ${this.device.version}` : "the version before";
    const cause = causeText(fate.cause);
    switch (fate.stage) {
      case "unsure":
        return this.tell(`The connection broke after ${this.percent} %. Waiting for the device to say what it has …`, "warn");
      case "restarting":
        return this.tell("The device has taken it, and restarts …", "");
      case "trial":
        return this.tell("The new version runs, on trial: the device waits for it to prove itself.", "");
      case "lost":
        return this.tell("The device has not answered for two minutes. Look at its power and network; this page goes on trying.", "warn");
      case "staged":
        return this.end("Stored. It starts together with the other image of its bundle: send that one, too.", "good");
      case "confirmed":
        return this.end(`Done: ${this.kind === "firmware" ? version : "the new filesystem image"} runs and has proven itself.`, "good");
      case "rolled_back":
        return this.end(`It did not work: ${cause}. The device went back to ${version}.`, "bad");
      case "failed":
        this.end(fate.answer === "unknown" ? `The connection broke after ${this.percent} %. ${kept}` : `The device did not take it: ${cause}. ${kept}`, "bad");
        return show("again", true);
    }
  }

  private tell(text: string, look: string): void {
    get("outcome").className = `box ${look}`;
    show("outcome", true);
    say("outcome", text);
    say("spoken", "");
  }

  private end(text: string, look: string): void {
    this.enter(State.ended);
    this.tell(text, look);
    get("outcome").focus();
  }
}
