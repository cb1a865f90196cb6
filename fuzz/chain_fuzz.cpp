// deps: millpond::core::chain millpond::edge::chain millpond::crypto outside::json
#include "base/assert.hpp"
#include "core/chain/abi.hpp"
#include "core/chain/contract_errors.hpp"
#include "core/chain/contracts.hpp"
#include "core/chain/court.hpp"
#include "core/chain/livepeer.hpp"
#include "core/chain/members.hpp"
#include "core/chain/rlp.hpp"
#include "core/chain/transaction.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/endpoint.hpp"
#include "edge/chain/intents.hpp"
#include "edge/chain/internal/answers.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/chain/log_watch.hpp"

#include <algorithm>

using namespace millpond;
using namespace millpond::chain;

namespace {

Bytes encoded(const RlpItem& item)
{
    if (!item.is_list) return rlp_bytes(item.bytes);
    std::vector<Bytes> items;
    for (const RlpItem& inner : item.items)
        items.push_back(encoded(inner));
    return rlp_list(items);
}

/// What follows the events that are read, as the data of each.
void read_log(ByteView data)
{
    const auto event = [](const char* text) { return crypto::keccak256(as_bytes(text)); };
    const std::vector<Hash32> indexed(3);
    std::vector<Hash32> topics{
        event("CaseOpened(bytes32,bytes32,address,(bytes32,address,uint8,bytes32,uint64,uint256,"
              "uint256,uint256,uint16,bytes32,bytes32))")
    };
    topics.insert(topics.end(), indexed.begin(), indexed.end());
    if (const auto opened = opened_case_of(topics, data)) std::ignore = case_id(*opened);
    topics = {
        event("ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,"
              "uint256,string)")
    };
    if (const auto proposal = proposal_of(topics, data))
        std::ignore = proposal_id(proposal->actions, proposal->description);
    topics = {
        event("EpochRootPosted(bytes32,uint64,bytes32,uint256,bytes32,bytes32,uint64,uint32)"),
        Hash32{},
        Hash32{}
    };
    std::ignore = posted_root_of(topics, data);
    topics[0] = event("MembersAttached(bytes32,address)");
    if (data.size() >= topics[2].size())
        std::copy_n(data.begin(), topics[2].size(), topics[2].begin());
    std::ignore = attached_shares_of(topics, PoolId{});
}

void read_binary(ByteView bytes)
{
    if (const auto item = parse_rlp(bytes)) {
        const Bytes again = encoded(*item);
        MILLPOND_ASSERT(again == Bytes(bytes.begin(), bytes.end()));
    }
    std::ignore = parse_signed(bytes);
    std::ignore = error_text(bytes);
    std::ignore = livepeer::active_rounds_of(bytes);
    std::ignore = livepeer::sender_info_of(bytes);
    const AbiAnswer answer{bytes};
    for (std::size_t word = 0; word < 4; ++word) {
        std::ignore = answer.bytes(word);
        std::ignore = answer.address(word);
        std::ignore = answer.number(word);
        std::ignore = answer.flag(word);
        if (const auto array = answer.array(word)) {
            for (std::size_t i = 0; i < std::min<std::size_t>(array->size, 4); ++i)
                std::ignore = array->elements.bytes(i);
        }
    }
    std::ignore = case_state_of(bytes);
    std::ignore = pool_terms_of(bytes);
    std::ignore = proposal_state_of(bytes);
    read_log(bytes);
}

void read_text(std::string_view text)
{
    if (const auto answer = parse_answer(text, 1)) {
        std::ignore = block_of(answer->result);
        std::ignore = receipt_of(answer->result);
        std::ignore = logs_of(answer->result);
        std::ignore = quantity_of(answer->result);
        std::ignore = data_of(answer->result);
        if (const auto logs = logs_of(answer->result)) {
            for (const Log& log : *logs) {
                std::ignore = posted_root_of(log.topics, log.data);
                std::ignore = opened_case_of(log.topics, log.data);
                std::ignore = proposal_of(log.topics, log.data);
            }
        }
    }
    if (const auto cursor = parse_cursor(text))
        MILLPOND_ASSERT(parse_cursor(to_json(*cursor)) == *cursor);
    if (const auto deployed = parse_deployed(text))
        MILLPOND_ASSERT(parse_deployed(to_json(*deployed)) == *deployed);
    std::ignore = parse_intent_line(text);
    std::ignore = parse_node_url(text);
    const auto cost = cost_of_keystore(text);
    if (cost && cost->n <= 1024 && cost->r <= 8 && cost->p == 1)
        std::ignore = open_key(text, "pass");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView bytes{data, size};
    read_binary(bytes);
    read_text(as_text(bytes));
    return 0;
}
