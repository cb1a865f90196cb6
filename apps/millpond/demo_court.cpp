#include "apps/millpond/demo_court.hpp"

#include "core/chain/abi.hpp"
#include "core/chain/court.hpp"
#include "crypto/typed_data.hpp"
#include "edge/settlement/prosecutor.hpp"

#include <cstdio>

namespace millpond {
namespace {

constexpr std::uint64_t hour = 3'600;
constexpr std::uint64_t day = 24 * hour;
constexpr int fraud = 2;  // exit status of `millpond verify`
const std::string two_seats = "40000000000000000000";

}  // namespace

void DemoJurors::enrol()
{
    std::printf("%d jurors apply, each with the bond of two seats\n", count_);
    for (int i = 1; i <= count_; ++i) {
        const std::string name = "juror-" + std::to_string(i);
        const std::string nobodys(64, '0');
        parties_.does(
            name, {"bond", "--pool", nobodys, "--kind", "juror", "--amount", two_seats}, i > 1
        );
        parties_.does(name, {"juror", "join"}, i > 1);
    }
    parties_.pass(14 * day, "whoever judges has waited");
    for (int i = 1; i <= count_; ++i) {
        const Address juror = parties_.address_of("juror-" + std::to_string(i));
        parties_.does(
            "passer-by",
            {"juror", "enrol", "--juror", crypto::checksum_address(juror.value())},
            i > 1
        );
    }
}

bool DemoJurors::drawn(const Hash32& of)
{
    const Bytes told =
        parties_.call(parties_.deployed().contracts.jury, chain::calls::deadlines_of(of, 1));
    return chain::AbiAnswer{told}.number(1).value_or(0) != 0;
}

std::string DemoJurors::juror_of(const Hash32& of, std::uint64_t seat)
{
    const Bytes told = parties_.call(
        parties_.deployed().contracts.jury, chain::calls::juror_of({.of = of, .number = seat})
    );
    return parties_.name_of(chain::AbiAnswer{told}.address(0).value_or(Address{}));
}

int DemoJurors::look(const std::string& juror, const std::string& evidence)
{
    std::printf("  %s $ millpond verify --evidence ...: ", juror.c_str());
    std::fflush(stdout);
    return Child{
        {program_, "--log", "error", "verify", "--evidence", evidence},
        parties_.in("verify.log"),
        true
    }
        .wait();
}

int DemoJurors::judge(const Hash32& of, const std::string& evidence, const Hash32& bound)
{
    const auto root = evidence_root(evidence);
    if (!root || *root != bound) {
        parties_.fail("the evidence is not the one that the accusation binds");
        return 0;
    }
    int convicted = 0;
    std::map<std::string, std::vector<std::string>> ballots;
    for (std::uint64_t seat = 0; seat < seats && !parties_.fault(); ++seat) {
        const std::string juror = juror_of(of, seat);
        const int seen = look(juror, evidence);
        const std::string vote = seen == fraud ? "convict" : "acquit";
        convicted += seen == fraud ? 1 : 0;
        std::printf("%s, votes to %s\n", seen == fraud ? "fraud" : "no fraud", vote.c_str());
        ballots[juror] = {
            "--case",
            to_hex(of),
            "--vote",
            vote,
            "--secret",
            parties_.in(juror + "." + to_hex(of).substr(0, 8))
        };
        std::vector<std::string> words{"juror", "vote"};
        words.insert(words.end(), ballots[juror].begin(), ballots[juror].end());
        parties_.does(juror, words, seat > 0);
    }
    parties_.pass(48 * hour, "the votes are sealed");
    bool first = true;
    for (const auto& [juror, ballot] : ballots) {
        std::vector<std::string> words{"juror", "reveal"};
        words.insert(words.end(), ballot.begin(), ballot.end());
        parties_.does(juror, words, !std::exchange(first, false));
    }
    parties_.pass(48 * hour, "the votes are open");
    return convicted;
}

void DemoJurors::go_home(const Hash32& of)
{
    for (int seat = 0; seat < seats; ++seat) {
        for (const std::string verb : {"fee", "release"})
            parties_.does(
                "passer-by",
                {"juror", verb, "--case", to_hex(of), "--seat", std::to_string(seat)},
                seat > 0
            );
    }
}

}  // namespace millpond
