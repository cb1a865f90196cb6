#include "edge/store/epoch_proofs.hpp"

#include "edge/store/epoch_json.hpp"

#include <fstream>
#include <iterator>
#include <utility>

namespace millpond::store {
namespace {

/// Anybody may ask, and a question about another epoch reads a file.
constexpr std::size_t waiting_max = 64;

std::optional<std::string> read_text(const std::string& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

struct EpochProofs::Newest {
    EpochRoot root;
    crypto::Signature signature{};
    std::optional<settle::SumTree> tree;

    /// False where there is no such epoch.
    Result<bool, Fault> load(const std::string& folder, std::uint64_t epoch)
    {
        if (tree && root.epoch == epoch) return true;
        const std::string file = epoch_file(folder, epoch);
        const auto text = read_text(file);
        if (!text) return false;
        MILLPOND_TRY(settle::EpochDocument document, parse_epoch(*text));
        root = document.root;
        signature = document.signature;
        tree = settle::SumTree::build(std::move(document.leaves));
        if (!tree) return because(Fault{.what = file + ": its sum overflows"});
        return true;
    }
};

EpochProofs::EpochProofs(net::Loop& loop, std::filesystem::path folder)
    : folder_(std::move(folder)),
      newest_(std::make_shared<Newest>()),
      worker_(loop, {.name = "proofs", .nice = 5})
{
}

template <typename Answer>
Task<Result<Answer, Fault>> EpochProofs::ask(
    std::move_only_function<Result<Answer, Fault>()> question
)
{
    if (waiting_ >= waiting_max)
        co_return because(Fault{.what = "too many ask at once", .retryable = true});
    ++waiting_;
    auto answer = co_await worker_.run(std::move(question));
    --waiting_;
    co_return answer;
}

Task<Result<std::optional<std::string>, Fault>> EpochProofs::document(std::uint64_t epoch)
{
    using Answer = std::optional<std::string>;
    co_return co_await ask<Answer>([file = epoch_file(folder_, epoch)]() -> Result<Answer, Fault> {
        return read_text(file);
    });
}

Task<Result<std::optional<EpochProof>, Fault>> EpochProofs::prove(
    std::uint64_t epoch, Address account
)
{
    using Answer = std::optional<EpochProof>;
    co_return co_await ask<Answer>(
        [folder = folder_.string(), newest = newest_, epoch, account]() -> Result<Answer, Fault> {
            MILLPOND_TRY(const bool known, newest->load(folder, epoch));
            if (!known) return Answer{};
            auto proven = newest->tree->prove(account);
            if (!proven) return Answer{};
            return Answer{EpochProof{
                .leaf = proven->first,
                .proof = std::move(proven->second),
                .root = newest->root,
                .signature = newest->signature,
            }};
        }
    );
}

}  // namespace millpond::store
