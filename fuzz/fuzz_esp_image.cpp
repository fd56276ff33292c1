// What `inspect` shows of an ESP image: airlift/image/esp_image.hpp.

#include "airlift/image/esp_image.hpp"
#include "require.hpp"

using airlift::fuzz::is_printable;
using airlift::fuzz::require;
using airlift::image::EspImage;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::optional<EspImage> image = EspImage::parse({data, size});
  if (!image) return 0;
  for (const auto text :
       {image->chip(), image->flash_mode(), image->flash_size(), image->flash_frequency()}) {
    require(!text.empty() && is_printable(text), "everything has a name");
  }
  require(image->segment_count() >= 1 && image->segment_count() <= EspImage::most_segments, "some segments");
  std::size_t end{0};
  for (std::size_t i = 0; i < image->segment_count() + 1; ++i) {
    const std::optional<EspImage::Segment> segment = image->segment(i);
    if (!segment) break;
    require(i < image->segment_count() && segment->offset_bytes > end && segment->offset_bytes <= size,
            "segments follow one another inside the image");
    end = segment->offset_bytes + segment->size_bytes;
  }
  return 0;
}
