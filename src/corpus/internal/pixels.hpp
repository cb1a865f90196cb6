#pragma once

#include "corpus/internal/film.hpp"

#include <functional>
#include <string_view>

/// Changes made by hand on the planes of a picture.
namespace millpond::corpus {

struct Rect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

/// A copy of the clip, each picture changed in place.
[[nodiscard]] Result<Clip, Fault> changed(
    const Clip& clip, const std::function<void(AVFrame&)>& change
);

/// A coloured target, as a station's mark; `alpha` of 256 hides what is behind it. YUV 4:2:0.
void draw_logo(AVFrame& picture, Rect where, int alpha);
/// White letters: those that the corpus writes, others leave a gap. YUV 4:2:0.
void draw_text(AVFrame& picture, int x, int y, int scale, std::string_view text);
/// The rectangle of another picture of the same size. YUV 4:2:0.
void copy_rect(AVFrame& to, const AVFrame& from, Rect where);
/// One colour for each square of chroma samples. YUV 4:2:0.
void coarsen_chroma(AVFrame& picture, int side);
/// Planar RGB: red becomes the largest of the three, green and blue nothing.
void keep_only_value(AVFrame& picture);

/// In the lower right corner, this many hundredths of a percent of the picture's area.
[[nodiscard]] Rect corner_rect(int width, int height, int area_in_myriad);

}  // namespace millpond::corpus
