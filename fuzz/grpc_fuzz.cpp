// deps: millpond::edge::net
// gRPC's frames out of a body, however it was cut on its way.
#include "base/assert.hpp"
#include "edge/net/grpc.hpp"

#include <algorithm>

using namespace millpond;

namespace {

/// A request whose body comes in pieces of one size.
class Cut final : public net::Exchange {
public:
    Cut(ByteView body, std::size_t step) : body_(body), step_(step) {}

    [[nodiscard]] const net::RequestHead& head() const override { return head_; }

    Task<Result<Blob, Fault>> read() override
    {
        const auto piece = body_.first(std::min(step_, body_.size()));
        body_ = body_.subspan(piece.size());
        co_return make_blob(Bytes(piece.begin(), piece.end()));
    }

    Task<Result<void, Fault>> respond(net::ResponseHead /*head*/) override { co_return gone_; }

    Task<Result<void, Fault>> write(Blob /*piece*/) override { co_return gone_; }

    Task<Result<void, Fault>> finish(net::Headers /*trailers*/) override { co_return gone_; }

    void on_gone(std::move_only_function<void()> /*then*/) override {}

    [[nodiscard]] bool gone() const override { return false; }

    [[nodiscard]] bool responded() const override { return false; }

private:
    net::RequestHead head_;
    ByteView body_;
    std::size_t step_;
    Result<void, Fault> gone_;
};

Result<Bytes, net::GrpcStatus> read(ByteView body, std::size_t step)
{
    Result<Bytes, net::GrpcStatus> read{Bytes{}};
    Cut cut{body, step};
    spawn([](net::Exchange& from, Result<Bytes, net::GrpcStatus>& to) -> Task<void> {
        to = co_await net::read_message(from);
    }(cut, read));
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const ByteView body{data + 1, size - 1};
    const auto whole = read(body, std::max<std::size_t>(1, body.size()));
    const auto pieces = read(body, 1U + data[0]);
    MILLPOND_ASSERT(whole.has_value() == pieces.has_value());
    if (!whole) MILLPOND_ASSERT(whole.error() == pieces.error());
    if (!whole) return 0;
    MILLPOND_ASSERT(*whole == *pieces);
    // A message is what stands behind the prefix of five bytes.
    MILLPOND_ASSERT(std::ranges::equal(*whole, body.subspan(5, whole->size())));
    return 0;
}
