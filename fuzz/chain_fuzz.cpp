// deps: millpond::core::chain millpond::edge::chain outside::json
#include "base/assert.hpp"
#include "core/chain/abi.hpp"
#include "core/chain/contract_errors.hpp"
#include "core/chain/contracts.hpp"
#include "core/chain/livepeer.hpp"
#include "core/chain/rlp.hpp"
#include "core/chain/transaction.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/endpoint.hpp"
#include "edge/chain/intents.hpp"
#include "edge/chain/internal/answers.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/chain/log_watch.hpp"

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
    }
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
            for (const Log& log : *logs)
                std::ignore = posted_root_of(log.topics, log.data);
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
