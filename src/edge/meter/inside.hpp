#pragma once

#include "base/bytes.hpp"
#include "edge/picture/measure.hpp"

#include <cstdint>
#include <span>

namespace millpond {

/// What the pool may ask a sandbox worker: the first byte of a request.
enum class Question : std::uint8_t {
    source_facts = 1,  ///< one input; the answer is `encode_facts`
    rendition_facts =
        2,  ///< the same of a rendition, with less allowed; eight bytes of frames follow
    picture_report = 3,  ///< the source and renditions; picture::encode_request follows
    picture_pair = 4,    ///< the source and one rendition; eight bytes of the frame follow
    another_take = 5,    ///< one input, made into a clip like it; eight bytes of a secret follow
};

[[nodiscard]] Bytes ask_source_facts();
/// Reading stops behind `frames` frames.
[[nodiscard]] Bytes ask_rendition_facts(std::int64_t frames);
/// The answer is picture::encode_report.
[[nodiscard]] Bytes ask_picture_report(const picture::Request& request);
/// The answer is a PNG, or nothing.
[[nodiscard]] Bytes ask_picture_pair(std::int64_t frame);
/// The answer is media::another_take, or nothing.
[[nodiscard]] Bytes ask_another_take(std::int64_t secret);

/// The entry of every sandbox worker (sandbox::Entry). A question it does not know has no answer.
[[nodiscard]] Bytes answer_inside(std::span<const ByteView> inputs, ByteView request);

/// Loads what the answers need, before the doors are shut.
void warm_inside();

}  // namespace millpond
