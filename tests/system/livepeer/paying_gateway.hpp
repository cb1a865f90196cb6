#pragma once

#include "core/payment/credit.hpp"
#include "core/payment/ticket.hpp"
#include "crypto/keccak.hpp"
#include "edge/media/inspect.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/url.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/payment_values.hpp"
#include "tests/system/livepeer/conversation.hpp"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millpond {

/// A gateway on a chain, as livepeer-wire 3 and 5 describe it, and as strict as it may be: whatever
/// the orchestrator says that a gateway need not put up with fails the test.
class PayingGateway {
public:
    struct Sent {
        int status = 0;
        std::string text;  ///< of a refusal, or of an error in the answer
        std::uint64_t pixels = 0;
        std::size_t tickets = 0;
    };

    PayingGateway(net::Loop& loop, Ladder ladder) : loop_(loop), ladder_(std::move(ladder)) {}

    void connect(const net::Url& pool)
    {
        client_ = std::make_unique<net::Client>(loop_, net::client_settings(pool));
    }

    void hang_up() { client_.reset(); }

    crypto::PrivateKey key = *crypto::PrivateKey::parse(Bytes(32, 0x11));
    std::function<void(wire::Payment&)> change_payment;
    std::function<void(wire::SegData&)> change_segment;
    std::optional<std::size_t> tickets;  ///< instead of as many as the fee takes
    std::uint64_t l1_block = 20'000'000;
    bool pool_may_die = false;  ///< then what is cut off is no mistake
    Wei ticket_value_max{3'000'000'000'000};
    wire::OrchestratorInfo info;
    std::vector<Exchanged> said;  ///< all of it, in order
    payment::Credit paid;         ///< with tickets that were taken
    payment::Credit used;         ///< for pixels, at the price of the session

    /// The text of a refusal; empty when there is a session now.
    Task<std::string> discover(bool sign = true)
    {
        wire::OrchestratorRequest request;
        const auto address = key.address();
        request.address.assign(address.begin(), address.end());
        if (sign) {
            const auto signature = key.sign_personal(wire::orchestrator_request_message(address));
            request.signature.assign(signature.begin(), signature.end());
        }
        request.capabilities = wire::job_capabilities(ladder_);
        const auto answer = co_await net::call_unary(
            *client_, "/net.Orchestrator/GetOrchestrator", wire::encode(request), soon()
        );
        if (!answer) co_return answer.error().message;
        said.push_back(
            {.path = "/net.Orchestrator/GetOrchestrator",
             .body = wire::encode(request),
             .answer = *answer}
        );
        const auto parsed = wire::parse<wire::OrchestratorInfo>(*answer);
        EXPECT_TRUE(parsed);
        first_price_.reset();
        take_info(*parsed);
        paid = used = {};
        co_return "";
    }

    Task<Sent> push(std::int64_t seq, Blob bytes, Duration duration)
    {
        Sent sent;
        wire::SegData data = segment_of(seq, *bytes, duration);
        wire::Payment payment = pay(duration);
        sent.tickets = payment.ticket_sender_params.size();
        if (change_payment) change_payment(payment);
        sign(data);
        if (change_segment) change_segment(data);
        net::RequestHead head{.method = "POST", .path = "/segment"};
        head.headers.add("livepeer-segment", wire::segment_header(data));
        head.headers.add("livepeer-payment", wire::payment_header(payment));
        head.headers.add("content-type", "video/MP2T");
        const auto headers = head.headers;
        auto call = co_await client_->start(std::move(head), bytes, soon());
        if (!call) {
            sent.text = call.error().what;
            co_return sent;
        }
        const auto answer = co_await (*call)->head();
        const auto body = co_await (*call)->read_all(4U << 20U);
        if (!answer || !body) {
            sent.text = "no answer";
            co_return sent;
        }
        sent.status = answer->status;
        said.push_back(
            {.path = "/segment",
             .headers = headers,
             .body = *bytes,
             .status = answer->status,
             .answer = *body}
        );
        if (answer->status != 200) {
            sent.text = as_text(*body);
            EXPECT_TRUE(sent.text.ends_with('\n'));
            sent.text.pop_back();
            co_return sent;
        }
        count_as_paid(sent.tickets);
        const auto result = wire::parse<wire::TranscodeResult>(*body);
        EXPECT_TRUE(result);
        EXPECT_EQ(result->seq, seq);
        co_await take_result(*result, sent);
        co_return sent;
    }

    /// So many tickets of the parameters in use are credited, whatever was answered.
    void count_as_paid(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            paid = *payment::add(paid, ticket_value_);
    }

    /// What `/payment` answers.
    Task<Sent> prepay(std::size_t count)
    {
        tickets = count;
        wire::SegData data = segment_of(0, {}, std::chrono::seconds{2});
        wire::Payment payment = pay(std::chrono::seconds{2});
        sign(data);
        net::RequestHead head{.method = "POST", .path = "/payment"};
        head.headers.add("livepeer-segment", wire::segment_header(data));
        head.headers.add("livepeer-payment", wire::payment_header(payment));
        const auto headers = head.headers;
        auto call = co_await client_->start(std::move(head), make_blob({}), soon());
        Sent sent;
        if (!call) co_return sent;
        const auto answer = co_await (*call)->head();
        const auto body = co_await (*call)->read_all(4U << 20U);
        sent.status = answer ? answer->status : 0;
        said.push_back(
            {.path = "/payment",
             .headers = headers,
             .body = {},
             .status = sent.status,
             .answer = body.value_or(Bytes{})}
        );
        const auto result = wire::parse<wire::PaymentResult>(body.value_or(Bytes{}));
        if (sent.status == 200) {
            EXPECT_TRUE(result && result->info && result->info->ticket_params);
            if (result && result->info) take_info(*result->info);
        } else {
            sent.text = as_text(body.value_or(Bytes{}));
        }
        co_return sent;
    }

    Task<void> end()
    {
        const wire::EndTranscodingSessionRequest request{.auth_token = info.auth_token};
        const auto answer = co_await net::call_unary(
            *client_, "/net.Orchestrator/EndTranscodingSession", wire::encode(request), soon()
        );
        EXPECT_TRUE(answer);
        said.push_back(
            {.path = "/net.Orchestrator/EndTranscodingSession",
             .body = wire::encode(request),
             .answer = answer.value_or(Bytes{})}
        );
    }

private:
    Time soon() { return loop_.now() + std::chrono::seconds{20}; }

    /// The checks of 3.3, 3.11 and 5.5.
    void take_info(const wire::OrchestratorInfo& told)
    {
        EXPECT_EQ(told.address.size(), 20U);
        ASSERT_TRUE(told.auth_token);
        ASSERT_TRUE(told.price_info);
        EXPECT_GT(told.price_info->pixels_per_unit, 0);
        EXPECT_GE(told.price_info->price_per_unit, 0);
        ASSERT_TRUE(told.ticket_params);
        ASSERT_TRUE(told.ticket_params->expiration_params);
        ASSERT_TRUE(told.capabilities);
        EXPECT_TRUE(wire::compatible(wire::job_capabilities(ladder_), *told.capabilities));
        if (info.auth_token && told.auth_token->session == info.auth_token->session) {
            EXPECT_EQ(told.auth_token, info.auth_token) << "a token never changes in a session";
        }
        const Price price = wire::price_of(*told.price_info);
        if (!first_price_) first_price_ = price;
        EXPECT_LE(
            *multiply(price.per, Wei{first_price_->pixels.value()}),
            *multiply(*multiply(first_price_->per, Wei{2}), Wei{price.pixels.value()})
        ) << "more than double the first price suspends an orchestrator";
        info = told;
        params_ = wire::params_of(*told.ticket_params);
        nonce_ = 0;
        ticket_value_ = payment::expected_value(params_.face_value, params_.win_probability);
        if (price.per.is_zero()) return;
        EXPECT_GT(params_.expiration_block, Wei{l1_block + 1});
        EXPECT_LE(ticket_value_.whole, params_.face_value);
        EXPECT_LE(ticket_value_.whole, ticket_value_max) << "-maxTicketEV";
    }

    wire::SegData segment_of(std::int64_t seq, const Bytes& bytes, Duration duration) const
    {
        wire::SegData data;
        data.manifest = Bytes{'l', 'i', 'v', 'e'};
        data.seq = seq;
        const Hash32 hash = crypto::keccak256(bytes);
        data.hash.assign(hash.begin(), hash.end());
        data.duration_ms = static_cast<std::int32_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()
        );
        data.capabilities = wire::job_capabilities(ladder_);
        data.auth_token = info.auth_token;
        data.ladder = ladder_;
        return data;
    }

    void sign(wire::SegData& data) const
    {
        const auto signature = key.sign_personal(wire::segment_message(data));
        data.signature.assign(signature.begin(), signature.end());
    }

    /// Enough tickets that what is paid covers the estimated fee and one ticket's worth (5.8).
    std::size_t tickets_for(Duration duration) const
    {
        if (tickets) return *tickets;
        const double seconds = std::ceil(std::chrono::duration<double>(duration).count());
        double pixels = 0;
        for (const VideoProfile& each : ladder_)
            pixels += static_cast<double>(each.width * each.height) * each.fps_num * seconds * 1.02;
        const Price price = wire::price_of(*info.price_info);
        const auto fee = *payment::cost_of(price, Pixels{static_cast<std::uint64_t>(pixels)});
        const auto least = std::max(fee, ticket_value_);
        const auto needed = *payment::add(used, least);
        auto have = paid;
        std::size_t count = 0;
        for (; have < needed; ++count)
            have = *payment::add(have, ticket_value_);
        return count;
    }

    wire::Payment pay(Duration duration)
    {
        wire::Payment payment;
        const auto address = key.address();
        payment.sender.assign(address.begin(), address.end());
        payment.expected_price = info.price_info;
        const std::size_t count = tickets_for(duration);
        if (count == 0) return payment;
        payment.ticket_params = info.ticket_params;
        payment.expiration_params = std::exchange(payment.ticket_params->expiration_params, {});
        for (std::size_t i = 0; i < count; ++i) {
            const auto signature =
                key.sign_personal(payment::ticket_hash(params_, Address{address}, ++nonce_));
            payment.ticket_sender_params.push_back(
                {.sender_nonce = nonce_, .signature = {signature.begin(), signature.end()}}
            );
        }
        return payment;
    }

    Task<void> take_result(wire::TranscodeResult result, Sent& sent)
    {
        if (const auto* error = std::get_if<std::string>(&result.result)) {
            sent.text = *error;
            co_return;
        }
        const auto* data = std::get_if<wire::TranscodeData>(&result.result);
        EXPECT_NE(data, nullptr);
        if (data == nullptr) co_return;
        EXPECT_EQ(data->segments.size(), ladder_.size());
        std::vector<Hash32> hashes;
        const Price price = wire::price_of(*info.price_info);
        for (const auto& each : data->segments) {
            sent.pixels += static_cast<std::uint64_t>(each.pixels);
            const auto bytes = co_await download(each.url);
            if (bytes.empty() && pool_may_die) {
                sent.text = "cut off";
                co_return;
            }
            EXPECT_EQ(media::inspect(bytes, media::Depth::frames).pixels, each.pixels);
            hashes.push_back(crypto::keccak256(bytes));
        }
        used = *payment::add(used, *payment::cost_of(price, Pixels{sent.pixels}));
        const auto signer = crypto::recover_personal(wire::result_message(hashes), data->signature);
        EXPECT_TRUE(signer && std::ranges::equal(*signer, info.address)) << "PM Check Failed";
        EXPECT_TRUE(result.info);
        if (result.info) take_info(*result.info);
    }

    Task<Bytes> download(std::string text)
    {
        const auto url = net::parse_url(text);
        auto call = co_await client_->start(
            {.method = "GET", .path = url->path},
            make_blob({}),
            loop_.now() + std::chrono::seconds{4}
        );
        if (!call) co_return Bytes{};
        const auto head = co_await (*call)->head();
        EXPECT_TRUE((head && head->status == 200) || pool_may_die);
        if (!head || head->status != 200) co_return Bytes{};
        auto bytes = co_await (*call)->read_all(300'000'000);
        co_return bytes ? *std::move(bytes) : Bytes{};
    }

    net::Loop& loop_;
    Ladder ladder_;
    std::unique_ptr<net::Client> client_;
    std::optional<Price> first_price_;
    TicketParams params_;
    payment::Credit ticket_value_;
    std::uint32_t nonce_ = 0;
};

}  // namespace millpond
