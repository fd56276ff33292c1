import { Api, Refused } from "./api.ts";
import { get, say, show } from "./dom.ts";
import { showDevice, showSystem } from "./show.ts";
import { UpdateCard } from "./update.ts";
import { Watch } from "./watch.ts";

const api = new Api();
const card = new UpdateCard(api);
let known = false;  // the device has been seen since the page was opened

const watch = new Watch(api, {
  onState(values) {
    known = true;
    show("connection", false);
    card.heard(values);
    showDevice(values, card.busy);
  },
  onSilence() {
    card.silent();
    if (card.busy) return;
    say("connection", known ? "The device does not answer. This page goes on trying." : "The device cannot be reached. This page goes on trying.");
    show("connection", true);
  },
  onRestart: () => void showDeviceFacts(),
  onLoginNeeded: askForPassword,
});

function askForPassword(): void {
  show("device", false);
  show("logout", false);
  show("login", true);
  get("password").focus();
}

async function showDeviceFacts(): Promise<void> {
  await api.system().then((system) => showSystem(system, !api.hasPassword), () => {});  // without them the page works, too
}

function enter(): void {
  show("login", false);
  show("device", true);
  show("logout", api.loggedIn);
  void showDeviceFacts();
  watch.start();
}

function loginError(refused: Refused): string {
  if (refused.status === 401) return "The password is wrong.";
  if (refused.status === 429) return `Too many wrong passwords: try again in ${refused.waitS} s.`;
  return refused.message;
}

async function logIn(): Promise<void> {
  const password = get<HTMLInputElement>("password");
  say("login-error", "");
  try {
    await api.logIn(password.value);
    password.value = "";
    enter();
  } catch (refused) {
    say("login-error", loginError(refused as Refused));
    password.select();
  }
}

async function logOut(): Promise<void> {
  watch.stop();
  await api.logOut().catch(() => {});
  askForPassword();
}

async function begin(): Promise<void> {
  try {
    if (await api.begin()) enter();
    else askForPassword();
  } catch {
    say("connection", "The device cannot be reached. This page goes on trying.");
    show("connection", true);
    setTimeout(() => void begin(), 2000);
  }
}

get("login").onsubmit = (event) => {
  event.preventDefault();
  void logIn();
};
get("logout").onclick = () => void logOut();
void begin();
