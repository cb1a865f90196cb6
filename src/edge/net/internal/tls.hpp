#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace millpond::net {

struct FreeSslContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using SslContext = std::unique_ptr<SSL_CTX, FreeSslContext>;

/// Makes an ECDSA P-256 key and a self-signed certificate with one dNSName (livepeer-wire 1.2) if
/// neither file exists; leaves existing files alone.
Result<void, Fault> ensure_certificate(
    const std::string& certificate_file, const std::string& key_file, const std::string& name
);

Result<SslContext, Fault> make_server_context(
    const std::string& certificate_file, const std::string& key_file
);
/// Takes any certificate: peers have self-signed ones, and who needs more pins it.
SslContext make_client_context();

/// Lets `ssl` read from the socket and write to the end of `sealed`, which its owner then sends.
void set_ends(SSL* ssl, int socket, std::vector<std::uint8_t>& sealed);

/// SHA-256 of the DER form, hex; empty without a certificate.
[[nodiscard]] std::string fingerprint(X509* certificate);
[[nodiscard]] std::string last_tls_error();

}  // namespace millpond::net
