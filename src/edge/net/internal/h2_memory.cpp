#include "edge/net/internal/h2_memory.hpp"

#include <cstdlib>

#include <sys/mman.h>

namespace millpond::net {
namespace {

constexpr std::size_t page = 4U << 10U;
constexpr std::size_t large = 16U << 10U;

void* allocate(std::size_t size, void* /*user*/)
{
    if (size < large) return std::malloc(size);
    void* block = nullptr;
    if (::posix_memalign(&block, page, size) != 0) return nullptr;
    // The allocator may have had these pages before; the system takes them back until they are
    // used.
    ::madvise(block, size / page * page, MADV_DONTNEED);
    return block;
}

void release(void* block, void* /*user*/)
{
    std::free(block);
}

void* allocate_zeroed(std::size_t count, std::size_t size, void* /*user*/)
{
    return std::calloc(count, size);
}

void* reallocate(void* block, std::size_t size, void* user)
{
    return block == nullptr ? allocate(size, user) : std::realloc(block, size);
}

}  // namespace

nghttp2_mem* h2_memory()
{
    static nghttp2_mem memory{nullptr, allocate, release, allocate_zeroed, reallocate};
    return &memory;
}

}  // namespace millpond::net
