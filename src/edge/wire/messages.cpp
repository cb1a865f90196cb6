#include "edge/wire/messages.hpp"

#include "edge/wire/internal/generated_form.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace millpond::wire {
namespace {

// Maps are sorted, so that the same message is the same bytes every time.
Bytes serialize(const google::protobuf::MessageLite& message)
{
    std::string out;
    {
        google::protobuf::io::StringOutputStream stream{&out};
        google::protobuf::io::CodedOutputStream coded{&stream};
        coded.SetSerializationDeterministic(true);
        message.SerializeToCodedStream(&coded);
    }
    return bytes(out);
}

template <typename Proto>
Result<Proto, Malformed> deserialize(ByteView from)
{
    Proto proto;
    if (!proto.ParseFromArray(from.data(), static_cast<int>(from.size()))) {
        return because(Malformed{"cannot parse " + std::string{Proto::descriptor()->name()}});
    }
    return proto;
}

}  // namespace

Bytes encode(const Capabilities& message)
{
    return serialize(to(message));
}

Bytes encode(const AuthToken& message)
{
    return serialize(to(message));
}

Bytes encode(const OrchestratorInfo& message)
{
    return serialize(to(message));
}

Bytes encode(const SegData& message)
{
    return serialize(to(message));
}

Bytes encode(const PingPong& message)
{
    net::PingPong proto;
    proto.set_value(text(message.value));
    return serialize(proto);
}

Bytes encode(const EndTranscodingSessionRequest& message)
{
    net::EndTranscodingSessionRequest proto;
    if (message.auth_token) *proto.mutable_auth_token() = to(*message.auth_token);
    return serialize(proto);
}

Bytes encode(const EndTranscodingSessionResponse& /*message*/)
{
    return {};
}

Bytes encode(const OrchestratorRequest& message)
{
    net::OrchestratorRequest proto;
    proto.set_address(text(message.address));
    proto.set_sig(text(message.signature));
    if (message.capabilities) *proto.mutable_capabilities() = to(*message.capabilities);
    return serialize(proto);
}

Bytes encode(const Payment& message)
{
    net::Payment proto;
    if (message.ticket_params) *proto.mutable_ticket_params() = to(*message.ticket_params);
    proto.set_sender(text(message.sender));
    if (message.expiration_params) {
        *proto.mutable_expiration_params() = to(*message.expiration_params);
    }
    for (const auto& each : message.ticket_sender_params) {
        auto& sender = *proto.add_ticket_sender_params();
        sender.set_sender_nonce(each.sender_nonce);
        sender.set_sig(text(each.signature));
    }
    if (message.expected_price) *proto.mutable_expected_price() = to(*message.expected_price);
    return serialize(proto);
}

Bytes encode(const TranscodeResult& message)
{
    net::TranscodeResult proto;
    proto.set_seq(message.seq);
    if (const auto* error = std::get_if<std::string>(&message.result)) proto.set_error(*error);
    if (const auto* data = std::get_if<TranscodeData>(&message.result)) {
        *proto.mutable_data() = to(*data);
    }
    if (message.info) *proto.mutable_info() = to(*message.info);
    return serialize(proto);
}

Bytes encode(const PaymentResult& message)
{
    net::PaymentResult proto;
    if (message.info) *proto.mutable_info() = to(*message.info);
    return serialize(proto);
}

Bytes encode(const RegisterRequest& message)
{
    net::RegisterRequest proto;
    proto.set_secret(message.secret);
    proto.set_capacity(message.capacity);
    if (message.capabilities) *proto.mutable_capabilities() = to(*message.capabilities);
    return serialize(proto);
}

Bytes encode(const NotifySegment& message)
{
    net::NotifySegment proto;
    proto.set_url(message.url);
    if (message.seg_data) *proto.mutable_segdata() = to(*message.seg_data);
    proto.set_taskid(message.task);
    // A teardown carries nothing but the session (livepeer-wire 4.2).
    if (!message.url.empty()) proto.set_profiles(std::string{legacy_profiles});
    proto.set_orchid(message.orchestrator);
    proto.set_millpond(text(message.millpond));
    return serialize(proto);
}

template <>
Result<Capabilities, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::Capabilities>(view));
    return from(proto);
}

template <>
Result<AuthToken, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::AuthToken>(view));
    return from(proto);
}

template <>
Result<PingPong, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::PingPong>(view));
    return PingPong{.value = bytes(proto.value())};
}

template <>
Result<EndTranscodingSessionRequest, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::EndTranscodingSessionRequest>(view));
    EndTranscodingSessionRequest message;
    if (proto.has_auth_token()) message.auth_token = from(proto.auth_token());
    return message;
}

template <>
Result<EndTranscodingSessionResponse, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::EndTranscodingSessionResponse>(view));
    static_cast<void>(proto);
    return EndTranscodingSessionResponse{};
}

template <>
Result<OrchestratorRequest, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::OrchestratorRequest>(view));
    OrchestratorRequest message{
        .address = bytes(proto.address()), .signature = bytes(proto.sig()), .capabilities = {}
    };
    if (proto.has_capabilities()) message.capabilities = from(proto.capabilities());
    return message;
}

template <>
Result<OrchestratorInfo, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::OrchestratorInfo>(view));
    return from(proto);
}

template <>
Result<Payment, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::Payment>(view));
    Payment message;
    if (proto.has_ticket_params()) message.ticket_params = from(proto.ticket_params());
    message.sender = bytes(proto.sender());
    if (proto.has_expiration_params()) message.expiration_params = from(proto.expiration_params());
    for (const auto& each : proto.ticket_sender_params()) {
        message.ticket_sender_params.push_back(
            {.sender_nonce = each.sender_nonce(), .signature = bytes(each.sig())}
        );
    }
    if (proto.has_expected_price()) message.expected_price = from(proto.expected_price());
    return message;
}

template <>
Result<SegData, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::SegData>(view));
    return from(proto);
}

template <>
Result<TranscodeResult, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::TranscodeResult>(view));
    TranscodeResult message{.seq = proto.seq(), .result = {}, .info = {}};
    if (proto.has_error()) message.result = proto.error();
    if (proto.has_data()) message.result = from(proto.data());
    if (proto.has_info()) message.info = from(proto.info());
    return message;
}

template <>
Result<PaymentResult, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::PaymentResult>(view));
    PaymentResult message;
    if (proto.has_info()) message.info = from(proto.info());
    return message;
}

template <>
Result<RegisterRequest, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::RegisterRequest>(view));
    RegisterRequest message{
        .secret = proto.secret(), .capacity = proto.capacity(), .capabilities = {}
    };
    if (proto.has_capabilities()) message.capabilities = from(proto.capabilities());
    return message;
}

template <>
Result<NotifySegment, Malformed> parse(ByteView view)
{
    MILLPOND_TRY(const auto proto, deserialize<net::NotifySegment>(view));
    NotifySegment message{
        .url = proto.url(),
        .seg_data = {},
        .task = proto.taskid(),
        .orchestrator = proto.orchid(),
        .millpond = bytes(proto.millpond()),
    };
    if (proto.has_segdata()) {
        MILLPOND_TRY(message.seg_data, from(proto.segdata()));
    }
    return message;
}

}  // namespace millpond::wire
