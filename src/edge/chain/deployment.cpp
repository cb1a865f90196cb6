#include "edge/chain/deployment.hpp"

#include "crypto/signature.hpp"
#include "edge/chain/internal/answers.hpp"
#include "edge/files/durable.hpp"

#include <array>
#include <utility>

namespace millpond::chain {
namespace {

constexpr std::size_t artifact_bytes_max = std::size_t{32} << 20U;

using Member = Address Contracts::*;

constexpr std::array<std::pair<const char*, Member>, 12> members{{
    {"token", &Contracts::token},
    {"randomness", &Contracts::randomness},
    {"registry", &Contracts::registry},
    {"bonds", &Contracts::bonds},
    {"fees", &Contracts::fees},
    {"operator_bond", &Contracts::operator_bond},
    {"challenges", &Contracts::challenges},
    {"settlement", &Contracts::settlement},
    {"jurors", &Contracts::jurors},
    {"jury", &Contracts::jury},
    {"court", &Contracts::court},
    {"fund", &Contracts::fund},
}};

}  // namespace

Result<Bytes, Fault> read_creation_code(
    const std::string& folder, std::string_view source, std::string_view name
)
{
    const std::string path =
        folder + "/" + std::string{source} + ".sol/" + std::string{name} + ".json";
    MILLPOND_TRY(const std::string text, files::read_whole(path, artifact_bytes_max));
    const Json json = Json::parse(text, nullptr, false);
    const bool there = json.is_object() && json.contains("bytecode") &&
                       json["bytecode"].is_object() && json["bytecode"].contains("object");
    auto code = there ? data_of(json["bytecode"]["object"]) : std::nullopt;
    if (!code || code->empty()) return because(Fault{.what = path + ": holds no code"});
    return std::move(*code);
}

Result<std::vector<Intent>, Fault> deployment(const Contracts& contracts, const std::string& folder)
{
    std::vector<Intent> intents;
    for (const Creation& creation : creations(contracts)) {
        MILLPOND_TRY(Bytes code, read_creation_code(folder, creation.name, creation.name));
        code.insert(code.end(), creation.arguments.begin(), creation.arguments.end());
        intents.push_back({
            .name = "deploy/" + std::string{creation.name},
            .to = std::nullopt,
            .value = Wei{},
            .data = std::move(code),
        });
    }
    return intents;
}

Result<void, Fault> require_deployed(Node& node, const Contracts& contracts)
{
    for (const Creation& creation : creations(contracts)) {
        MILLPOND_TRY(const Bytes code, node.code(creation.at));
        if (code.empty())
            return because(Fault{
                .what = std::string{creation.name} + " is not at " +
                        crypto::checksum_address(creation.at.value())
            });
    }
    return {};
}

std::string to_json(const Deployed& deployed)
{
    Json json{{"chain", deployed.chain}, {"block", deployed.block}};
    for (const auto& [name, member] : members)
        json[name] = crypto::checksum_address((deployed.contracts.*member).value());
    return json.dump(2) + "\n";
}

std::optional<Deployed> parse_deployed(std::string_view json)
{
    const Json read = Json::parse(json, nullptr, false);
    if (!read.is_object() || !read.contains("chain") || !read.contains("block"))
        return std::nullopt;
    if (!read["chain"].is_number_unsigned() || !read["block"].is_number_unsigned())
        return std::nullopt;
    Deployed deployed{
        .chain = read["chain"].get<std::uint64_t>(), .block = read["block"].get<std::uint64_t>()
    };
    for (const auto& [name, member] : members) {
        const auto found = read.find(name);
        if (found == read.end() || !found->is_string()) return std::nullopt;
        const auto address = crypto::parse_address(found->get_ref<const std::string&>());
        if (!address) return std::nullopt;
        deployed.contracts.*member = Address{*address};
    }
    return deployed;
}

}  // namespace millpond::chain
