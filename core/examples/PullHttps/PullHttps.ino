// ESP32: asks a server by HTTPS for a newer image, four times a day and when the button is pressed; a signed one is
// installed, tried, and kept or given back as any other. `airlift publish` and `airlift serve` make such a server.

#include <Airlift.h>

// Who may sign for the server: the certificate of your authority, or of Let's Encrypt's "ISRG Root X1".
const char authority[] =
    "-----BEGIN CERTIFICATE-----\n"
    "put it here\n"
    "-----END CERTIFICATE-----\n";

// Whose images are taken, whatever server brings them: `airlift keygen` makes the key. This one is in RFC 8410, and so
// everybody's: put yours here.
const char release_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

const int button = 0;  // "BOOT" on most boards

void setup() {
  Serial.begin(115200);
  pinMode(button, INPUT_PULLUP);
  WiFi.mode(WIFI_STA);
  WiFi.begin("your network", "its password");
  configTime(0, 0, "pool.ntp.org");  // certificates have a date

  Airlift.setPassword("change me");
  Airlift.addKey(release_key);
  Airlift.setUpdateServer("https://updates.example.org/{board}/{channel}", authority);
  Airlift.setUpdate("interval", "6h");
  Airlift.begin();
}

void loop() {
  Airlift.handle();
  if (digitalRead(button) == LOW) Airlift.checkForUpdate();
}
