#include "edge/chain/node.hpp"

#include "core/chain/contract_errors.hpp"
#include "edge/chain/internal/answers.hpp"

#include <algorithm>
#include <utility>

namespace millpond::chain {
namespace {

std::string address_text(const Address& address)
{
    return data_text(address.value());
}

Json json_of(const Call& call)
{
    Json json{{"data", data_text(call.data)}, {"value", quantity(call.value)}};
    if (call.from) json["from"] = address_text(*call.from);
    if (call.to) json["to"] = address_text(*call.to);
    return json;
}

/// Nodes say in many ways that they have a transaction already.
bool is_known(const std::string& message)
{
    return message.find("already known") != std::string::npos ||
           message.find("already imported") != std::string::npos ||
           message.find("known transaction") != std::string::npos;
}

Fault fault_of(const Refused& refused)
{
    if (refused.data && !refused.data->empty())
        return {.what = "reverted: " + error_text(*refused.data)};
    // -32000 and below are a server's own, -32603 is its fault; -32005 is too many questions
    const bool theirs = refused.code == -32'603 || refused.code == -32'005;
    return {.what = "refused: " + refused.message, .retryable = theirs};
}

Fault not_understood(const Endpoint& endpoint)
{
    return {.what = endpoint.name() + ": an answer that cannot be read", .retryable = true};
}

}  // namespace

struct Node::Inside {
    struct Door {
        std::unique_ptr<Endpoint> endpoint;
        bool right_chain = false;
    };

    std::uint64_t chain = 0;
    std::vector<Door> doors;
    std::size_t preferred = 0;
    std::uint64_t next_id = 1;
    std::uint64_t highest = 0;

    Result<Json, Fault> ask(Door& door, const std::string& method, const Json& parameters)
    {
        if (!door.right_chain) {
            MILLPOND_TRY(const Json told, ask_any(door, "eth_chainId", Json::array()));
            if (number_of(told) != chain)
                return because(Fault{
                    .what = door.endpoint->name() + ": is on another chain", .retryable = true
                });
            door.right_chain = true;
        }
        return ask_any(door, method, parameters);
    }

    Result<Json, Fault> ask_any(Door& door, const std::string& method, const Json& parameters)
    {
        const std::uint64_t id = next_id++;
        const Json question{
            {"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", parameters}
        };
        auto text = door.endpoint->ask(question.dump(), id);
        if (!text) {
            door.right_chain = false;  // whoever answers next may be another
            return because(text.error());
        }
        auto answer = parse_answer(*text, id);
        if (!answer) return because(not_understood(*door.endpoint));
        if (answer->refused) return because(fault_of(*answer->refused));
        return std::move(answer->result);
    }

    /// Asks one door after the other until `read` makes sense of an answer.
    template <typename Read>
    auto first(const std::string& method, const Json& parameters, Read read)
        -> Result<typename std::invoke_result_t<Read, const Json&>::value_type, Fault>
    {
        Fault last{.what = "no node is configured"};
        for (std::size_t i = 0; i < doors.size(); ++i) {
            const std::size_t at = (preferred + i) % doors.size();
            auto answer = ask(doors[at], method, parameters);
            if (!answer) {
                last = answer.error();
                if (!last.retryable) return because(last);
                continue;
            }
            if (auto value = read(*answer)) {
                preferred = at;
                return std::move(*value);
            }
            last = not_understood(*doors[at].endpoint);
        }
        return because(last);
    }

    /// Asks all doors; those that answer must agree. Nothing while one has nothing.
    template <typename Value, typename Read>
    Result<std::optional<Value>, Fault> all(
        const std::string& method, const Json& parameters, Read read
    )
    {
        std::optional<Value> agreed;
        std::size_t answered = 0;
        bool missing = false;
        Fault last{.what = "no node is configured"};
        for (Door& door : doors) {
            auto answer = ask(door, method, parameters);
            if (!answer) {
                last = answer.error();
                continue;
            }
            ++answered;
            missing |= answer->is_null();
            if (answer->is_null()) continue;
            auto value = read(*answer);
            if (!value) return because(not_understood(*door.endpoint));
            if (agreed && *agreed != *value)
                return because(Fault{.what = "nodes contradict each other", .retryable = true});
            agreed = std::move(value);
        }
        if (answered == 0) return because(last);
        if (missing) return std::optional<Value>{};
        return agreed;
    }
};

Node::Node(std::uint64_t chain, std::vector<std::unique_ptr<Endpoint>> endpoints)
    : chain_(chain),
      inside_(std::make_unique<Inside>())
{
    inside_->chain = chain;
    for (auto& endpoint : endpoints)
        inside_->doors.push_back({.endpoint = std::move(endpoint)});
}

Node::~Node() = default;

Result<Block, Fault> Node::head()
{
    const std::uint64_t highest = inside_->highest;
    auto head = inside_->first(
        "eth_getBlockByNumber",
        Json::array({"latest", false}),
        [&](const Json& json) -> std::optional<Block> {
            auto block = block_of(json);
            if (block && block->number + lag_max < highest) return std::nullopt;
            return block;
        }
    );
    if (head) inside_->highest = std::max(highest, head->number);
    return head;
}

Result<std::optional<Block>, Fault> Node::block(std::uint64_t number)
{
    return inside_->first(
        "eth_getBlockByNumber",
        Json::array({quantity(number), false}),
        [](const Json& json) -> std::optional<std::optional<Block>> {
            if (json.is_null()) return std::optional<Block>{};
            auto block = block_of(json);
            if (!block) return std::nullopt;
            return block;
        }
    );
}

Result<Wei, Fault> Node::balance(const Address& account)
{
    return inside_->first(
        "eth_getBalance", Json::array({address_text(account), "latest"}), quantity_of
    );
}

Result<std::uint64_t, Fault> Node::nonce(const Address& account)
{
    return inside_->first(
        "eth_getTransactionCount",
        Json::array({address_text(account), "latest"}),
        [](const Json& json) { return number_of(json); }
    );
}

Result<Bytes, Fault> Node::code(const Address& account)
{
    return inside_->first("eth_getCode", Json::array({address_text(account), "latest"}), data_of);
}

Result<Bytes, Fault> Node::call(const Call& call)
{
    return inside_->first("eth_call", Json::array({json_of(call), "latest"}), data_of);
}

Result<std::uint64_t, Fault> Node::estimate(const Call& call)
{
    return inside_->first("eth_estimateGas", Json::array({json_of(call)}), [](const Json& json) {
        return number_of(json);
    });
}

Result<Wei, Fault> Node::tip()
{
    return inside_->first("eth_maxPriorityFeePerGas", Json::array(), quantity_of);
}

Result<void, Fault> Node::send(const SignedTransaction& transaction)
{
    const Json parameters = Json::array({data_text(transaction.raw)});
    Fault last{.what = "no node is configured"};
    bool taken = false;
    for (auto& door : inside_->doors) {
        auto answer = inside_->ask(door, "eth_sendRawTransaction", parameters);
        if (answer || is_known(answer.error().what))
            taken = true;
        else
            last = answer.error();
    }
    if (taken) return {};
    return because(last);
}

Result<std::vector<Log>, Fault> Node::logs(const LogFilter& filter)
{
    Json contracts = Json::array();
    for (const Address& contract : filter.contracts)
        contracts.push_back(address_text(contract));
    const Json parameters = Json::array({{
        {"address", std::move(contracts)},
        {"fromBlock", quantity(filter.from)},
        {"toBlock", quantity(filter.to)},
    }});
    return inside_->first("eth_getLogs", parameters, logs_of);
}

Result<std::optional<Receipt>, Fault> Node::agreed_receipt(const Hash32& transaction)
{
    return inside_->all<Receipt>(
        "eth_getTransactionReceipt",
        Json::array({data_text(transaction)}),
        [&](const Json& json) -> std::optional<Receipt> {
            auto receipt = receipt_of(json);
            if (receipt && receipt->transaction != transaction) return std::nullopt;
            return receipt;
        }
    );
}

Result<std::optional<Block>, Fault> Node::agreed_block(std::uint64_t number)
{
    return inside_->all<Block>(
        "eth_getBlockByNumber", Json::array({quantity(number), false}), block_of
    );
}

Result<std::uint64_t, Fault> Node::agreed_nonce(const Address& account, std::uint64_t block)
{
    MILLPOND_TRY(
        const auto nonce,
        inside_->all<std::uint64_t>(
            "eth_getTransactionCount",
            Json::array({address_text(account), quantity(block)}),
            [](const Json& json) { return number_of(json); }
        )
    );
    if (!nonce) return because(Fault{.what = "no node knows the nonce", .retryable = true});
    return *nonce;
}

Result<bool, Fault> Node::nobody_has(const Hash32& transaction)
{
    const Json parameters = Json::array({data_text(transaction)});
    std::size_t without = 0;
    for (auto& door : inside_->doors) {
        auto answer = inside_->ask(door, "eth_getTransactionReceipt", parameters);
        if (!answer) continue;
        if (!answer->is_null()) return false;
        ++without;
    }
    return without >= 2;
}

Result<Bytes, Fault> Node::agreed_call(const Call& call, std::uint64_t block)
{
    MILLPOND_TRY(
        const auto answer,
        inside_->all<Bytes>("eth_call", Json::array({json_of(call), quantity(block)}), data_of)
    );
    if (!answer) return because(Fault{.what = "no node answers the call", .retryable = true});
    return *answer;
}

Result<std::string, Fault> Node::raw(const std::string& method, const std::string& parameters)
{
    const Json json = Json::parse(parameters, nullptr, false);
    return inside_->first(method, json, [](const Json& answer) {
        return std::optional{answer.dump()};
    });
}

}  // namespace millpond::chain
