// deps: millpond::config
#include "apps/millpond/config.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    PoolConfig config;
    const auto read = parse_config(as_text({data, size}), "pool.toml", config);
    // A fault says where.
    if (!read) MILLPOND_ASSERT(read.error().what.starts_with("pool.toml:"));
    return 0;
}
