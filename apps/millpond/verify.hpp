#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

/// What `millpond verify` is told.
struct VerifySettings {
    std::string source;
    std::string rendition;
    std::string profile;  ///< a preset's name, or WIDTHxHEIGHT@BITRATE[@FPS]
    int tier = 2;
    std::string evidence;               ///< a bundle's folder, instead of the three above
    std::string thresholds;             ///< file; empty for the built-in ones
    std::string picture;                ///< PNG of the worst frame; empty for none
    std::optional<std::uint64_t> seed;  ///< of the drawn frames; a random one if absent
    bool json = false;
};

/// The exit status: 0 pass, 1 substandard, 2 fraud, 3 untestable, 4 structural, 64 for a wrong
/// call.
int run_verify(const VerifySettings& settings);

/// Adds `verify` to the program's commands.
CLI::App* add_verify_command(CLI::App& app, VerifySettings& settings);

}  // namespace millpond
