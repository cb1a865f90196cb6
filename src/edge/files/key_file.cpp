#include "edge/files/key_file.hpp"

#include "edge/files/durable.hpp"

#include <cctype>
#include <filesystem>

namespace millpond::files {
namespace {

constexpr std::size_t key_file_bytes_max = 128;

}  // namespace

Result<KeyFile, Fault> load_or_make_key(const std::string& path)
{
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
        MILLPOND_TRY(std::string text, read_whole(path, key_file_bytes_max));
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
            text.pop_back();
        const auto bytes = parse_hex(text);
        auto key = bytes ? crypto::PrivateKey::parse(*bytes) : std::nullopt;
        if (!key) return because(Fault{.what = path + ": is not a private key of 64 hex digits"});
        return KeyFile{.key = std::move(*key), .made = false};
    }
    if (error) return because(Fault{.what = path + ": " + error.message()});
    auto key = crypto::PrivateKey::generate();
    if (auto written = write_durably(path, to_hex(key.bytes()) + "\n"); !written)
        return because(written.error());
    return KeyFile{.key = std::move(key), .made = true};
}

}  // namespace millpond::files
