#include "edge/net/internal/tls.hpp"

#include "base/bytes.hpp"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace millpond::net {
namespace {

constexpr std::size_t read_ahead_bytes = 64U << 10U;
constexpr std::array<unsigned char, 12> alpn_both = {
    2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'
};

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};

struct CloseFile {
    void operator()(FILE* file) const { std::fclose(file); }
};

using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;
using File = std::unique_ptr<FILE, CloseFile>;

void add_extension(X509* certificate, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (extension == nullptr) return;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate self_signed(EVP_PKEY* key, const std::string& name)
{
    constexpr std::int64_t lifetime_s = std::int64_t{8765} * 3600;
    Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    BIGNUM* serial = BN_new();
    BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate.get()));
    BN_free(serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime_s);
    X509_set_pubkey(certificate.get(), key);
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyCertSign");
    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate.get(), NID_subject_alt_name, "DNS:" + name);
    X509_sign(certificate.get(), key, EVP_sha256());
    return certificate;
}

File create_private(const std::string& path)
{
    const int descriptor = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    return File{descriptor < 0 ? nullptr : ::fdopen(descriptor, "w")};
}

// NOLINTNEXTLINE(readability-function-size): the shape that OpenSSL calls
int select_alpn(
    SSL* /*ssl*/,
    const unsigned char** out,
    unsigned char* out_size,
    const unsigned char* offered,
    unsigned int offered_size,
    void* /*context*/
)
{
    unsigned char* chosen = nullptr;
    const int found = SSL_select_next_proto(
        &chosen, out_size, alpn_both.data(), alpn_both.size(), offered, offered_size
    );
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_common(SSL_CTX* context)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // The quicker of the two AES first; what is carried is public video.
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_ciphersuites(
        context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    );
    // Several records a read of the socket, instead of two reads a record.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, read_ahead_bytes);
    // Peers stay connected and do not resume: nothing is to be kept for that, on either side.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}

int write_sealed(BIO* bio, const char* bytes, std::size_t size, std::size_t* written)
{
    auto& sealed = *static_cast<std::vector<std::uint8_t>*>(BIO_get_data(bio));
    const auto* from = reinterpret_cast<const std::uint8_t*>(bytes);
    sealed.insert(sealed.end(), from, from + size);
    *written = size;
    return 1;
}

// NOLINTNEXTLINE(google-runtime-int): the shape that OpenSSL calls
long control_sealed(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* sealed_method()
{
    static const BIO_METHOD* method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sealed");
        BIO_meth_set_write_ex(made, write_sealed);
        BIO_meth_set_ctrl(made, control_sealed);
        return made;
    }();
    return method;
}

}  // namespace

std::string last_tls_error()
{
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

Result<void, Fault> ensure_certificate(
    const std::string& certificate_file, const std::string& key_file, const std::string& name
)
{
    const bool has_certificate = std::filesystem::exists(certificate_file);
    const bool has_key = std::filesystem::exists(key_file);
    if (has_certificate && has_key) return {};
    if (has_certificate != has_key) {
        return because(Fault{
            .what = "of the certificate " + certificate_file + " and its key " + key_file +
                    " only one exists"
        });
    }
    const Key key{EVP_EC_gen("P-256")};
    const Certificate certificate = self_signed(key.get(), name);
    const File key_out = create_private(key_file);
    const File certificate_out = create_private(certificate_file);
    if (!key_out || !certificate_out) {
        return because(Fault{
            .what = "cannot write " + key_file + ": " + std::generic_category().message(errno)
        });
    }
    if (PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
            1 ||
        PEM_write_X509(certificate_out.get(), certificate.get()) != 1) {
        return because(Fault{.what = "cannot write " + certificate_file + ": " + last_tls_error()});
    }
    return {};
}

Result<SslContext, Fault> make_server_context(
    const std::string& certificate_file, const std::string& key_file
)
{
    SslContext context{SSL_CTX_new(TLS_server_method())};
    set_common(context.get());
    SSL_CTX_set_alpn_select_cb(context.get(), select_alpn, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
        return because(Fault{.what = "certificate " + certificate_file + ": " + last_tls_error()});
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1) {
        return because(Fault{.what = "key " + key_file + ": " + last_tls_error()});
    }
    return context;
}

SslContext make_client_context()
{
    SslContext context{SSL_CTX_new(TLS_client_method())};
    set_common(context.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    constexpr std::array<unsigned char, 3> h2 = {2, 'h', '2'};
    SSL_CTX_set_alpn_protos(context.get(), h2.data(), h2.size());
    return context;
}

void set_ends(SSL* ssl, int socket, std::vector<std::uint8_t>& sealed)
{
    BIO* out = BIO_new(sealed_method());
    BIO_set_data(out, &sealed);
    BIO_set_init(out, 1);
    SSL_set_bio(ssl, BIO_new_socket(socket, BIO_NOCLOSE), out);
}

std::string fingerprint(X509* certificate)
{
    if (certificate == nullptr) return {};
    Hash32 digest{};
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return to_hex(digest);
}

}  // namespace millpond::net
