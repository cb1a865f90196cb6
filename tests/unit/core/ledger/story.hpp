#pragma once

#include "base/assert.hpp"
#include "core/ledger/invariants.hpp"
#include "core/ledger/ledger.hpp"

#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace millpond::ledger {

/// A transcoder's address from its name in a story.
inline Address named(const std::string& name)
{
    std::array<std::uint8_t, 20> bytes{};
    for (std::size_t i = 0; i < name.size() && i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(name[i]);
    return Address{bytes};
}

/// "3d2h" after the beginning.
inline Time moment(const std::string& text)
{
    std::istringstream words{text};
    Time time;
    int count = 0;
    char unit = 0;
    while (words >> count >> unit) {
        time +=
            unit == 'd' ? Duration{std::chrono::days{count}} : Duration{std::chrono::hours{count}};
    }
    return time;
}

/// Runs a text table of events against a ledger. One line is one event or a check:
///
///     epoch    1                            at 1d
///     earn     ada 10000 [probation]        at 1d   hold 72h
///     release  ada                          at 4d
///     freeze   ada 1 review|case            at 2d
///     thaw     ada 1                        at 3d
///     forfeit  ada 1 500                    at 3d
///     correct  ada 1 7000                   at 1d   hold 72h
///     payout   ada 1 8000 tx                at 5d
///     move     income_realised 1 10000 tx   at 1d
///     balance  ada.withheld 8000, margin 1000
///
/// A line that ends in `refused <name>` must be refused so. Invariants hold after every line.
class Story {
public:
    explicit Story(const Terms& terms = {}) : ledger_(terms, Split{}) {}

    void tell(const std::string& text)
    {
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words{line};
            std::string verb;
            if (!(words >> verb)) continue;
            SCOPED_TRACE(line);
            if (verb == "balance") {
                expect_balances(words);
            } else {
                run(verb, words);
            }
            EXPECT_EQ(violation(ledger_.state()).value_or(""), "");
        }
    }

    [[nodiscard]] Ledger& ledger() { return ledger_; }

    [[nodiscard]] const Ledger& ledger() const { return ledger_; }

    /// The events that were posted, in order.
    [[nodiscard]] const std::vector<MoneyEvent>& journal() const { return journal_; }

    [[nodiscard]] const std::vector<Posting>& postings() const { return postings_; }

private:
    static PoolMove move_of(const std::string& name)
    {
        static const std::map<std::string, PoolMove> moves = {
            {"income_realised", PoolMove::income_realised},
            {"reserve_funded", PoolMove::reserve_funded},
            {"reserve_used", PoolMove::reserve_used},
            {"checks_paid", PoolMove::checks_paid},
            {"gas_paid", PoolMove::gas_paid},
            {"margin_drawn", PoolMove::margin_drawn},
            {"fund_paid", PoolMove::fund_paid},
            {"refund_paid", PoolMove::refund_paid},
            {"forfeit_to_fund", PoolMove::forfeit_to_fund},
            {"forfeit_to_checks", PoolMove::forfeit_to_checks},
            {"forfeit_to_refunds", PoolMove::forfeit_to_refunds},
        };
        return moves.at(name);
    }

    struct Line {
        std::vector<std::string> words;
        Time at;
        Duration hold{};
        std::string refusal;

        [[nodiscard]] std::uint64_t number(std::size_t i) const { return std::stoull(words.at(i)); }

        [[nodiscard]] Wei amount(std::size_t i) const { return parse_wei(words.at(i)).value(); }
    };

    static Line parse(std::istringstream& words)
    {
        Line line;
        for (std::string word; words >> word;) {
            std::string value;
            if (word == "at") {
                words >> value;
                line.at = moment(value);
            } else if (word == "hold") {
                words >> value;
                line.hold = moment(value).time_since_epoch();
            } else if (word == "refused") {
                words >> line.refusal;
            } else {
                line.words.push_back(word);
            }
        }
        return line;
    }

    Result<MoneyEvent, Refusal> event_of(const std::string& verb, const Line& line)
    {
        const Address who = named(line.words.at(0));
        if (verb == "epoch") return EpochOpened{.epoch = line.number(0), .at = line.at};
        if (verb == "earn") {
            const bool probation = line.words.size() > 2 && line.words[2] == "probation";
            MILLPOND_TRY(
                PayEarned earned,
                ledger_.earn({
                    .transcoder = who,
                    .task = TaskId{++task_},
                    .pixels = Pixels{line.number(1)},
                    .price = {.per = Wei{1}, .pixels = Pixels{1}},
                    .rate = probation ? PayRate::probation : PayRate::standard,
                    .at = line.at,
                    .hold = line.hold,
                })
            );
            return earned;
        }
        if (verb == "release") return PayReleased{.transcoder = who, .at = line.at};
        if (verb == "move") {
            return PoolMoved{
                move_of(line.words[0]), line.number(1), line.amount(2), line.words.at(3), line.at
            };
        }
        const std::uint64_t number = line.number(1);
        if (verb == "freeze") {
            const bool review = line.words.at(2) == "review";
            return PayFrozen{
                who, number, review ? FreezeReason::review : FreezeReason::fault_case, line.at
            };
        }
        if (verb == "thaw") return PayThawed{who, number, line.at};
        if (verb == "forfeit") return PayForfeited{who, number, line.amount(2), line.at};
        if (verb == "correct") {
            return PayCorrected{who, number, line.amount(2), line.at, line.at + line.hold};
        }
        MILLPOND_ASSERT(verb == "payout");
        return PayoutMade{who, number, line.amount(2), line.words.at(3), line.at};
    }

    void run(const std::string& verb, std::istringstream& words)
    {
        const Line line = parse(words);
        const auto event = event_of(verb, line);
        const Result<Posting, Refusal> posted =
            event ? ledger_.apply(*event) : Result<Posting, Refusal>{because(event.error())};
        EXPECT_EQ(posted ? "" : name_of(posted.error()), line.refusal);
        if (!posted) return;
        journal_.push_back(*event);
        postings_.push_back(*posted);
    }

    void expect_balances(std::istringstream& words)
    {
        for (std::string name, value; words >> name >> value;) {
            if (value.back() == ',') value.pop_back();
            EXPECT_EQ(balance(name), value) << name;
        }
    }

    [[nodiscard]] std::string balance(const std::string& name) const
    {
        const auto dot = name.find('.');
        const std::string account = dot == std::string::npos ? name : name.substr(dot + 1);
        for (std::size_t i = 0; i < pool_accounts + pay_accounts; ++i) {
            if (name_of(static_cast<Account>(i)) != account) continue;
            const Balance& both = dot == std::string::npos ? ledger_.state().pool[i]
                                                           : ledger_.state()
                                                                 .pay.at(named(name.substr(0, dot)))
                                                                 .balances[i - pool_accounts];
            if (const auto left = subtract(both.credits, both.debits)) return to_text(*left);
            return "-" + to_text(subtract(both.debits, both.credits).value());
        }
        return "no such account";
    }

    Ledger ledger_;
    std::vector<MoneyEvent> journal_;
    std::vector<Posting> postings_;
    std::int64_t task_ = 0;
};

}  // namespace millpond::ledger
