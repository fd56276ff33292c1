#pragma once
// Keys and signatures made by the openssl program, so that what we read was not written by our own code.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "airlift_posix/pem.hpp"
#include "support/temp_directory.hpp"

namespace airlift::testing {

/// A folder with keys and files; `<name>.pem` is a private key, `<name>.pub.pem` its public one.
class OpensslProgram {
 public:
  /// Runs `openssl <arguments>` in the folder; throws when it fails.
  void run(const std::string& arguments) const { shell("openssl " + arguments); }

  /// Runs a shell command in the folder; throws when it fails.
  void shell(const std::string& command) const {
    const std::string line = "cd '" + folder_.path() + "' && ( " + command + " ) > output 2> errors";
    if (std::system(line.c_str()) != 0) throw std::runtime_error{command + ": " + read("errors")};
  }

  /// Makes a key pair; `options` are genpkey's.
  void make_key(const std::string& name, const std::string& options) const {
    const std::filesystem::path kept = kept_key(options);
    if (kept.empty() || !std::filesystem::exists(kept)) {
      run("genpkey -quiet -out " + name + ".pem " + options);
      if (!kept.empty()) keep(name, kept);
    } else {
      std::filesystem::copy_file(kept, folder_ / (name + ".pem"));
    }
    run("pkey -in " + name + ".pem -pubout -out " + name + ".pub.pem");
  }
  void make_rsa(const std::string& name, int bits) const {
    make_key(name, "-algorithm RSA -pkeyopt rsa_keygen_bits:" + std::to_string(bits));
  }
  void make_ec(const std::string& name, const std::string& curve) const {
    make_key(name, "-algorithm EC -pkeyopt ec_paramgen_curve:" + curve);
  }

  [[nodiscard]] crypto::PublicKey key(const std::string& name) const {
    const Result<crypto::PublicKey> key = posix::public_key_from_pem(read(name + ".pub.pem"));
    if (!key.ok()) throw std::runtime_error{name + ": " + std::string{describe(key.error()).name}};
    return key.value();
  }

  /// What `openssl <arguments>` makes of `input`, which it finds in the file `input` and puts into the file
  /// `made`.
  [[nodiscard]] std::string make(const std::string& arguments, std::string_view input) const {
    folder_.write("input", input);
    run(arguments + " -out made");
    return read("made");
  }

  /// The signature over `message` by `openssl dgst <options>`, for example "-sha256".
  [[nodiscard]] std::string sign(const std::string& name, const std::string& options,
                                 std::string_view message) const {
    folder_.write("input", message);
    run("dgst " + options + " -sign " + name + ".pem -out made input");
    return read("made");
  }

  /// The Ed25519 signature over `message`.
  [[nodiscard]] std::string sign_ed25519(const std::string& name, std::string_view message) const {
    return make("pkeyutl -sign -rawin -inkey " + name + ".pem -in input", message);
  }

  [[nodiscard]] std::string read(const std::string& name) const { return read_file(folder_ / name); }
  [[nodiscard]] const TempDirectory& folder() const { return folder_; }

 private:
  /// RSA keys take up to half a minute to make. So they are kept beside the test programs for all tests; the
  /// second key of one test is another one. Empty: this key is quickly made.
  static std::filesystem::path kept_key(const std::string& options) {
    static std::map<std::string, int> made;
    if (options.find("RSA") == std::string::npos) return {};
    std::string name = options + "." + std::to_string(++made[options]) + ".pem";
    std::replace(name.begin(), name.end(), ' ', '_');
    return std::filesystem::current_path() / "test-keys" / name;
  }

  /// Other tests run at the same time: the key appears whole or not at all.
  void keep(const std::string& name, const std::filesystem::path& kept) const {
    std::filesystem::create_directories(kept.parent_path());
    const std::filesystem::path unfinished = kept.string() + "." + std::to_string(::getpid());
    std::filesystem::copy_file(folder_ / (name + ".pem"), unfinished);
    std::filesystem::rename(unfinished, kept);
  }

  TempDirectory folder_;
};

}  // namespace airlift::testing
