#pragma once

#include "crypto/signature.hpp"

#include <secp256k1.h>

namespace millpond::crypto {

/// The curve's tables: one for the process, blinded once; safe for concurrent use after that.
[[nodiscard]] const secp256k1_context* curve();

[[nodiscard]] AddressBytes address_of(const secp256k1_pubkey& key);

}  // namespace millpond::crypto
