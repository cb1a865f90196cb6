#pragma once

#include <string>

namespace millpond {

struct DemoSettings {
    std::string program;     ///< this program's own path, for its children
    std::string transcoder;  ///< the path of millpond-transcoder
    std::string video;       ///< empty makes a clip with camera noise
    std::string out = "millpond-demo";
    double seconds = 24;
    bool first_act = true;
    bool chain = true;  ///< a second act, where the contracts' toolchain is
    std::string anvil = "contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    std::string artifacts = "build/contracts/out";
};

/// A pool, seven transcoders of which six fail or cheat, and a real stream; prints what happens and
/// shows the worst frame of each cheat. Then a pool on a chain of its own, in court and out of it.
/// 0 when every segment was delivered, each fault was met, and the balances add up to the wei.
int run_demo(const DemoSettings& settings);

struct MisbehavingSettings {
    std::string kind;
    std::string pool;
    std::string name;
    std::string key_file;  ///< empty makes a key that nobody keeps
    bool patient = false;  ///< works honestly until SIGUSR1
};

/// The transcoders of the demo that misbehave: `stall` takes work and never answers, `wrong-size`
/// makes every rendition too small; `black`, `replay` and `keyframes` send pictures of the right
/// shape that are black, of the segment before, or right on keyframes only.
int run_demo_transcoder(const MisbehavingSettings& settings);

}  // namespace millpond
