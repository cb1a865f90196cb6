// What was signed in a pool that worked, bent by an operator who makes all else fit again, and
// named by the audit.
#include "core/receipt/receipt.hpp"
#include "corpus/corpus.hpp"
#include "edge/files/key_file.hpp"
#include "edge/store/entry_json.hpp"
#include "edge/store/table.hpp"
#include "tests/support/process.hpp"
#include "tests/system/pool_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <functional>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Rows = std::vector<store::Row>;
using Json = nlohmann::json;

/// A pool whose one transcoder is paid for some segments and then cheats.
class ShortLife : public PoolTest {
public:
    void TestBody() override {}

    void live()
    {
        PoolConfig config;
        config.policy.qualification_segments = 20;
        config.policy.qualification_speed_pct = 100;
        open(config);
        const auto cheats = std::make_shared<std::atomic<bool>>(false);
        add_worker("turncoat", turncoat(cheats));
        run([&]() -> Task<void> {
            std::ignore = co_await account_of_tier("PROBATION");
            co_await push(3);
            co_await correct();
            *cheats = true;
            co_await push(1);
        }());
        TearDown();
        node_.reset();
        workers_.clear();
        const auto table =
            store::open_table(folder_.path() / "pool" / "journal.sqlite", store::Access::read);
        std::ignore = (*table)->read(0, [&](const store::Row& row) {
            rows.push_back(row);
            return true;
        });
        auto own = files::load_or_make_key(folder_.path() / "pool" / "operator_key");
        key = crypto::PrivateKey::parse(own->key.bytes());
    }

    Rows rows;
    std::optional<crypto::PrivateKey> key;  ///< the operator's

private:
    static TranscodeFunction turncoat(std::shared_ptr<std::atomic<bool>> cheats)
    {
        auto honest = media_transcode({.threads = 1});
        return [cheats, honest](const TranscodeJob& job) -> Result<TranscodeOutput, std::string> {
            if (!*cheats) return honest.transcode(job);
            TranscodeOutput output;
            for (const VideoProfile& rung : job.ladder) {
                auto forged = corpus::make(
                    *corpus::find_variant("black"),
                    {.source = job.source, .profile = rung, .other = {}, .previous = {}}
                );
                if (!forged) return because(forged.error().what);
                output.renditions.push_back({.bytes = make_blob(*std::move(forged))});
            }
            return output;
        };
    }

    /// The operator gives a bonus, and waits until the transcoder has agreed.
    Task<void> correct()
    {
        const auto newest = [this]() -> Task<Json> {
            const Json all = co_await page("/api/v1/accounts");
            co_return all["accounts"][0];
        };
        const Json before = co_await newest();
        net::RequestHead head{
            .method = "POST",
            .path = "/api/v1/corrections/" + before["address"].get<std::string>(),
        };
        head.headers.add("authorization", "Bearer " + operator_secret());
        const std::string body = R"({"more": "7", "reason": "a bonus"})";
        const ByteView bytes = as_bytes(body);
        auto call = co_await operators_->start(
            std::move(head), make_blob(Bytes(bytes.begin(), bytes.end())), soon()
        );
        EXPECT_EQ((co_await (*call)->head())->status, 200);
        while ((co_await newest())["pay"]["vouchers"] == before["pay"]["vouchers"])
            co_await loop_.sleep_until(loop_.now() + 20ms);
    }

    Task<void> push(int segments)
    {
        client::Pusher pusher{
            loop_,
            {.pool = url(),
             .manifest = "m",
             .ladder = {*wire::preset_profile("P144p30fps16x9")},
             .attempts_max = 1}
        };
        const auto source = make_blob(*media::generate_clip({.size = {320, 180}, .seconds = 1}));
        for (int seq = 0; seq < segments; ++seq)
            std::ignore = co_await pusher.push({.seq = seq, .bytes = source, .duration = 1s});
        co_await pusher.end();
    }
};

/// The entries, to be bent; what stands in the journal follows from them.
struct Told {
    std::vector<Entry> entries;

    /// The newest receipt of a kind.
    std::size_t find(ReceiptKind kind) const
    {
        for (std::size_t i = entries.size(); i-- > 0;) {
            const auto* receipt = std::get_if<ReceiptSigned>(&entries[i].body);
            if (receipt != nullptr && receipt->kind == kind) return i;
        }
        ADD_FAILURE() << "no such receipt was signed";
        return 0;
    }

    ReceiptSigned& newest(ReceiptKind kind)
    {
        return std::get<ReceiptSigned>(entries[find(kind)].body);
    }

    CorrectionAgreed& correction()
    {
        for (Entry& entry : entries) {
            auto* event = std::get_if<BookEvent>(&entry.body);
            auto* agreed = event == nullptr ? nullptr : std::get_if<CorrectionAgreed>(event);
            if (agreed != nullptr) return *agreed;
        }
        throw std::logic_error("nothing was corrected");
    }

    /// In place of what was agreed on.
    void post_correction_alone()
    {
        const CorrectionAgreed agreed = correction();
        for (Entry& entry : entries) {
            auto* event = std::get_if<BookEvent>(&entry.body);
            if (event == nullptr || !std::holds_alternative<CorrectionAgreed>(*event)) continue;
            *event = MoneyEvent{PayCorrected{
                .transcoder = agreed.account,
                .number = 1,
                .cumulative = agreed.earned,
                .at = agreed.at,
                .releases_at = agreed.at,
            }};
        }
    }

    void leave_out(ReceiptKind kind)
    {
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(find(kind)));
    }

    /// Changes what a receipt says and has the operator sign it.
    template <typename T>
    void sign_again(
        ReceiptKind kind, const std::function<void(T&)>& bend, const crypto::PrivateKey& key
    )
    {
        ReceiptSigned& receipt = newest(kind);
        T value = receipt::decode<T>(receipt.object)->value;
        bend(value);
        receipt.object = receipt::encode(receipt::sign(value, key, domain()));
    }

    Hash32 domain() const
    {
        for (const Entry& entry : entries) {
            if (const auto* named = std::get_if<OperatorNamed>(&entry.body))
                return crypto::domain_separator(
                    {.chain_id = named->chain_id, .contract = named->registry.value()}
                );
        }
        return {};
    }

    Rows rows() const
    {
        Rows made;
        Hash32 before{};
        for (const Entry& entry : entries) {
            store::Row row{
                .seq = made.size() + 1,
                .at = entry.at,
                .kind = std::string{store::kind_of(entry.body)},
                .body = store::to_json(entry.body),
            };
            before = row.hash = store::chained(before, row);
            made.push_back(std::move(row));
        }
        return made;
    }
};

Told told(const Rows& rows)
{
    Told all;
    for (const store::Row& row : rows)
        all.entries.push_back({.at = row.at, .body = *store::parse_entry(row.kind, row.body)});
    return all;
}

/// What the audit says of such a journal.
std::string audited(const Rows& rows)
{
    const TempDir folder;
    const std::string journal = folder.path() / "journal.sqlite";
    {
        const auto table = store::open_table(journal, store::Access::write);
        EXPECT_TRUE((*table)->append(rows));
    }
    const std::string said = folder.path() / "said.json";
    Process program{{MILLPOND_PROGRAM, "audit", journal, "--json"}, said};
    const int code = program.wait();
    const auto report = nlohmann::json::parse(std::ifstream{said});
    std::string problems;
    for (const auto& each : report["problems"])
        problems += each.get<std::string>() + "\n";
    EXPECT_EQ(code, problems.empty() ? 0 : 1);
    return problems;
}

struct Bent {
    std::string name;
    std::string expected;
    std::function<void(Told&, const crypto::PrivateKey& key)> bend;
};

crypto::PrivateKey stranger()
{
    Bytes secret(32, 7);
    return *crypto::PrivateKey::parse(secret);
}

std::vector<Bent> every_way()
{
    using Key = crypto::PrivateKey;
    return {
        {"an_offer_is_left_out",
         "receipt_missing",
         [](Told& run, const Key&) { run.leave_out(ReceiptKind::offer); }},
        {"an_offer_is_not_signed_by_the_operator",
         "wrong_signer",
         [](Told& run, const Key&) {
             run.sign_again<TaskOffer>(ReceiptKind::offer, [](TaskOffer&) {}, stranger());
         }},
        {"an_offer_is_altered_and_signed_again",
         "offer_differs",
         [](Told& run, const Key& key) {
             run.sign_again<TaskOffer>(
                 ReceiptKind::offer, [](TaskOffer& offer) { offer.fee = Wei{1}; }, key
             );
         }},
        {"an_offer_is_altered_and_not_signed_again",
         "wrong_signer",
         [](Told& run, const Key&) { run.newest(ReceiptKind::offer).object[31] ^= 1U; }},
        {"an_offer_is_cut_off",
         "malformed_receipt",
         [](Told& run, const Key&) { run.newest(ReceiptKind::offer).object.pop_back(); }},
        {"an_offer_is_for_another_task",
         "receipt_missing",
         [](Told& run, const Key&) { run.newest(ReceiptKind::offer).task = TaskId{5}; }},
        {"a_commit_is_left_out",
         "receipt_missing",
         [](Told& run, const Key&) { run.leave_out(ReceiptKind::commit); }},
        {"a_commit_is_signed_by_the_operator",
         "wrong_signer",
         [](Told& run, const Key& key) {
             run.sign_again<ResultCommit>(ReceiptKind::commit, [](ResultCommit&) {}, key);
         }},
        {"a_commit_is_to_another_result",
         "wrong_signer",
         [](Told& run, const Key& key) {
             run.sign_again<ResultCommit>(
                 ReceiptKind::commit, [](ResultCommit& commit) { commit.output_root[0] ^= 1U; }, key
             );
         }},
        {"a_commit_is_that_of_another_task",
         "commit_differs",
         [](Told& run, const Key&) {
             const Bytes newest = run.newest(ReceiptKind::commit).object;
             for (Entry& entry : run.entries) {
                 auto* receipt = std::get_if<ReceiptSigned>(&entry.body);
                 if (receipt == nullptr || receipt->kind != ReceiptKind::commit) continue;
                 receipt->object = newest;
                 return;
             }
         }},
        {"a_voucher_is_left_out",
         "receipt_missing",
         [](Told& run, const Key&) { run.leave_out(ReceiptKind::voucher); }},
        {"a_voucher_is_not_signed_by_the_operator",
         "wrong_signer",
         [](Told& run, const Key&) {
             run.sign_again<Voucher>(ReceiptKind::voucher, [](Voucher&) {}, stranger());
         }},
        {"a_voucher_promises_less",
         "voucher_not_in_tree",
         [](Told& run, const Key& key) {
             run.sign_again<Voucher>(
                 ReceiptKind::voucher,
                 [](Voucher& voucher) { voucher.earned = *subtract(voucher.earned, Wei{1}); },
                 key
             );
         }},
        {"a_voucher_is_numbered_otherwise",
         "voucher_not_in_tree",
         [](Told& run, const Key& key) {
             run.sign_again<Voucher>(
                 ReceiptKind::voucher, [](Voucher& voucher) { ++voucher.seq; }, key
             );
         }},
        {"a_voucher_is_somebody_elses",
         "voucher_not_in_tree",
         [](Told& run, const Key& key) {
             run.sign_again<Voucher>(
                 ReceiptKind::voucher, [](Voucher& voucher) { voucher.transcoder = {}; }, key
             );
         }},
        {"a_rejection_is_not_signed_by_the_operator",
         "wrong_signer",
         [](Told& run, const Key&) {
             run.sign_again<Reject>(ReceiptKind::reject, [](Reject&) {}, stranger());
         }},
        {"a_rejection_is_of_another_offer",
         "reject_differs",
         [](Told& run, const Key& key) {
             run.sign_again<Reject>(
                 ReceiptKind::reject, [](Reject& reject) { reject.offer_hash[0] ^= 1U; }, key
             );
         }},
        {"a_rejection_is_left_out",
         "receipt_missing",
         [](Told& run, const Key&) { run.leave_out(ReceiptKind::reject); }},
        {"a_correction_is_left_out",
         "receipt_missing",
         [](Told& run, const Key&) { run.leave_out(ReceiptKind::correction); }},
        {"an_agreement_is_left_out",
         "receipt_missing",
         [](Told& run, const Key&) { run.leave_out(ReceiptKind::agreement); }},
        {"an_agreement_is_signed_by_the_operator",
         "wrong_signer",
         [](Told& run, const Key& key) {
             run.sign_again<Correction>(ReceiptKind::agreement, [](Correction&) {}, key);
         }},
        {"a_correction_is_to_another_amount",
         "correction_differs",
         [](Told& run, const Key& key) {
             run.sign_again<Correction>(
                 ReceiptKind::correction, [](Correction& value) { value.new_earned = Wei{1}; }, key
             );
         }},
        {"a_correction_was_for_another_reason",
         "correction_differs",
         [](Told& run, const Key&) { run.correction().reason = "none"; }},
        {"a_correction_is_to_another_amount_than_was_agreed_on",
         "correction_differs",
         [](Told& run, const Key&) {
             run.correction().earned = *subtract(run.correction().earned, Wei{1});
         }},
        {"a_correction_skips_a_voucher",
         "wrong_correction",
         [](Told& run, const Key&) { ++run.correction().from_seq; }},
        {"a_correction_is_entered_without_any_signature",
         "wrong_correction",
         [](Told& run, const Key&) { run.post_correction_alone(); }},
        {"somebody_else_is_named_as_operator",
         "wrong_signer",
         [](Told& run, const Key&) {
             for (Entry& entry : run.entries)
                 if (auto* named = std::get_if<OperatorNamed>(&entry.body))
                     named->address = Address{stranger().address()};
         }},
        {"nobody_is_named_as_operator",
         "wrong_signer",
         [](Told& run, const Key&) {
             std::erase_if(run.entries, [](const Entry& entry) {
                 return std::holds_alternative<OperatorNamed>(entry.body);
             });
         }},
    };
}

TEST(SignedJournal, that_was_bent_is_named_by_the_audit_and_no_other)
{
    ShortLife life;
    life.live();
    const Told honest = told(life.rows);
    EXPECT_EQ(honest.rows(), life.rows) << "what is read is written again alike";
    EXPECT_EQ(audited(life.rows), "");
    for (const Bent& way : every_way()) {
        Told run = honest;
        way.bend(run, *life.key);
        const std::string problems = audited(run.rows());
        EXPECT_TRUE(problems.contains(way.expected)) << way.name << ": " << problems;
    }
}

}  // namespace
}  // namespace millpond
