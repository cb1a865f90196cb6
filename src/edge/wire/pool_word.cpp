#include "edge/wire/pool_word.hpp"

#include <algorithm>

#include <millpond.pb.h>

namespace millpond::wire {
namespace {

std::string text(ByteView bytes)
{
    return std::string{as_text(bytes)};
}

Bytes bytes_of(const std::string& from)
{
    return {from.begin(), from.end()};
}

Bytes serialize(const google::protobuf::MessageLite& proto)
{
    return bytes_of(proto.SerializeAsString());
}

bool copy_exact(const std::string& from, crypto::AddressBytes& to)
{
    if (from.size() != to.size()) return false;
    std::ranges::copy(as_bytes(from), to.begin());
    return true;
}

}  // namespace

Bytes encode(const Terms& terms)
{
    v1::Terms proto;
    proto.set_operator_(text(terms.operator_address));
    proto.set_chain_id(terms.domain.chain_id);
    proto.set_registry(text(terms.domain.contract));
    return serialize(proto);
}

Result<Terms, Malformed> parse_terms(ByteView bytes)
{
    v1::Terms proto;
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return because(Malformed{"terms: not their message"});
    Terms terms;
    if (!copy_exact(proto.operator_(), terms.operator_address))
        return because(Malformed{"terms: operator is not 20 bytes"});
    if (!copy_exact(proto.registry(), terms.domain.contract))
        return because(Malformed{"terms: registry is not 20 bytes"});
    terms.domain.chain_id = proto.chain_id();
    return terms;
}

Bytes encode(const PoolWord& word)
{
    v1::PoolWord proto;
    proto.set_offer(text(word.offer));
    proto.set_voucher(text(word.voucher));
    proto.set_reject(text(word.reject));
    proto.set_reason(word.reason);
    proto.set_correction(text(word.correction));
    return serialize(proto);
}

Result<PoolWord, Malformed> parse_word(ByteView bytes)
{
    v1::PoolWord proto;
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return because(Malformed{"pool word: not its message"});
    return PoolWord{
        .offer = bytes_of(proto.offer()),
        .voucher = bytes_of(proto.voucher()),
        .reject = bytes_of(proto.reject()),
        .reason = proto.reason(),
        .correction = bytes_of(proto.correction()),
    };
}

}  // namespace millpond::wire
