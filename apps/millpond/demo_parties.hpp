#pragma once

#include "apps/millpond/demo.hpp"
#include "apps/millpond/demo_child.hpp"
#include "apps/millpond/demo_ledger.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// A development chain in a process of its own, and people with keys on it who act by `millpond
/// chain`. The first thing that fails is kept, and nothing is done behind it.
class DemoParties {
public:
    explicit DemoParties(const DemoSettings& settings);

    void start_chain();
    /// Gives a new key ether, and tokens where `bonded`.
    void add(const std::string& name, std::uint64_t tokens = 0);
    void deploy();

    /// `millpond chain WORDS` with a party's key, told to whoever watches unless `quiet`; what it
    /// said.
    nlohmann::json does(
        const std::string& name, const std::vector<std::string>& words, bool quiet = false
    );
    /// For what needs no key of ours.
    Bytes call(const Address& at, Bytes data);
    void pass(std::uint64_t seconds, const std::string& why);

    [[nodiscard]] Address address_of(const std::string& name) const;
    [[nodiscard]] std::string name_of(const Address& address) const;

    [[nodiscard]] std::string key_file(const std::string& name) const { return in(name + ".key"); }

    [[nodiscard]] std::string in(const std::string& name) const { return folder_ / name; }

    [[nodiscard]] const std::string& url() const { return url_; }

    [[nodiscard]] const chain::Deployed& deployed() const { return *deployed_; }

    [[nodiscard]] chain::Node& node() { return *node_; }

    /// Ether and tokens of all parties and contracts.
    std::optional<Holdings> holdings(const PoolId& pool);

    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

    void fail(const std::string& what);

private:
    struct Party {
        std::string name;
        std::uint64_t tokens = 0;
        crypto::PrivateKey key;
    };

    void raw(const std::string& method, const std::string& parameters);
    void mint();

    const DemoSettings& settings_;
    std::filesystem::path folder_;
    std::optional<Child> anvil_;
    std::string url_;
    std::unique_ptr<chain::Node> node_;
    std::vector<Party> parties_;
    std::optional<chain::Deployed> deployed_;
    std::optional<Fault> fault_;
};

}  // namespace millpond
