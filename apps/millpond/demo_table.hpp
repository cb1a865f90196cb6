#pragma once

#include "apps/millpond/gateway.hpp"
#include "edge/store/verify.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace millpond {

/// What the demo shows: on a terminal a table that is drawn again and again, elsewhere a line for
/// each thing that happens.
class DemoTable {
public:
    enum class Kind : std::uint8_t { redrawn, lines };

    explicit DemoTable(Kind kind) : kind_(kind) {}

    void begin();
    /// The operator page's list of transcoders.
    void show_transcoders(const nlohmann::json& page);
    void add(const GatewayRow& row);
    void add_event(const std::string& text);
    /// Of a transcoder by its address; the address itself where it is not known.
    [[nodiscard]] std::string name_of_address(const std::string& address) const;
    /// The end: what came of all.
    void summarize(const std::vector<GatewayRow>& rows, const store::JournalSummary& journal);

private:
    [[nodiscard]] std::string name_of(const std::string& transcoder) const;
    void print(const std::string& line);
    void draw();

    Kind kind_;
    nlohmann::json transcoders_ = nlohmann::json::array();
    std::map<std::string, std::string> names_;  ///< of transcoders, by id; of those that left too
    std::map<std::string, std::string> names_by_address_;
    std::map<std::string, std::size_t> by_transcoder_;
    std::map<std::string, std::string> troubles_;
    std::deque<std::string> recent_;
    std::size_t delivered_ = 0;
    std::size_t replaced_ = 0;
    double worst_ = 0;
    int drawn_ = 0;  ///< lines on the screen
};

}  // namespace millpond
