#include "sim/gateway_side.hpp"

#include "base/assert.hpp"
#include "core/payment/redemption.hpp"
#include "sim/pool_side.hpp"

#include <algorithm>

namespace millpond::sim {
namespace {

constexpr std::uint32_t nonces_most = 600;
constexpr int tickets_most = 1'000;

Hash32 bytes_of(Chance& chance)
{
    Hash32 bytes{};
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(chance.next() >> 56U);
    return bytes;
}

Wei sum_of(const Wei& left, const Wei& right)
{
    const auto sum = add(left, right);
    MILLPOND_ASSERT(sum.has_value());
    return *sum;
}

}  // namespace

GatewaySide::GatewaySide(
    const GatewayHabits& habits, Address sender, std::uint64_t seed, const Wei& pay
)
    : sender_(sender),
      chance_(scattered(seed))
{
    const Wei deposit = multiply(pay, Wei{habits.deposit_w}).value_or(Wei{});
    funds_ = {.deposit = deposit, .reserve = deposit, .pool_size = 1};
}

bool GatewaySide::send_ticket(
    payment::Desk& desk,
    const payment::ChainView& chain,
    const payment::Account& account,
    const Price& price,
    Time now
)
{
    if (!asked_ || asked_->expiration_block <= chain.l1_block || nonce_ == nonces_most) {
        const auto asked = desk.ask(sender_, funds_, chain, price, bytes_of(chance_));
        if (!asked) return false;
        asked_ = *asked;
        nonce_ = 0;
    }
    TicketSignature ticket{.nonce = ++nonce_};
    const Hash32 mark = bytes_of(chance_);
    std::ranges::copy(mark, ticket.signature.begin());
    const Payment payment{
        .params = *asked_, .sender = sender_, .tickets = {ticket}, .expected_price = price
    };
    const std::array<std::optional<Address>, 1> signers = {sender_};
    const auto received = desk.receive(payment, signers, account, funds_, chain, now);
    for (const payment::WinningTicket& winner : received.winners)
        winners_.add(winner);
    return !received.refused;
}

bool GatewaySide::pays(
    payment::Desk& desk,
    const payment::ChainView& chain,
    const SessionId& session,
    const Price& price,
    Time now
)
{
    const payment::Account account{.sender = sender_, .session = session};
    for (int i = 0; i < tickets_most && !desk.admits(account, price); ++i)
        if (!send_ticket(desk, chain, account, price, now)) return false;
    return desk.admits(account, price);
}

void GatewaySide::use(payment::Desk& desk, const SessionId& session, const Price& price, Time now)
{
    const payment::Account account{.sender = sender_, .session = session};
    desk.use(account, price, segment_pixels, now);
    const auto cost = payment::cost_of(price, segment_pixels);
    MILLPOND_ASSERT(cost.has_value());
    used_ = sum_of(used_, cost->whole);
}

void GatewaySide::redeem(const payment::ChainView& chain, const payment::Rules& rules)
{
    while (true) {
        const auto open = winners_.of(sender_);
        const auto next = payment::next_to_redeem(open, funds_, chain, rules);
        if (!next) return;
        // The deposit goes first, then what is set aside for this recipient.
        const Wei& face = open[*next].ticket.params.face_value;
        const Wei rest = subtract(face, funds_.deposit).value_or(Wei{});
        funds_.deposit = subtract(funds_.deposit, face).value_or(Wei{});
        funds_.reserve = subtract(funds_.reserve, rest).value_or(Wei{});
        redeemed_ = sum_of(redeemed_, face);
        winners_.close(payment::Winners::name_of(open[*next]));
    }
}

void GatewaySide::drain()
{
    funds_.deposit = {};
    funds_.reserve = {};
}

}  // namespace millpond::sim
