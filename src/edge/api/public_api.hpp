#pragma once

#include "base/task.hpp"
#include "edge/api/evidence_shelf.hpp"
#include "edge/api/signed_request.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"
#include "edge/store/epoch_proofs.hpp"
#include "flow/bookkeeper.hpp"
#include "flow/settlement.hpp"

#include <string_view>

namespace millpond {

/// What everybody may read of a pool that keeps a book, on the port that everybody reaches
/// (schema/http/public.json): its rules, its epochs, proofs of pay; and, signed, what concerns the
/// one who asks.
class PublicApi {
public:
    PublicApi(net::Loop& loop, const Bookkeeper& keeper, store::EpochProofs& proofs)
        : loop_(loop),
          keeper_(keeper),
          proofs_(proofs)
    {
    }

    /// Of a pool on a chain.
    void set_settlement(const Settlement& settlement) { settlement_ = &settlement; }

    /// Of one that opens cases: evidence of those before the court is for everybody to judge.
    void set_shelf(EvidenceShelf& shelf) { shelf_ = &shelf; }

    [[nodiscard]] static bool handles(std::string_view path)
    {
        return path.starts_with("/api/v1/");
    }

    Task<void> serve(net::Exchange& exchange);
    /// Everything below `/api/v1/epochs/`, for the operator's port as well. False where there is no
    /// such page: nothing has been answered then.
    Task<bool> serve_epoch(net::Exchange& exchange);

private:
    Task<void> serve_transcoder(net::Exchange& exchange);
    Task<void> serve_evidence(net::Exchange& exchange);

    net::Loop& loop_;
    const Bookkeeper& keeper_;
    store::EpochProofs& proofs_;
    const Settlement* settlement_ = nullptr;
    EvidenceShelf* shelf_ = nullptr;
};

}  // namespace millpond
