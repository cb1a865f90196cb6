#include "edge/api/book_pages.hpp"

#include "edge/api/internal/account_json.hpp"
#include "edge/api/signed_request.hpp"
#include "edge/api/transcoder_page.hpp"

namespace millpond::api {
namespace {

std::string hex(ByteView bytes)
{
    return "0x" + to_hex(bytes);
}

std::string accounts(const book::Book& book, Time now)
{
    Json list = Json::array();
    for (const auto& [address, account] : book.accounts())
        list.push_back(account_json(book, address, now));
    return dump({{"accounts", list}});
}

/// The account that the text names, where the book knows it.
std::optional<Address> known(const book::Book& book, std::string_view text)
{
    const auto address = parse_account(text);
    return address && book.accounts().contains(*address) ? address : std::nullopt;
}

/// The text that the rules' hash is of.
std::string hashed(const policy::Rules& rules)
{
    return canonical_text(rules.parameters) + canonical_text(rules.table);
}

/// Rules that are published and not in force yet.
Json next_rules(const book::Book& book)
{
    if (book.future_rules().empty()) return nullptr;
    const auto& [from, rules] = book.future_rules().front();
    return {{"from_epoch", from}, {"hash", hex(rules.hash)}, {"hashed", hashed(rules)}};
}

}  // namespace

std::string policy_page(const book::Book& book)
{
    const auto& rules = book.settings().rules;
    Json parameters = Json::object();
    for (const ParameterRow& row : parameter_rows())
        parameters[std::string{row.name}] = text_of(row, rules.parameters);
    Json classes = Json::array();
    for (std::size_t i = 0; i < rules.classes.size(); ++i) {
        const policy::ClassTerms& terms = rules.classes.at(i).terms;
        classes.push_back({
            {"class", "r" + std::to_string(i)},
            {"policy", name_of(terms.policy)},
            {"harm_w", to_text(terms.harm)},
            {"bribe_w", to_text(terms.bribe)},
            {"cover_w", to_text(terms.cover)},
            {"viable", rules.classes.at(i).viable},
        });
    }
    return dump({
        {"pool", hex(book.settings().pool.value())},
        {"hash", hex(rules.hash)},
        {"hashed", hashed(rules)},
        {"next", next_rules(book)},
        {"classes", classes},
        {"parameters", parameters},
    });
}

std::string epochs_page(const book::Book& book)
{
    const EpochBegan& epoch = *book.epoch();
    return dump({
        {"pool", hex(book.settings().pool.value())},
        {"epoch", epoch.epoch},
        {"closed", epoch.epoch - 1},
        {"tick", book.tick()},
        {"ticks", epoch.ticks},
        {"tick_seconds", seconds(epoch.tick)},
        {"anchor", hex(epoch.anchor)},
        {"beacon", hex(epoch.beacon)},
        {"rules", hex(epoch.rules)},
        {"tasks_open", book.tasks().size()},
    });
}

std::string proof_page(const store::EpochProof& proof)
{
    Json siblings = Json::array();
    for (const settle::SumNode& node : proof.proof.siblings)
        siblings.push_back({{"hash", hex(node.hash)}, {"sum", to_text(node.sum)}});
    return dump({
        {"pool", hex(proof.leaf.pool.value())},
        {"epoch", proof.leaf.epoch},
        {"account", hex(proof.leaf.account.value())},
        {"earned", to_text(proof.leaf.earned)},
        {"hold_seconds", proof.leaf.hold_seconds},
        {"segments", proof.leaf.segments},
        {"flags", proof.leaf.flags},
        {"siblings", siblings},
        {"path", proof.proof.path},
        {"sum_root", hex(proof.root.sum_root)},
        {"total_earned", to_text(proof.root.total_earned)},
        {"audit_root", hex(proof.root.audit_root)},
        {"next_anchor", hex(proof.root.next_anchor)},
        {"signature", hex(proof.signature)},
    });
}

std::optional<std::string> book_page(const Bookkeeper& keeper, std::string_view path, Time now)
{
    constexpr std::string_view one_account = "/api/v1/accounts/";
    constexpr std::string_view one_transcoder = "/api/v1/transcoders/";
    const book::Book& book = keeper.book();
    if (path == "/api/v1/accounts") return accounts(book, now);
    if (path == "/api/v1/policy") return policy_page(book);
    if (path == "/api/v1/epochs" && book.epoch()) return epochs_page(book);
    if (path.starts_with(one_account)) {
        if (const auto address = known(book, path.substr(one_account.size())))
            return dump(account_json(book, *address, now));
    }
    if (path.starts_with(one_transcoder)) {
        if (const auto address = known(book, path.substr(one_transcoder.size())))
            return transcoder_page(keeper, *address, now);
    }
    return std::nullopt;
}

}  // namespace millpond::api
