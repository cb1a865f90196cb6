#include "bench/support/sha3.hpp"

#include <array>
#include <ctime>
#include <vector>

#include <openssl/evp.h>

namespace millpond::bench {

double sha3_bytes_per_second()
{
    const auto cpu = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    };
    const std::vector<unsigned char> bytes(8'000'000, 7);
    std::array<unsigned char, 32> digest{};
    const double before = cpu();
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha3_256(), nullptr);
    return static_cast<double>(bytes.size()) / (cpu() - before);
}

}  // namespace millpond::bench
