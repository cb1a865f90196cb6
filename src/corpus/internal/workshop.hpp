#pragma once

#include "corpus/corpus.hpp"
#include "corpus/internal/encode.hpp"
#include "corpus/internal/film.hpp"

#include <optional>
#include <string>

namespace millpond::corpus {

using Made = Result<Bytes, Fault>;

/// What a recipe works with: the case, decoded and scaled once, and the way to a file.
class Workshop {
public:
    Workshop(Case of, Film source) : case_(std::move(of)), source_(std::move(source)) {}

    [[nodiscard]] const Case& of() const { return case_; }

    [[nodiscard]] const Film& source() const { return source_; }

    [[nodiscard]] FrameSize size() const;

    /// How the pictures of the source become those of the rendition.
    struct Way {
        std::string filter = "scale={size}:flags=";
        std::string scaler = "bicubic";
        std::string rounding = "near";  ///< of times when the frame rate is converted
        std::string before;             ///< a filter chain at the source's size
        std::string after;              ///< and one at the rendition's; {size} is width:height
    };

    /// The honest pictures; made once.
    [[nodiscard]] Result<Clip, Fault> honest();
    [[nodiscard]] Result<Clip, Fault> pictures(const Way& way) const;
    /// A chain on clips of the rendition's size.
    [[nodiscard]] Result<Clip, Fault> after(const Clip& clip, const std::string& chain) const;
    /// Pictures of another file with the times of the honest ones, repeated if it is shorter.
    [[nodiscard]] Result<Clip, Fault> foreign(const Blob& file);

    /// As the product's transcoder encodes this rung.
    [[nodiscard]] Encoding encoding() const;
    /// Encoded with these settings and joined with the source's sound.
    [[nodiscard]] Made finish(const Clip& clip, const Encoding& how) const;

    [[nodiscard]] Made finish(const Clip& clip) const { return finish(clip, encoding()); }

private:
    [[nodiscard]] Result<Clip, Fault> converted(const Clip& clip, const Way& way) const;

    Case case_;
    Film source_;
    std::optional<Clip> honest_;
};

}  // namespace millpond::corpus
