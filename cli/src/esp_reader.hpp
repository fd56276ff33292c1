#pragma once
// Walks through an ESP8266 or ESP32 firmware image while it streams by, to explain it.

#include <string_view>
#include <vector>

#include "airlift/image/esp_image.hpp"

namespace airlift::cli {

/// One image. An ESP8266 sketch has two, boot loader and application (esp8266/Arduino 3.x, tools/elf2bin.py).
struct EspPart {
  enum class End : std::uint8_t { cut_short, checksum_wrong, whole };

  std::uint64_t offset_bytes{0};  ///< in the file, as all offsets here
  std::string_view chip;
  std::string_view flash_mode;
  std::string_view flash_size;
  std::string_view flash_frequency;
  std::uint32_t entry{0};
  std::size_t segment_count{0};                    ///< as the header states
  std::vector<image::EspImage::Segment> segments;  ///< those whose headers are there
  End end{End::cut_short};
  std::uint64_t end_bytes{0};  ///< where it ends; 0 when it is cut short
};

class EspReader {
 public:
  /// Takes the next bytes of the file.
  void feed(Bytes bytes);
  /// Empty: this is no ESP image.
  [[nodiscard]] const std::vector<EspPart>& parts() const { return parts_; }

 private:
  /// Each ends when its bytes have come.
  enum class State : std::uint8_t { header, segment_data, segment_header, checksum, gap, done };

  void enter(State state, std::uint64_t bytes);
  void end_of_state();
  void end_of_header();
  void begin_segment(std::uint32_t address, std::uint32_t size_bytes);
  void end_of_segment();
  void end_of_part();

  // With the first segment's header. An ESP8266's is tried first.
  static constexpr std::size_t esp8266_header_bytes{8 + 8};
  static constexpr std::size_t esp32_header_bytes{24 + 8};

  std::vector<EspPart> parts_;
  State state_{State::header};
  std::uint64_t left_bytes_{esp8266_header_bytes};  ///< until the state ends
  std::uint64_t position_{0};                       ///< of the next byte
  std::vector<std::uint8_t> kept_;                  ///< what has come in this state, except segment data
  std::uint64_t hash_bytes_{0};                     ///< that follow the checksum
  std::uint8_t checksum_{0};
};

}  // namespace airlift::cli
