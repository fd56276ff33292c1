#pragma once
// Keys and signatures made by the openssl program, so that what we read was not written by our own code.

#include <cstdlib>
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
    run("genpkey -quiet -out " + name + ".pem " + options);
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
  TempDirectory folder_;
};

}  // namespace airlift::testing
