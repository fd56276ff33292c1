// Keeps the page's picture of the device fresh: by its events, and by asking while there are none.
import { type Api, Refused } from "./api.ts";
import { otaOf, type Values } from "./ota.ts";

export interface Watcher {
  onState(values: Values): void;
  onSilence(): void;  // one try failed
  onLoginNeeded(): void;  // the watch has ended
  onRestart(): void;  // the device answers again, after a silence
}

const askMs = 1000;
const retryEventsMs = 15_000;

export class Watch {
  private events?: EventSource;
  private timer = 0;
  private eventsAt = 0;  // not tried again before
  private silent = false;

  constructor(
    private readonly api: Api,
    private readonly watcher: Watcher,
  ) {}

  start(): void {
    this.stop();
    void this.ask();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.events?.close();
    this.events = undefined;
  }

  private async ask(): Promise<void> {
    try {
      const values = await this.api.ota();
      if (this.silent) this.watcher.onRestart();
      this.silent = false;
      this.watcher.onState(values ?? {});
      this.listen();
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 401) return this.watcher.onLoginNeeded();
      this.silent = true;
      this.watcher.onSilence();
    }
    if (!this.events) this.timer = setTimeout(() => void this.ask(), askMs);
  }

  private listen(): void {
    if (this.events || Date.now() < this.eventsAt) return;
    const events = new EventSource("/api/events");
    this.events = events;
    events.addEventListener("state", ({ data }) => {
      const values = otaOf(JSON.parse(data));
      if (values) this.watcher.onState(values);
    });
    // The device restarts, or has no stream free.
    events.onerror = () => {
      this.stop();
      this.eventsAt = Date.now() + (events.readyState === EventSource.CLOSED ? retryEventsMs : 0);
      this.timer = setTimeout(() => void this.ask(), askMs / 4);
    };
  }
}
