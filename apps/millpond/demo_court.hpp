#pragma once

#include "apps/millpond/demo_parties.hpp"
#include "model/ids.hpp"

#include <functional>
#include <optional>
#include <string>

namespace millpond {

/// What whoever is drawn as a juror does, by commands: looks at the evidence, votes under seal and
/// opens its vote.
class DemoJurors {
public:
    DemoJurors(DemoParties& parties, std::string program, int count)
        : parties_(parties),
          program_(std::move(program)),
          count_(count)
    {
    }

    /// They come with a bond and wait for two weeks.
    void enrol();
    /// True once the seats of the first round are drawn.
    bool drawn(const Hash32& of);
    /// The seven judge the bundle in that folder, if it is the one that the accusation binds. How
    /// many convicted.
    int judge(const Hash32& of, const std::string& evidence, const Hash32& bound);
    /// Their fees, and their bonds back.
    void go_home(const Hash32& of);

private:
    static constexpr int seats = 7;

    /// Exit status of `millpond verify`.
    int look(const std::string& juror, const std::string& evidence);
    [[nodiscard]] std::string juror_of(const Hash32& of, std::uint64_t seat);

    DemoParties& parties_;
    std::string program_;
    int count_;
};

}  // namespace millpond
