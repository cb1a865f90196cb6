#include "bench/support/skeleton.hpp"

#include <cstdlib>

namespace millpond::bench {
namespace {

constexpr const char* go = "/usr/lib/go-1.19/bin/go";

}  // namespace

Skeleton::Skeleton(const std::string& folder)
    : program_(folder + "/skeleton"),
      port_(std::to_string(free_port()))
{
    // Debian's Go with Debian's x/crypto: nothing is fetched.
    const std::string build = "cd " MILLPOND_SOURCE_DIR "/bench/go_skeleton && HOME=" + folder +
                              " GOCACHE=" + folder +
                              "/go-cache GO111MODULE=off "
                              "GOTOOLCHAIN=local GOPATH=/usr/share/gocode " +
                              go + " build -o " + program_ + " .";
    if (std::system(build.c_str()) != 0) give_up("the Go skeleton does not build");
    const std::vector<std::string> environment = {"GOMAXPROCS=2"};
    node_.emplace(
        std::vector<std::string>{
            program_, "node", port_, folder + "/cert.pem", folder + "/key.pem", folder
        },
        environment
    );
    node_->line();
    worker_.emplace(std::vector<std::string>{program_, "worker", port_}, environment);
    worker_->line();
}

double Skeleton::segment_cpu(int segments)
{
    const double before = node_->cpu();
    Child gateway{{program_, "gateway", port_, std::to_string(segments), "4"}, {}};
    gateway.line();
    return (node_->cpu() - before) / segments;
}

}  // namespace millpond::bench
