#include "airlift_server/selection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "offers.hpp"

namespace airlift::server {
namespace {

using testing::image_called;
using testing::offer_of;

Image with(Image image, const std::function<void(Image&)>& change) {
  change(image);
  return image;
}

TEST(Selection, OrdersByCurrentManifestVersionBuildAndFileTime) {
  const auto built = [](std::uint64_t time) { return [time](Image& i) { i.manifest->build_time_s = time; }; };
  const auto written = [](std::int64_t time) { return [time](Image& i) { i.file.mark.modified_ns = time; }; };
  // Each comes before the next.
  const Image order[]{
      with(image_called("current"), [](Image& i) { i.current = true; }),
      image_called("new", "1.10.0"),
      with(image_called("a", "1.9.0"), built(5)),
      with(with(image_called("b", "1.9.0"), built(4)), written(9)),
      with(with(image_called("c", "1.9.0"), built(4)), written(8)),
      image_called("pre-release", "1.9.0-rc1"),
      with(image_called("no manifest"), written(99)),
      with(image_called("no manifest, older"), written(98)),
      with(image_called("no manifest, the same age"), written(98)),
  };
  for (std::size_t i = 0; i < std::size(order); ++i) {
    for (std::size_t j = 0; j < std::size(order); ++j) {
      EXPECT_EQ(comes_before(order[i], order[j]), i < j) << order[i].file.path << ", " << order[j].file.path;
    }
  }
}

TEST(Selection, TakesTheFirstThatSuits) {
  const auto needs = [](std::string_view minimum) {
    return [minimum](Image& i) { i.manifest->minimum_version = image::ManifestText{minimum}; };
  };
  const auto for_boards = [](std::initializer_list<std::string_view> boards) {
    return [boards](Image& i) {
      for (const std::string_view board : boards) {
        i.manifest->board_ids.at(i.manifest->board_count++) = image::ManifestText{board};
      }
    };
  };
  Channel channel{"lamp", {}};
  channel.offers = {
      offer_of(with(image_called("other board", "4.0"), for_boards({"door", "gate"}))),
      offer_of(with(image_called("needs 2.5", "3.0"), needs("2.5"))),
      offer_of(with(image_called("boards", "2.6"), for_boards({"door", "lamp"}))),
      offer_of(with(image_called("files", "9.0"), [](Image& i) { i.kind = image::Kind::filesystem; })),
  };
  const auto chosen = [&](image::Kind kind, std::string_view running) {
    const Offer* const offer = select(channel, {kind, running});
    return offer == nullptr ? std::string{} : offer->image->file.path;
  };
  EXPECT_EQ(chosen(image::Kind::firmware, ""), "needs 2.5");
  EXPECT_EQ(chosen(image::Kind::firmware, "2.5"), "needs 2.5");
  EXPECT_EQ(chosen(image::Kind::firmware, "9.9"), "needs 2.5");
  EXPECT_EQ(chosen(image::Kind::firmware, "2.4"), "boards");
  EXPECT_EQ(chosen(image::Kind::filesystem, "2.4"), "files");
  channel.offers.erase(channel.offers.begin() + 2);
  EXPECT_EQ(chosen(image::Kind::firmware, "2.4"), "");
  channel.offers.push_back(offer_of(image_called("no manifest")));
  EXPECT_EQ(chosen(image::Kind::firmware, "2.4"), "no manifest");
}

}  // namespace
}  // namespace airlift::server
