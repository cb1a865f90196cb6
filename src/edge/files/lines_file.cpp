#include "edge/files/lines_file.hpp"

#include "edge/files/durable.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace millpond::files {
namespace {

Fault fault_of(const std::string& path)
{
    return {.what = path + ": " + std::generic_category().message(errno)};
}

}  // namespace

Result<LinesFile::Opened, Fault> LinesFile::open(const std::string& path, std::size_t bytes_max)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        if (auto made = write_durably(path, ""); !made) return because(made.error());
    }
    MILLPOND_TRY(const std::string text, read_whole(path, bytes_max));
    const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) return because(fault_of(path));
    Opened opened{.file = LinesFile{path, file}, .lines = {}};
    std::size_t whole = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         end = text.find('\n', whole)) {
        opened.lines.push_back(text.substr(whole, end - whole));
        whole = end + 1;
    }
    if (whole < text.size() && ::ftruncate(file, static_cast<off_t>(whole)) != 0)
        return because(fault_of(path));
    return opened;
}

LinesFile::LinesFile(LinesFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1))
{
}

LinesFile::~LinesFile()
{
    if (file_ >= 0) ::close(file_);
}

Result<void, Fault> LinesFile::append(std::string_view line)
{
    std::string text{line};
    text += '\n';
    std::string_view left = text;
    while (!left.empty()) {
        const auto written = ::write(file_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return because(fault_of(path_));
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(file_) != 0) return because(fault_of(path_));
    return {};
}

}  // namespace millpond::files
