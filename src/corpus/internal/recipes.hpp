#pragma once

#include "corpus/internal/workshop.hpp"

namespace millpond::corpus {

using Variants = std::vector<Variant>;

[[nodiscard]] Variants honest_list();
[[nodiscard]] Variants unfitted_list();

[[nodiscard]] Variants structure_attacks();
[[nodiscard]] Variants count_attacks();
[[nodiscard]] Variants content_attacks();
[[nodiscard]] Variants colour_attacks();
[[nodiscard]] Variants detail_attacks();  ///< groups soft and noise
[[nodiscard]] Variants temporal_attacks();
[[nodiscard]] Variants starved_attacks();
[[nodiscard]] Variants audio_attacks();

/// The honest way but for one of its parts.
[[nodiscard]] Recipe with_encoding(std::function<void(Encoding&)> change);
[[nodiscard]] Recipe with_way(Workshop::Way way);

/// A filter chain on every picture of the rendition.
[[nodiscard]] inline Recipe with_look(const std::string& chain)
{
    return with_way({.after = chain});
}

/// Where picture i of n comes from.
[[nodiscard]] Recipe reordered(std::function<int(int i, int n)> from);

/// A maker of pictures, and which of the n are taken from it instead of the honest ones.
using Pictures = std::function<Result<Clip, Fault>(Workshop&)>;
using Where = std::function<bool(int i, int n)>;
[[nodiscard]] Recipe mixed(Pictures strange, Where where);
[[nodiscard]] Pictures looking(std::string chain);
[[nodiscard]] Result<Clip, Fault> other_pictures(Workshop& shop);
[[nodiscard]] Result<Clip, Fault> previous_pictures(Workshop& shop);

inline bool everywhere(int /*i*/, int /*n*/)
{
    return true;
}

/// The chains of the plainest cheats.
inline const std::string black = "lutyuv=y=16:u=128:v=128";
inline const std::string grey = "lutyuv=y=128:u=128:v=128";

}  // namespace millpond::corpus
