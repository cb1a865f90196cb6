// A case from its opening to its end, and faults that signatures prove, by the commands of people.
#include "edge/net/loop.hpp"
#include "edge/store/journal.hpp"
#include "tests/support/commands_fixture.hpp"

#include <fstream>

namespace millpond::chain {
namespace {

class CaseCommands : public Commands {
protected:
    void begin() override
    {
        Commands::begin();
        std::filesystem::create_directory(folder_ / "evidence");
        std::ofstream{folder_ / "evidence" / "bundle.json"} << "{\"what\":\"was seen\"}";
    }

    /// The pool's journal with what both signed of task 7.
    void sign_task()
    {
        const auto offered = signed_by(0, offer("seven"));
        const auto committed = signed_by(1, result_of(offered.value, "output"));
        net::Loop loop;
        store::StoredJournal journal{loop};
        ASSERT_TRUE(journal.take_pen(in("journal.sqlite")));
        spawn([](net::Loop& on, store::StoredJournal& into, Bytes a, Bytes b) -> Task<void> {
            const auto written = co_await into.append({
                {.at = on.now(),
                 .body =
                     ReceiptSigned{
                         .kind = ReceiptKind::offer, .task = TaskId{7}, .object = std::move(a)
                     }},
                {.at = on.now(),
                 .body =
                     ReceiptSigned{
                         .kind = ReceiptKind::commit, .task = TaskId{7}, .object = std::move(b)
                     }},
            });
            EXPECT_TRUE(written);
            on.stop();
        }(loop, journal, receipt::encode(offered), receipt::encode(committed)));
        loop.run();
    }

    std::string opened()
    {
        sign_task();
        const std::string said = done(
            0,
            "case open --pool " + to_hex(pool_.value()) + " --journal " + in("journal.sqlite") +
                " --task 7 --evidence " + in("evidence") + " --tokens " + to_text(tokens(300)) +
                " --secret " + in("claimants")
        );
        const std::string will = Json::parse(said)["will"];
        return will.substr(std::string{"open case "}.size(), 64);
    }

    Accusation accusation_of(const std::string& id)
    {
        Hash32 word{};
        std::ranges::copy(*parse_hex(id), word.begin());
        return *find_case(*node_, {.contracts = contracts_}, word);
    }
};

TEST_F(CaseCommands, take_a_case_from_its_opening_to_its_end)
{
    enrol(8);
    const std::string id = opened();
    const Accusation accusation = accusation_of(id);
    const std::string of = " --case " + id;
    done(1, "case answer --secret " + in("accuseds") + of);
    EXPECT_EQ(status(accusation), "disputed");
    done(
        0,
        "case evidence --uri https://pool/evidence --evidence " + in("evidence") + " --secret " +
            in("claimants") + of
    );
    const auto [code, other] = command(2, "case summon --secret " + in("nobodys") + of);
    EXPECT_NE(code, 0);
    EXPECT_NE(other.find("reverted: WrongSeed"), std::string::npos) << other;
    done(1, "case summon --secret " + in("accuseds") + of);
    done(2, "juror draw --tries 400" + of);
    std::vector<int> jury;
    for (std::uint64_t i = 0; i < 7; ++i) {
        const Bytes told = *node_->call(
            {.to = contracts_.jury,
             .data = calls::juror_of({.of = case_id(accusation), .number = i})}
        );
        jury.push_back(number_of_.at(*AbiAnswer{told}.address(0)));
    }
    const auto ballot = [&](int juror) {
        return " --vote " + std::string{juror == jury[0] ? "acquit" : "convict"} + " --scores " +
               to_hex(hash("scores")) + " --secret " + in("salt" + std::to_string(juror)) + of;
    };
    for (const int juror : jury)
        done(juror, "juror vote" + ballot(juror));
    pass(48 * hour);
    for (const int juror : jury)
        done(juror, "juror reveal" + ballot(juror));
    pass(48 * hour);
    done(2, "case verdict" + of);
    pass(72 * hour);
    done(2, "case advance" + of);
    EXPECT_EQ(status(accusation), "escrow");
    pass(7 * day);
    done(2, "case close" + of);
    EXPECT_EQ(status(accusation), "executed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(700));
    done(2, "juror fee --seat 3" + of);
    done(2, "juror release --seat 3" + of);
    done(2, "juror release --seat 3" + of);  // is done already, and is not done twice
}

TEST_F(CaseCommands, show_two_vouchers_of_one_number)
{
    std::ofstream{in("a")} << to_hex(receipt::encode(voucher(3, Wei{10}, 1))) << "\n";
    std::ofstream{in("b")} << to_hex(receipt::encode(voucher(3, Wei{11}, 1))) << "\n";
    done(2, "challenge vouchers --object " + in("a") + " --object " + in("b"));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(900));
}

TEST_F(CaseCommands, keep_secrets_to_their_owner)
{
    const std::string id = opened();
    const auto mode = std::filesystem::status(in("claimants")).permissions();
    EXPECT_EQ(mode & std::filesystem::perms::others_all, std::filesystem::perms::none);
    EXPECT_EQ(mode & std::filesystem::perms::group_all, std::filesystem::perms::none);
    const auto key_mode = std::filesystem::status(in("key0")).permissions();
    EXPECT_EQ(key_mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    // what is under way tells nobody's half of the seed before it is due
    std::ifstream secret{in("claimants")};
    const std::string half{std::istreambuf_iterator<char>{secret}, {}};
    std::ifstream intents{in("key0") + ".intents"};
    const std::string text{std::istreambuf_iterator<char>{intents}, {}};
    EXPECT_EQ(text.find(half.substr(0, 32)), std::string::npos);
    EXPECT_EQ(text.find(to_hex(key(0).bytes())), std::string::npos);
}

}  // namespace
}  // namespace millpond::chain
