#pragma once

#include "core/payment/winners.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/workers.hpp"
#include "edge/payments/payment_chain.hpp"
#include "flow/ports.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// Where gateways' tickets are asked for and taken (livepeer-wire 5). Signatures are recovered on a
/// thread of its own; what is taken is in the journal before the gateway hears of it.
class TicketDesk {
public:
    struct Settings {
        Address recipient;
        Hash32 secret{};  ///< kept over restarts, so that parameters that are out stay good
        payment::Rules rules;
        Price price;
        std::map<Address, Price> prices;  ///< of senders that have another one
    };

    /// What a gateway is told about paying.
    struct Terms {
        TicketParams params;
        Price price;
    };

    struct Signers {
        std::optional<Address> segment;
        std::vector<std::optional<Address>> tickets;  ///< one each; none for what names nobody
    };

    TicketDesk(
        net::Loop& loop, Journal& journal, PaymentChain& chain, Metrics& metrics, Settings settings
    );

    /// Called when the journal fails: nothing more may be promised to anyone.
    void on_journal_failed(std::function<void(const Fault&)> then);
    /// What the journal says was taken before, in its order, before anything new is taken.
    void restore(const TicketsTaken& taken, Time at);
    void restore(const WinnerClosed& closed);
    void restore_work(const payment::Account& account, Pixels pixels, Time at);

    /// Parameters for more tickets; the text says why there are none.
    Task<Result<Terms, std::string>> ask(Address sender, SessionId session);
    /// Who signed a segment's papers and each ticket that came with it.
    Task<Signers> recover(Payment payment, Hash32 segment, Bytes signature);
    /// Takes what came with a segment; the text is the refusal's (livepeer-wire 5.6).
    Task<Result<void, std::string>> receive(
        Payment payment, std::vector<std::optional<Address>> signers, SessionId session
    );
    /// Whether the session has paid for another segment.
    [[nodiscard]] bool covers(const payment::Account& account) const;
    /// The session had that much work done.
    void charge(const payment::Account& account, Pixels pixels);

    /// Due when the chain has moved.
    void tick();
    Task<bool> close(Hash32 ticket, Redemption redemption);

    [[nodiscard]] const payment::Winners& winners() const { return winners_; }

    [[nodiscard]] const payment::Desk& desk() const { return desk_; }

private:
    [[nodiscard]] Price price_for(const Address& sender) const;
    Task<bool> record(EntryBody body);

    net::Loop& loop_;
    Journal& journal_;
    PaymentChain& chain_;
    Metrics& metrics_;
    Settings settings_;
    payment::Desk desk_;
    payment::Winners winners_;
    net::Workers workers_;
    std::function<void(const Fault&)> journal_failed_;
};

}  // namespace millpond
