#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millpond::files {

/// A file of lines that only grows. A line is on disk when `append` returns; one that a crash has
/// cut off is gone when the file is opened again. Only its owner may read it.
class LinesFile {
public:
    struct Opened;

    /// Made where there is none. `bytes_max` is the longest that is read.
    [[nodiscard]] static Result<Opened, Fault> open(const std::string& path, std::size_t bytes_max);
    ~LinesFile();
    LinesFile(LinesFile&& other) noexcept;
    LinesFile& operator=(LinesFile&&) = delete;
    LinesFile(const LinesFile&) = delete;
    LinesFile& operator=(const LinesFile&) = delete;

    /// Without a line's end in it.
    [[nodiscard]] Result<void, Fault> append(std::string_view line);

private:
    LinesFile(std::string path, int file) : path_(std::move(path)), file_(file) {}

    std::string path_;
    int file_;
};

struct LinesFile::Opened {
    LinesFile file;
    std::vector<std::string> lines;
};

}  // namespace millpond::files
