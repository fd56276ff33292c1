#pragma once
// The properties of the update element. docs/configuration.md.

#include "airlift/element/element.hpp"
#include "airlift/port/http_client.hpp"
#include "airlift/pull/schedule.hpp"
#include "airlift/pull/web_address.hpp"

namespace airlift::pull {

inline constexpr std::size_t longest_url_bytes{256};  ///< as configured
inline constexpr std::size_t longest_channel_bytes{64};
inline constexpr std::size_t most_pins{4};

/// Whose requests ours look like.
enum class ClientFamily : std::uint8_t { esp8266, esp32 };

class PullSettings {
 public:
  /// A value that cannot be understood never opens the device: with a wrong `url`, `channel`, `auth`,
  /// `proxy` or `client` no server is asked; with a wrong `ca` or `fingerprint` no HTTPS server is trusted; a
  /// wrong `redirects` allows none.
  [[nodiscard]] element::SetResult set(std::string_view property, std::string_view value);

  /// Whether there is a server that can be asked.
  [[nodiscard]] bool usable() const;
  /// Whether HTTPS servers can be trusted at all.
  [[nodiscard]] bool trusts_anybody() const;

  [[nodiscard]] std::string_view url() const { return url_; }  ///< with its placeholders
  [[nodiscard]] bool encrypted() const;                        ///< `url` begins with https
  /// Of `url`; empty when that is not set.
  [[nodiscard]] std::string_view host() const;
  [[nodiscard]] seconds interval() const { return interval_; }  ///< 0: only when somebody asks for it
  [[nodiscard]] std::string_view channel() const { return channel_; }
  [[nodiscard]] const QuietHours& quiet() const { return quiet_; }
  [[nodiscard]] Redirects redirects() const { return redirects_; }
  [[nodiscard]] ClientFamily client() const { return client_; }
  [[nodiscard]] std::string_view proxy() const { return proxy_; }
  /// A secret.
  [[nodiscard]] std::string_view credentials() const { return credentials_; }
  void forget_credentials() { credentials_.wipe(); }
  /// Views of this object.
  [[nodiscard]] port::HttpClient::Trust trust() const;

 private:
  using SetResult = element::SetResult;
  [[nodiscard]] SetResult set_url(std::string_view value);
  [[nodiscard]] SetResult set_interval(std::string_view value);
  [[nodiscard]] SetResult set_channel(std::string_view value);
  [[nodiscard]] SetResult set_ca(std::string_view value);
  [[nodiscard]] SetResult set_fingerprint(std::string_view value);
  [[nodiscard]] SetResult set_auth(std::string_view value);
  [[nodiscard]] SetResult set_quiet(std::string_view value);
  [[nodiscard]] SetResult set_redirects(std::string_view value);
  [[nodiscard]] SetResult set_proxy(std::string_view value);
  [[nodiscard]] SetResult set_client(std::string_view value);

  /// What follows from a value that cannot be understood.
  enum class IfWrong : std::uint8_t { nothing, trust_nobody, ask_nobody };
  struct Row {
    std::string_view property;
    SetResult (PullSettings::*set)(std::string_view);
    IfWrong if_wrong;
  };
  static const std::array<Row, 10> table;
  [[nodiscard]] bool any_wrong(IfWrong kind) const;

  std::array<bool, 10> wrong_{};  ///< by row of the table
  FixedString<longest_url_bytes> url_;
  seconds interval_{86400};
  FixedString<longest_channel_bytes> channel_{"stable"};
  FixedString<256> ca_;
  std::array<port::HttpClient::Pin, most_pins> pins_{};
  std::size_t pin_count_{0};
  FixedString<128> credentials_;
  QuietHours quiet_;
  Redirects redirects_{Redirects::off};
  FixedString<128> proxy_;
  ClientFamily client_{ClientFamily::esp8266};
};

}  // namespace airlift::pull
