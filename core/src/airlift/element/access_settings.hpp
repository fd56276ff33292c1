#pragma once
// The properties of the ota element that say who may upload and how: `passwd`, `passwdhash`, `auth`,
// `extension`, `encryption`. docs/configuration.md.

#include "airlift/element/element.hpp"
#include "airlift/wire/codes.hpp"

namespace airlift::element {

class AccessSettings {
 public:
  enum class Use : std::uint8_t {
    off,
    on,        ///< whoever wants it gets it
    required,  ///< who does without is refused
  };

  /// What is known of the password.
  enum class Kept : std::uint8_t {
    password,
    hash,  ///< in hex: enough for old uploaders' proofs, not for the extension's key
  };

  /// A value that cannot be understood never opens the device: it then means `required`.
  [[nodiscard]] SetResult set(std::string_view property, std::string_view value);

  /// Or its hash, as kept() says.
  [[nodiscard]] std::string_view password() const { return password_; }
  [[nodiscard]] Kept kept() const { return kept_; }
  [[nodiscard]] bool has_password() const { return !password_.empty(); }
  void forget_password() { password_.wipe(); }
  /// Of old uploaders.
  [[nodiscard]] wire::PasswordScheme scheme() const { return scheme_; }
  [[nodiscard]] Use extension() const;
  [[nodiscard]] Use encryption() const { return encryption_; }

 private:
  [[nodiscard]] SetResult set_password(std::string_view value);
  [[nodiscard]] SetResult set_password_hash(std::string_view value);
  [[nodiscard]] SetResult set_scheme(std::string_view value);
  [[nodiscard]] SetResult set_extension(std::string_view value);
  [[nodiscard]] SetResult set_encryption(std::string_view value);

  FixedString<wire::longest_password_bytes> password_;
  Kept kept_{Kept::password};
  wire::PasswordScheme scheme_{wire::PasswordScheme::md5};
  Use extension_{Use::on};
  Use encryption_{Use::on};
};

}  // namespace airlift::element
