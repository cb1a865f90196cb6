#pragma once

#include "corpus/internal/film.hpp"

#include <string>

namespace millpond::corpus {

/// The clip after a libavfilter chain, with the times that come out of it.
[[nodiscard]] Result<Clip, Fault> filtered(const Clip& clip, const std::string& chain);

}  // namespace millpond::corpus
