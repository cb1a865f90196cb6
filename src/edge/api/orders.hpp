#pragma once

#include "core/book/bonds.hpp"
#include "core/book/case_ruling.hpp"
#include "core/book/corrections.hpp"
#include "core/book/payouts.hpp"

#include <string>
#include <string_view>

/// What the operator orders, as the bodies of requests.
namespace millpond::api {

/// `{"reference": "…", "payouts": [{"account": "0x…", "amount": "wei"}]}`. The reason names the key
/// that is missing, foreign or of the wrong type.
[[nodiscard]] Result<book::Payment, std::string> parse_payment(
    std::uint64_t epoch, std::string_view body
);

/// `{"ruling": "acquitted|substandard|fraud", "reason": "…", "forfeit": "wei"}`; without `forfeit`
/// who is found guilty loses all that is frozen.
[[nodiscard]] Result<book::CaseOrder, std::string> parse_case_order(
    const Address& account, std::string_view body
);

/// `{"move": "posted|leaving|returned", "mlpt": 10000, "reference": "…"}`, in thousandths of LPT.
[[nodiscard]] Result<book::BondOrder, std::string> parse_bond_order(
    const Address& account, std::string_view body
);

/// `{"more": "wei", "reason": "…"}` or `{"less": "wei", "reason": "…"}`.
[[nodiscard]] Result<book::CorrectionOrder, std::string> parse_correction_order(
    const Address& account, std::string_view body
);

/// `{"member": true}`.
[[nodiscard]] Result<book::MemberOrder, std::string> parse_member_order(
    const Address& account, std::string_view body
);

}  // namespace millpond::api
