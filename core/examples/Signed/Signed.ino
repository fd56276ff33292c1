// Takes only images that you have signed, and on ESP32 goes back to the old one when a new one does not work.
//
// 1. `airlift keygen -o release.pem` makes a key; put what is in release.pub.pem below.
// 2. `airlift sign --key release.pem Signed.ino.bin` signs an image.
// 3. `airlift push <name> -f Signed.ino.bin` uploads it, or the Upload button of the Arduino IDE.

#include <Airlift.h>

// Put YOUR key here: this one's private key is printed in RFC 8410, so that anyone can sign for it.
// A public key is no secret.
const char release_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

void setup() {
  Serial.begin(115200);
  WiFi.mode(WIFI_STA);
  WiFi.begin("your network", "its password");

  Airlift.setHostname("signed-sketch");
  Airlift.setPassword("change me");
  Airlift.addKey(release_key);
  Airlift.set("confirm", "300");  // a new image must say within 300 s that it works, see loop()

  Airlift.onStart([]() { Serial.println("an update begins"); });
  Airlift.onProgress([](unsigned int done, unsigned int total) { Serial.printf("%u of %u bytes\n", done, total); });
  Airlift.onEnd([]() { Serial.println("installed"); });
  Airlift.onError([](ota_error_t) { Serial.println(Airlift.lastError()); });
  Airlift.begin();
}

// What this sketch is there for works: ask your sensors, your server, or as here the network.
bool everythingWorks() {
  return WiFi.status() == WL_CONNECTED;
}

void loop() {
  Airlift.handle();
  if (Airlift.onTrial() && everythingWorks() && Airlift.confirm()) Serial.println("this image stays");
}
