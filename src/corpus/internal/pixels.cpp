#include "corpus/internal/pixels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace millpond::corpus {
namespace {

std::uint8_t& at(AVFrame& picture, int plane, int x, int y)
{
    return picture.data[plane][y * picture.linesize[plane] + x];
}

void blend(std::uint8_t& value, int towards, int alpha)
{
    value = static_cast<std::uint8_t>((value * (256 - alpha) + towards * alpha + 128) >> 8);
}

struct Letter {
    char character;
    std::array<std::uint8_t, 7> rows;  ///< five dots each, the highest bit of five at the left
};

constexpr std::array font = {
    Letter{.character = '0', .rows = {0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e}},
    Letter{.character = '1', .rows = {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e}},
    Letter{.character = '2', .rows = {0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f}},
    Letter{.character = '4', .rows = {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02}},
    Letter{.character = '7', .rows = {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08}},
    Letter{.character = ':', .rows = {0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x00}},
    Letter{.character = 'D', .rows = {0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e}},
    Letter{.character = 'E', .rows = {0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f}},
    Letter{.character = 'I', .rows = {0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e}},
    Letter{.character = 'L', .rows = {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f}},
    Letter{.character = 'O', .rows = {0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}},
    Letter{.character = 'V', .rows = {0x11, 0x11, 0x11, 0x11, 0x11, 0x0a, 0x04}},
};

void draw_letter(AVFrame& picture, int x, int y, int scale, const Letter& letter)
{
    for (int dy = 0; dy < 7 * scale; ++dy) {
        const unsigned row = letter.rows.at(static_cast<std::size_t>(dy / scale));
        for (int dx = 0; dx < 5 * scale; ++dx) {
            if (((row >> (4 - dx / scale)) & 1U) == 0) continue;
            if (x + dx >= picture.width || y + dy >= picture.height) continue;
            at(picture, 0, x + dx, y + dy) = 235;
            at(picture, 1, (x + dx) / 2, (y + dy) / 2) = 128;
            at(picture, 2, (x + dx) / 2, (y + dy) / 2) = 128;
        }
    }
}

}  // namespace

Result<Clip, Fault> changed(const Clip& clip, const std::function<void(AVFrame&)>& change)
{
    Clip made = clip;
    for (Picture& picture : made.pictures) {
        Picture copy = hold(av_frame_clone(picture.get()));
        // A buffer of its own even where this clip is the only owner: clips share pictures.
        const int error = av_frame_make_writable(copy.get());
        if (error < 0) return because(fault_of("copy a picture", error));
        change(*copy);
        picture = std::move(copy);
    }
    return made;
}

void draw_logo(AVFrame& picture, Rect where, int alpha)
{
    const int ring = std::max(2, where.height / 6);
    for (int dy = 0; dy < where.height; ++dy) {
        for (int dx = 0; dx < where.width; ++dx) {
            const int from_x = dx - where.width / 2;
            const int from_y = dy - where.height / 2;
            const auto far = static_cast<int>(std::sqrt(from_x * from_x + from_y * from_y));
            const bool bright = far / ring % 2 == 0;
            const int x = where.x + dx;
            const int y = where.y + dy;
            blend(at(picture, 0, x, y), bright ? 210 : 60, alpha);
            if (x % 2 != 0 || y % 2 != 0) continue;
            blend(at(picture, 1, x / 2, y / 2), bright ? 90 : 150, alpha);
            blend(at(picture, 2, x / 2, y / 2), bright ? 140 : 180, alpha);
        }
    }
}

void draw_text(AVFrame& picture, int x, int y, int scale, std::string_view text)
{
    for (const char character : text) {
        const auto letter = std::ranges::find(font, character, &Letter::character);
        if (letter != font.end()) draw_letter(picture, x, y, scale, *letter);
        x += 6 * scale;
    }
}

void copy_rect(AVFrame& to, const AVFrame& from, Rect where)
{
    for (int plane = 0; plane < 3; ++plane) {
        const int half = plane == 0 ? 1 : 2;
        for (int dy = 0; dy < where.height / half; ++dy) {
            const std::ptrdiff_t row = where.y / half + dy;
            std::copy_n(
                from.data[plane] + row * from.linesize[plane] + where.x / half,
                where.width / half,
                to.data[plane] + row * to.linesize[plane] + where.x / half
            );
        }
    }
}

void coarsen_chroma(AVFrame& picture, int side)
{
    for (int plane = 1; plane < 3; ++plane) {
        for (int y = 0; y < picture.height / 2; ++y) {
            for (int x = 0; x < picture.width / 2; ++x) {
                at(picture, plane, x, y) = at(picture, plane, x - x % side, y - y % side);
            }
        }
    }
}

void keep_only_value(AVFrame& picture)
{
    // The planes of gbrp are green, blue, red.
    for (int y = 0; y < picture.height; ++y) {
        for (int x = 0; x < picture.width; ++x) {
            const std::uint8_t value =
                std::max({at(picture, 0, x, y), at(picture, 1, x, y), at(picture, 2, x, y)});
            at(picture, 0, x, y) = 0;
            at(picture, 1, x, y) = 0;
            at(picture, 2, x, y) = value;
        }
    }
}

Rect corner_rect(int width, int height, int area_in_myriad)
{
    const double share = std::sqrt(area_in_myriad / 10'000.0);
    Rect rect{
        .width = std::max(4, static_cast<int>(width * share)) / 2 * 2,
        .height = std::max(4, static_cast<int>(height * share)) / 2 * 2,
    };
    rect.x = (width - rect.width - width / 40) / 2 * 2;
    rect.y = (height - rect.height - height / 40) / 2 * 2;
    return rect;
}

}  // namespace millpond::corpus
