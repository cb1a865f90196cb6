#pragma once

#include <string>

namespace millpond {

struct DemoSettings {
    std::string program;     ///< this program's own path, for its children
    std::string transcoder;  ///< the path of millpond-transcoder
    std::string video;       ///< empty makes a clip with camera noise
    std::string out = "millpond-demo";
    double seconds = 24;
};

/// A pool, four transcoders of which three fail, and a real stream; prints what happens.
/// 0 when every segment was delivered and each fault was met.
int run_demo(const DemoSettings& settings);

/// The transcoders of the demo that misbehave: `stall` takes work and never answers, `wrong-size`
/// makes every rendition too small.
int run_demo_transcoder(const std::string& kind, const std::string& pool, const std::string& name);

}  // namespace millpond
