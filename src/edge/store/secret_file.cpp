#include "edge/store/secret_file.hpp"

#include "crypto/digest.hpp"

#include <fstream>

#include <sys/stat.h>

namespace millpond::store {

Result<Hash32, Fault> load_or_make_secret(const std::string& path)
{
    Hash32 secret{};
    if (std::ifstream in{path, std::ios::binary}) {
        in.read(reinterpret_cast<char*>(secret.data()), secret.size());
        if (in.gcount() == static_cast<std::streamsize>(secret.size())) return secret;
        return because(Fault{.what = path + ": is not 32 bytes"});
    }
    crypto::fill_random(secret);
    const auto before = ::umask(0077);
    std::ofstream out{path, std::ios::binary};
    ::umask(before);
    out.write(reinterpret_cast<const char*>(secret.data()), secret.size());
    if (!out.flush()) return because(Fault{.what = path + ": cannot be written"});
    return secret;
}

}  // namespace millpond::store
