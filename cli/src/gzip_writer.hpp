#pragma once
// Compresses as `gzip -9 -n` does: the same bytes in, the same bytes out, today and tomorrow.

#include "image_file.hpp"
#include "meter.hpp"
#include "output_file.hpp"

namespace airlift::cli {

/// Compresses the first `size_bytes` bytes of `file`. Throws FileError, CommandError.
void compress(ImageFile& file, std::uint32_t size_bytes, OutputFile& output, Meter& meter);

}  // namespace airlift::cli
