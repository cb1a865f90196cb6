#include "edge/payments/redeemer.hpp"

#include "core/payment/redemption.hpp"

#include <utility>

namespace millpond {

struct Redeemer::Inside {
    PaymentChain& chain;
    TicketDesk& desk;
    Told told;
    bool at_it = false;
    bool gone = false;

    void tell(const Hash32& ticket, const std::string& why) const
    {
        if (told) told(ticket, why);
    }

    Task<void> run(std::shared_ptr<Inside> self)
    {
        at_it = true;
        for (const Address& sender : desk.winners().senders()) {
            if (!co_await run_sender(sender)) break;
        }
        at_it = false;
        std::ignore = self;
    }

    /// False while a redemption is under way: the next waits for it.
    Task<bool> run_sender(Address sender)
    {
        for (const payment::WinningTicket& winner : desk.winners().of(sender)) {
            const auto funds = co_await chain.funds(sender);
            if (gone) co_return false;
            const auto view = chain.view();
            if (!funds || !view) co_return true;
            const bool done = co_await step(winner, *funds, *view);
            if (gone || !done) co_return false;
        }
        co_return true;
    }

    Task<bool> step(
        payment::WinningTicket winner, payment::SenderFunds funds, payment::ChainView view
    )
    {
        const Hash32 name = payment::Winners::name_of(winner);
        const auto can = payment::redeemable(winner, funds, view, desk.desk().rules());
        if (can == payment::Redeem::lost) {
            std::ignore = co_await desk.close(name, {.end = RedemptionEnd::lost});
            co_return true;
        }
        if (can != payment::Redeem::now) {
            if (can != payment::Redeem::not_yet) tell(name, std::string{payment::name_of(can)});
            co_return true;
        }
        const auto stepped = co_await chain.redeem(winner);
        if (gone) co_return false;
        if (!stepped) {
            tell(name, stepped.error().what);
            co_return true;
        }
        if (!*stepped) co_return false;
        std::ignore = co_await desk.close(name, **stepped);
        co_return true;
    }
};

Redeemer::Redeemer(PaymentChain& chain, TicketDesk& desk, Told told)
    : inside_(std::make_shared<Inside>(chain, desk, std::move(told)))
{
}

Redeemer::~Redeemer()
{
    inside_->gone = true;
}

void Redeemer::look()
{
    if (inside_->at_it || inside_->desk.winners().size() == 0) return;
    spawn(inside_->run(inside_));
}

}  // namespace millpond
