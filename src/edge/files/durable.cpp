#include "edge/files/durable.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace millpond::files {
namespace {

Fault fault_of(const std::string& path)
{
    return {.what = path + ": " + std::generic_category().message(errno)};
}

/// A descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}

    ~Descriptor()
    {
        if (number_ >= 0) ::close(number_);
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

bool write_all(int to, std::string_view text)
{
    while (!text.empty()) {
        const auto written = ::write(to, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// A name is durable only with its folder.
Result<void, Fault> sync_folder(const std::filesystem::path& file)
{
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.number() < 0 || ::fsync(opened.number()) != 0) return because(fault_of(folder));
    return {};
}

}  // namespace

Result<void, Fault> write_durably(const std::string& path, std::string_view text)
{
    const std::string half = path + ".new";
    {
        const Descriptor out{
            ::open(half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)
        };
        if (out.number() < 0) return because(fault_of(half));
        if (!write_all(out.number(), text) || ::fsync(out.number()) != 0)
            return because(fault_of(half));
    }
    if (std::rename(half.c_str(), path.c_str()) != 0) return because(fault_of(path));
    return sync_folder(path);
}

Result<std::string, Fault> read_whole(const std::string& path, std::size_t bytes_max)
{
    std::ifstream in{path, std::ios::binary};
    if (!in) return because(Fault{.what = path + ": cannot be read"});
    std::string text(bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return because(Fault{.what = path + ": cannot be read"});
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) return because(Fault{.what = path + ": is too long"});
    return text;
}

}  // namespace millpond::files
