#include "apps/millpond/demo_parties.hpp"

#include "core/chain/abi.hpp"
#include "crypto/typed_data.hpp"
#include "edge/chain/endpoint.hpp"
#include "edge/chain/keystore.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>

namespace millpond {
namespace {

constexpr std::uint64_t chain_id = 31'337;
/// Jurors wait for two weeks and a case takes another two: when it is over it is not later than it
/// is.
constexpr std::int64_t behind_seconds = std::int64_t{31} * 86'400;
constexpr const char* password = "for a demonstration";
constexpr const char* ten_ether = "0x8ac7230489e80000";

std::string read(const std::string& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_secret(const std::string& path, const std::string& text)
{
    std::ofstream{path} << text << "\n";
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
}

}  // namespace

DemoParties::DemoParties(const DemoSettings& settings)
    : settings_(settings),
      folder_(std::filesystem::absolute(std::filesystem::path{settings.out} / "chain"))
{
    std::filesystem::create_directories(folder_);
    write_secret(in("password"), password);
}

void DemoParties::fail(const std::string& what)
{
    if (!fault_) fault_ = Fault{.what = what};
}

void DemoParties::start_chain()
{
    anvil_.emplace(
        std::vector<std::string>{
            settings_.anvil,
            "--port",
            "0",
            "--host",
            "127.0.0.1",
            "--block-base-fee-per-gas",
            "1000000000",
            "--timestamp",
            std::to_string(std::time(nullptr) - behind_seconds)
        },
        in("anvil.log"),
        true
    );
    const std::string mark = "Listening on 127.0.0.1:";
    for (int i = 0; i < 500 && url_.empty(); ++i) {
        const std::string said = read(in("anvil.log"));
        const auto at = said.find(mark);
        if (at != std::string::npos && said.find('\n', at) != std::string::npos)
            url_ = "http://127.0.0.1:" + std::to_string(std::stoi(said.substr(at + mark.size())));
        else
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    if (url_.empty()) return fail("the development chain did not start, see anvil.log");
    std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
    endpoints.push_back(chain::make_endpoint(*chain::parse_node_url(url_), std::chrono::seconds{10})
    );
    node_ = std::make_unique<chain::Node>(chain_id, std::move(endpoints));
}

void DemoParties::raw(const std::string& method, const std::string& parameters)
{
    if (fault_) return;
    const auto done = node_->raw(method, parameters);
    if (!done) fail(method + ": " + done.error().what);
}

void DemoParties::add(const std::string& name, std::uint64_t tokens)
{
    if (fault_) return;
    auto key = crypto::PrivateKey::generate();
    write_secret(key_file(name), to_hex(key.bytes()));
    // scrypt is for passwords that people choose; this one stands beside its key
    const auto kept = chain::write_keystore(in(name), chain::seal_key(key, password, {.n = 1'024}));
    if (!kept) return fail(kept.error().what);
    parties_.push_back({.name = name, .tokens = tokens, .key = std::move(key)});
    raw("anvil_setBalance",
        "[\"" + crypto::checksum_address(address_of(name).value()) + "\", \"" + ten_ether + "\"]");
}

Address DemoParties::address_of(const std::string& name) const
{
    const auto found = std::ranges::find(parties_, name, &Party::name);
    return found == parties_.end() ? Address{} : Address{found->key.address()};
}

std::string DemoParties::name_of(const Address& address) const
{
    const auto found = std::ranges::find_if(parties_, [&](const Party& each) {
        return Address{each.key.address()} == address;
    });
    return found == parties_.end() ? "" : found->name;
}

/// A token that everybody may make stands for LPT; then the contracts, as an operator puts them
/// there.
void DemoParties::deploy()
{
    if (fault_) return;
    const auto code = chain::read_creation_code(settings_.artifacts, "Tokens", "PlainToken");
    if (!code) return fail(code.error().what);
    const Address from = address_of("operator");
    const Address token = chain::contract_address(from, node_->nonce(from).value_or(0));
    raw("anvil_impersonateAccount", "[\"" + crypto::checksum_address(from.value()) + "\"]");
    raw("eth_sendTransaction",
        R"([{"from":")" + crypto::checksum_address(from.value()) +
            R"(","gas":"0x7a1200","data":"0x)" + to_hex(*code) + "\"}]");
    for (int i = 0; i < 500 && node_->nonce(from).value_or(0) == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    does(
        "operator",
        {"deploy",
         "--artifacts",
         settings_.artifacts,
         "--token",
         crypto::checksum_address(token.value())}
    );
    if (fault_) return;
    deployed_ = chain::parse_deployed(read(in("chain.json")));
    if (!deployed_) return fail("chain.json is of no contracts");
    mint();
}

void DemoParties::mint()
{
    auto intents = chain::Intents::open(in("mint.jsonl"));
    auto key = crypto::PrivateKey::generate();
    if (!intents) return fail(intents.error().what);
    raw("anvil_setBalance",
        "[\"" + crypto::checksum_address(key.address()) + "\", \"" + ten_ether + "\"]");
    chain::Sender sender{
        *node_, std::move(key), *intents, {.confirmations = 0, .spend_max = Wei::max()}
    };
    for (const Party& each : parties_) {
        if (each.tokens == 0 || fault_) continue;
        const auto amount = multiply(Wei{each.tokens}, Wei{1'000'000'000'000'000'000});
        const auto made = sender.finish(
            {.name = each.name,
             .to = deployed_->contracts.token,
             .data = chain::call_of(
                 "mint(address,uint256)",
                 chain::Abi{}.address(Address{each.key.address()}).amount(*amount)
             )},
            std::chrono::milliseconds{5},
            std::chrono::seconds{20}
        );
        if (!made) fail(made.error().what);
    }
}

nlohmann::json DemoParties::does(
    const std::string& name, const std::vector<std::string>& words, bool quiet
)
{
    if (fault_) return {};
    std::vector<std::string> command{settings_.program, "--log", "error", "chain"};
    command.insert(command.end(), words.begin(), words.end());
    std::string shown = "  " + name + " $ millpond chain";
    constexpr std::size_t shown_most = 22;
    for (const std::string& each : words) {
        const bool path = each.find('/') != std::string::npos;
        const std::string word = path ? std::filesystem::path{each}.filename().string() : each;
        shown += " " + (word.size() > shown_most ? word.substr(0, 10) + "..." : word);
    }
    if (!quiet) std::printf("%s\n", shown.c_str());
    std::fflush(stdout);
    for (const std::string& each :
         {std::string{"--keystore"},
          in(name),
          std::string{"--password-file"},
          in("password"),
          std::string{"--node"},
          url_,
          std::string{"--chain"},
          std::to_string(chain_id),
          std::string{"--deployed"},
          in("chain.json"),
          std::string{"--intents"},
          in(name + ".intents"),
          std::string{"--spend-max"},
          std::string{"100000000000000000000"},
          std::string{"--confirmations"},
          std::string{"0"},
          std::string{"--json"},
          std::string{"--yes"}})
        command.push_back(each);
    const std::string said = in("said");
    std::filesystem::remove(said);
    int code = Child{command, said, true}.wait();
    std::string text = read(said);
    if (code != 0 && text.find(": failed in 0x") != std::string::npos) {
        // gas was estimated for the second before, in which the roster had its entry already
        std::filesystem::remove(said);
        code = Child{std::move(command), said, true}.wait();
        text = read(said);
    }
    std::ofstream{in("commands.log"), std::ios::app} << shown << "\n" << text << "\n";
    if (code != 0) fail(shown + ": " + text);
    return nlohmann::json::parse(text, nullptr, false);
}

Bytes DemoParties::call(const Address& at, Bytes data)
{
    if (fault_) return {};
    auto told = node_->call({.to = at, .data = std::move(data)});
    if (!told) fail(told.error().what);
    return told.value_or(Bytes{});
}

void DemoParties::pass(std::uint64_t seconds, const std::string& why)
{
    if (fault_) return;
    constexpr std::uint64_t hour = 3'600;
    std::printf(
        "  ... %llu hours pass: %s\n", static_cast<unsigned long long>(seconds / hour), why.c_str()
    );
    raw("evm_increaseTime", "[" + std::to_string(seconds) + "]");
    raw("anvil_mine", "[1]");
}

std::optional<Holdings> DemoParties::holdings(const PoolId& pool)
{
    if (fault_) return std::nullopt;
    const chain::Contracts& at = deployed_->contracts;
    const Address burned{*crypto::parse_address("0x000000000000000000000000000000000000dEaD")};
    std::vector<Watched> all{
        {.name = "registry", .address = at.registry},
        {.name = "bond vault", .address = at.bonds},
        {.name = "fee vault", .address = at.fees},
        {.name = "operator bond", .address = at.operator_bond},
        {.name = "challenges", .address = at.challenges},
        {.name = "settlement", .address = at.settlement},
        {.name = "jurors", .address = at.jurors},
        {.name = "jury", .address = at.jury},
        {.name = "court", .address = at.court},
        {.name = "mutual fund", .address = at.fund},
        {.name = "burned", .address = burned},
        {.name = "block tips", .address = Address{}},
    };
    for (const Party& each : parties_) {
        all.push_back({
            .name = each.name,
            .address = Address{each.key.address()},
            .bonds =
                {{pool, chain::BondKind::transcoder},
                 {pool, chain::BondKind::pool_operator},
                 {PoolId{}, chain::BondKind::juror}},
        });
    }
    auto found = holdings_of(*node_, at.token, at.bonds, all);
    if (!found) {
        fail(found.error().what);
        return std::nullopt;
    }
    return *found;
}

}  // namespace millpond
