// The device's HTTP API: docs/design/device-page.md.
import { otaOf, type Values } from "./ota.ts";

/// What the device says instead of doing something; status 0: it could not be asked.
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly name_: string,
    message: string,
    readonly waitS = 0,
  ) {
    super(message);
  }
}

const unreachable = () => new Refused(0, "unreachable", "The device cannot be reached.");
const answerMs = 5000;

/// `text` is the body of an answer that is not 2xx.
export function refusalOf(status: number, text: string, retryAfter: string | null): Refused {
  let said: Values = {};
  try {
    said = JSON.parse(text);
  } catch {
    // Not from the device's API: the status has to do.
  }
  const { error = "", message = `answer ${status}`, advice = "" } = said;
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.${advice && ` ${advice}`}`;
  return new Refused(status, error, sentence, Number(retryAfter) || 0);
}

export class Api {
  hasPassword = false;  // the device wants one
  private csrf = "";
  private password = "";  // to log in again after the restarts of an update; gone with the page

  private async call(path: string, form?: Record<string, string>): Promise<Values> {
    const headers: Record<string, string> = { Accept: "application/json", "X-CSRF-Token": this.csrf };
    const body = form && new URLSearchParams(form);
    const answer = await fetch(path, {
      method: form ? "POST" : "GET",
      headers,
      body,
      signal: AbortSignal.timeout(answerMs),
    }).catch(() => {
      throw unreachable();
    });
    const text = await answer.text().catch(() => {
      throw unreachable();
    });
    if (!answer.ok) throw refusalOf(answer.status, text, answer.headers.get("Retry-After"));
    return JSON.parse(text);
  }

  /// Whether the device can be used, without or with a login that is there already.
  async begin(): Promise<boolean> {
    const stand = await this.call("/api/login");
    this.csrf = stand.csrf;
    this.hasPassword = stand.password === "true";
    return !this.hasPassword || stand.session === "true";
  }

  async logIn(password: string): Promise<void> {
    this.csrf = (await this.call("/api/login", { password })).csrf;
    this.password = password;
  }

  async logOut(): Promise<void> {
    this.password = "";
    await this.call("/api/logout", {});
  }

  get loggedIn(): boolean {
    return this.csrf !== "";
  }

  /// As call(), logging in again where the device has restarted meanwhile.
  private async insist(path: string, form?: Record<string, string>): Promise<Values> {
    try {
      return await this.call(path, form);
    } catch (refused) {
      if (!(refused instanceof Refused) || refused.status !== 401 || !this.password) throw refused;
      await this.logIn(this.password).catch((again: Refused) => {
        if (again.status === 401) this.password = "";  // it was changed: one wrong try is enough
        throw again;
      });
      return this.call(path, form);
    }
  }

  system(): Promise<Values> {
    return this.insist("/api/sysinfo");
  }

  /// Of the ota element; undefined: there is none.
  async ota(): Promise<Values | undefined> {
    return otaOf((await this.insist("/api/state")) as unknown as Record<string, Values>);
  }

  async offer(kind: string, size: number, trailer: string): Promise<void> {
    await this.insist("/api/offer", { kind, size: String(size), trailer });
  }

  /// Sends the image. Rejects with Refused; 0 as its status: the connection broke, or cancel() was called.
  send(file: File, kind: string, onProgress: (sent: number) => void): { done: Promise<void>; cancel: () => void } {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append(kind, file);
    const done = new Promise<void>((resolve, reject) => {
      request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, file.size));
      request.onload = () => {
        if (request.status === 200) resolve();
        else reject(refusalOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
      };
      request.onerror = () => reject(unreachable());
      request.onabort = () => reject(new Refused(0, "cancelled", "Cancelled."));
    });
    request.open("POST", "/update");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", this.csrf);
    request.send(form);
    return { done, cancel: () => request.abort() };
  }
}
