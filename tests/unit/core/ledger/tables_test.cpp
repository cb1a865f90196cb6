// Holds the code against the tables of docs/ledger.md.
#include "tests/unit/core/ledger/story.hpp"

#include <fstream>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace millpond::ledger {
namespace {

using Row = std::vector<std::string>;

/// The rows of the table under a heading, without its head; backquotes are dropped.
std::vector<Row> table(const std::string& heading)
{
    std::ifstream document{std::string{MILLPOND_SOURCE_DIR} + "/docs/ledger.md"};
    std::vector<Row> rows;
    bool inside = false;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("## ")) inside = line == "## " + heading;
        if (!inside || !line.starts_with("| `")) continue;
        std::erase(line, '`');
        std::istringstream cells{line.substr(2)};
        Row row;
        for (std::string cell; std::getline(cells, cell, '|');) {
            const auto first = cell.find_first_not_of(' ');
            if (first == std::string::npos) continue;
            row.push_back(cell.substr(first, cell.find_last_not_of(' ') - first + 1));
        }
        rows.push_back(row);
    }
    return rows;
}

TEST(LedgerTables, list_every_account_with_its_owner_and_floor)
{
    const auto rows = table("Accounts");
    ASSERT_EQ(rows.size(), pool_accounts + pay_accounts);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto account = static_cast<Account>(i);
        EXPECT_EQ(rows[i].at(0), name_of(account));
        EXPECT_EQ(rows[i].at(1), is_pay(account) ? "transcoder" : "pool") << rows[i][0];
        EXPECT_EQ(rows[i].at(2), floor_of(account) == Floor::zero ? "0" : "none") << rows[i][0];
    }
}

using Moves = std::set<std::tuple<std::string, std::string, std::string>>;

/// One line for each kind of event; the label is what the table calls it.
Moves postings_by_kind()
{
    const std::vector<std::pair<std::string, std::string>> lines = {
        {"", "epoch 1 at 1d"},
        {"PayEarned", "earn ada 10009 at 1d hold 24h"},
        {"PayFrozen", "freeze ada 1 case at 1d"},
        {"PayEarned while frozen", "earn ada 10000 at 1d hold 24h"},
        {"PayThawed", "thaw ada 1 at 1d"},
        {"PayReleased", "release ada at 2d"},
        {"PayCorrected up", "correct ada 1 30000 at 2d hold 24h"},
        {"PayCorrected down", "correct ada 2 29000 at 2d hold 24h"},
        {"", "freeze ada 2 case at 2d"},
        {"PayForfeited", "forfeit ada 2 9000 at 2d"},
        {"EpochOpened", "epoch 2 at 2d"},
        {"PayoutMade", "payout ada 1 500 tx at 2d"},
        {"income_realised", "move income_realised 1 100 tx at 2d"},
        {"reserve_funded", "move reserve_funded 1 100 tx at 2d"},
        {"reserve_used", "move reserve_used 1 100 tx at 2d"},
        {"checks_paid", "move checks_paid 1 100 tx at 2d"},
        {"gas_paid", "move gas_paid 1 100 tx at 2d"},
        {"margin_drawn", "move margin_drawn 1 100 tx at 2d"},
        {"fund_paid", "move fund_paid 1 100 tx at 2d"},
        {"forfeit_to_fund", "move forfeit_to_fund 1 100 tx at 2d"},
        {"forfeit_to_checks", "move forfeit_to_checks 1 100 tx at 2d"},
        {"forfeit_to_refunds", "move forfeit_to_refunds 1 100 tx at 2d"},
        {"refund_paid", "move refund_paid 1 100 tx at 2d"},
    };
    Story story;
    Moves moves;
    for (const auto& [label, line] : lines) {
        story.tell(line);
        if (label.empty()) continue;
        for (const Transfer& made : story.postings().back().transfers)
            moves.emplace(label, name_of(made.debit), name_of(made.credit));
    }
    return moves;
}

TEST(LedgerTables, list_every_transfer_of_every_event)
{
    Moves made = postings_by_kind();
    // The table names only what a freeze changes.
    std::erase_if(made, [](const auto& move) {
        return std::get<0>(move) == "PayEarned while frozen" && std::get<2>(move) != "frozen";
    });
    Moves written;
    for (const Row& row : table("Postings"))
        written.emplace(row.at(0), row.at(1), row.at(2));
    EXPECT_EQ(written, made);
}

}  // namespace
}  // namespace millpond::ledger
