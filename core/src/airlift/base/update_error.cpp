#include "airlift/base/update_error.hpp"

namespace airlift {
namespace {

constexpr ErrorInfo unknown{UpdateError::none, "unknown", "unknown error", "Report this, with the log."};

constexpr ErrorInfo table[]{
    {UpdateError::none, "ok", "no error", ""},
    {UpdateError::flash_write, "flash_write", "flash write failed",
     "The storage refused a write: check that the disk is not full or worn out, then upload again."},
    {UpdateError::flash_erase, "flash_erase", "flash erase failed",
     "The storage refused an erase: it may be worn out. Upload again; replace the storage when it stays."},
    {UpdateError::flash_read, "flash_read", "flash read failed",
     "The storage could not be read back: check the disk, then upload again."},
    {UpdateError::no_space, "no_space", "not enough space",
     "The image is larger than the slot: make it smaller or set up the device with a larger slot."},
    {UpdateError::bad_size, "bad_size", "wrong number of bytes",
     "More or fewer bytes came than were announced: was the file changed during the upload? Upload again."},
    {UpdateError::stalled, "stalled", "no data for too long",
     "The other side stopped sending: check the Wi-Fi signal and that the uploader still runs, then upload "
     "again."},
    {UpdateError::digest_mismatch, "digest_mismatch", "MD5 check failed",
     "The bytes that arrived are not those that were announced: upload again, and check the file when it "
     "stays."},
    {UpdateError::bad_invitation, "bad_invitation", "invitation not understood",
     "The uploader speaks another protocol: use airlift push or an espota.py of the Arduino cores."},
    {UpdateError::unknown_command, "unknown_command", "unknown command",
     "Only 0 (firmware) and 100 (filesystem image) can be uploaded: check the uploader's options."},
    {UpdateError::busy, "busy", "another upload is running", "Wait until it has ended, then upload again."},
    {UpdateError::safe_mode, "safe_mode", "safe mode",
     "The device is in safe mode: set \"safemode\": \"false\" in its device element and restart it."},
    {UpdateError::wrong_password, "wrong_password", "Authentication Failed",
     "The password is wrong: check -a, AIRLIFT_PASSWORD or --password-file against the device's `passwd`."},
    {UpdateError::too_many_tries, "too_many_tries", "too many wrong passwords",
     "Wait as long as the device says, then try again with the right password."},
    {UpdateError::no_challenge, "no_challenge", "no challenge is open",
     "The answer came too late or twice: start the upload again."},
    {UpdateError::connect_failed, "connect_failed", "could not connect back to the uploader",
     "Let the uploader's firewall pass TCP connections from the device to the announced port."},
    {UpdateError::connection_lost, "connection_lost", "connection lost",
     "The connection broke: check the network, then upload again. What ran before still runs."},
    {UpdateError::flash_misuse, "flash_misuse", "flash used against its rules",
     "This is a defect of Airlift: report it, with the log."},
    {UpdateError::no_boot_record, "no_boot_record", "no boot record",
     "Put a first firmware on: airlift-device init --state DIR --firmware FILE."},
    {UpdateError::no_image, "no_image", "no startable image",
     "No slot holds a whole image: upload one, or run airlift-device init again."},
    {UpdateError::no_entropy, "no_entropy", "no random numbers",
     "The system's random source failed: a password cannot be checked safely without it."},
    {UpdateError::bad_configuration, "bad_configuration", "configuration not readable",
     "Correct the file at the place that is named, then restart the device."},
    {UpdateError::network_failed, "network_failed", "network failed",
     "Check that the address exists on this machine and that the port is free."},
    {UpdateError::storage_failed, "storage_failed", "state not usable",
     "Check that the state directory exists and belongs to this user."},
    {UpdateError::not_text, "not_text", "value not understood", "Correct the value that is named."},
    {UpdateError::too_long, "too_long", "value too long", "Shorten the value that is named."},
    {UpdateError::name_not_found, "name_not_found", "no device of that name was found",
     "Is it switched on and in this network? `airlift discover` lists what can be seen; or give its "
     "address."},
    {UpdateError::no_answer, "no_answer", "no answer to the invitation",
     "Is the device on, is the address right, and is the port its OTA port (ESP8266: 8266, ESP32: 3232)?"},
    {UpdateError::bad_answer, "bad_answer", "the device answered with something that is not this protocol",
     "Another service may listen on that port: check -p."},
    {UpdateError::refused, "refused", "the device refused the upload", "The device's own words say why."},
    {UpdateError::no_connect_back, "no_connect_back", "the device accepted but never connected back",
     "A firewall on this machine is the usual cause: let TCP from the device to the named port pass."},
    {UpdateError::rejected, "rejected", "the device rejected the image at the end",
     "The device's own words say why; what ran before still runs."},
    {UpdateError::no_result, "no_result", "the device closed without saying how it ended",
     "It may have restarted: look at what it runs, and upload again if it is the old version."},
    {UpdateError::listen_failed, "listen_failed", "cannot listen for the device",
     "The address or port cannot be used on this machine: choose others with -I and -P."},
    {UpdateError::file_unreadable, "file_unreadable", "the file cannot be read",
     "Check its name and rights."},
    {UpdateError::cancelled, "cancelled", "cancelled", "The device keeps what it ran before."},
    {UpdateError::password_needed, "password_needed", "the device wants a password",
     "Give it with --password-file, AIRLIFT_PASSWORD or -a."},
};

}  // namespace

const ErrorInfo& describe(UpdateError error) {
  for (const ErrorInfo& info : table) {
    if (info.error == error) return info;
  }
  return unknown;
}

}  // namespace airlift
