#include "bench/support/grpc_yardstick.hpp"

#include "bench/support/child.hpp"
#include "bench/support/paired.hpp"
#include "bench/support/peers.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

namespace millpond::bench {
namespace {

constexpr const char* method = "/bench.Yardstick/Talk";

std::string contents(const std::string& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

grpc::ByteBuffer buffer_of(const std::string& text)
{
    const grpc::Slice slice{text};
    return grpc::ByteBuffer{&slice, 1};
}

std::string text_of(const grpc::ByteBuffer& buffer)
{
    std::vector<grpc::Slice> slices;
    std::ignore = buffer.Dump(&slices);
    std::string text;
    for (const auto& slice : slices)
        text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return text;
}

class Talk final : public grpc::ServerGenericBidiReactor {
public:
    explicit Talk(std::size_t answer_bytes) : answer_bytes_(answer_bytes) { StartRead(&asked_); }

    void OnReadDone(bool ok) override
    {
        if (!ok) {
            Finish(grpc::Status::OK);
            return;
        }
        std::string text = std::to_string(nanoseconds_now());
        text.resize(answer_bytes_, ' ');
        answer_ = buffer_of(text);
        StartWrite(&answer_);
    }

    void OnWriteDone(bool ok) override
    {
        if (ok) StartRead(&asked_);
    }

    void OnDone() override { delete this; }  // NOLINT: gRPC's reactors end themselves

private:
    std::size_t answer_bytes_;
    grpc::ByteBuffer asked_;
    grpc::ByteBuffer answer_;
};

class Service final : public grpc::CallbackGenericService {
public:
    explicit Service(std::size_t answer_bytes) : answer_bytes_(answer_bytes) {}

    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* /*context*/
    ) override
    {
        return new Talk{answer_bytes_};
    }

private:
    std::size_t answer_bytes_;
};

/// A stream on a connection of its own.
struct Stream {
    Stream(const std::string& certificate, std::uint16_t port)
    {
        grpc::SslCredentialsOptions options;
        options.pem_root_certs = certificate;
        grpc::ChannelArguments arguments;
        arguments.SetSslTargetNameOverride("localhost");
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        channel = grpc::CreateCustomChannel(
            "127.0.0.1:" + std::to_string(port), grpc::SslCredentials(options), arguments
        );
        grpc::GenericStub stub{channel};
        call = stub.PrepareCall(&context, method, &queue);
        call->StartCall(this);
        wait();
    }

    void wait()
    {
        void* tag = nullptr;
        bool ok = false;
        if (!queue.Next(&tag, &ok) || !ok) give_up("the gRPC stream broke");
    }

    std::string ask()
    {
        call->Write(buffer_of("next"), this);
        wait();
        grpc::ByteBuffer answer;
        call->Read(&answer, this);
        wait();
        return text_of(answer);
    }

    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
};

}  // namespace

void run_grpc_server(
    const std::string& folder,
    std::size_t answer_bytes,
    const std::function<void(std::uint16_t)>& ready
)
{
    Service service{answer_bytes};
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs = {{contents(folder + "/key.pem"), contents(folder + "/cert.pem")}};
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
    builder.RegisterCallbackGenericService(&service);
    const auto server = builder.BuildAndStart();
    if (!server) give_up("the gRPC server does not start");
    ready(static_cast<std::uint16_t>(port));
    server->Wait();
}

std::int64_t grpc_message_ns(const std::string& folder, std::uint16_t port, int messages)
{
    Stream stream{contents(folder + "/cert.pem"), port};
    std::vector<double> took;
    for (int i = 0; i < messages; ++i) {
        const std::int64_t sent = std::stoll(stream.ask());
        took.push_back(static_cast<double>(nanoseconds_now() - sent));
    }
    return static_cast<std::int64_t>(median(took));
}

void hold_grpc_streams(
    const std::string& folder, std::uint16_t port, int streams, const std::function<void()>& ready
)
{
    const std::string certificate = contents(folder + "/cert.pem");
    std::vector<std::unique_ptr<Stream>> held;
    for (int i = 0; i < streams; ++i) {
        held.push_back(std::make_unique<Stream>(certificate, port));
        std::ignore = held.back()->ask();
    }
    ready();
    ::pause();
}

}  // namespace millpond::bench
