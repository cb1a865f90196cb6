#include "edge/sandbox/internal/tray.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

constexpr std::size_t step = 1U << 20U;
/// A larger one is not kept for the next job.
constexpr std::size_t kept_max = 16U << 20U;

}  // namespace

Tray::~Tray()
{
    release();
}

void Tray::release()
{
    if (at_ != nullptr) ::munmap(at_, size_);
    at_ = nullptr;
    size_ = 0;
    file_.reset();
}

bool Tray::grow(std::size_t size)
{
    release();
    size = (size + step - 1) / step * step;
    file_ = Descriptor{::memfd_create("segment", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!file_ || ::ftruncate(file_.number(), static_cast<off_t>(size)) != 0) return false;
    void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.number(), 0);
    if (at == MAP_FAILED) return false;
    at_ = static_cast<std::uint8_t*>(at);
    size_ = size;
    const int seals = F_SEAL_FUTURE_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    return ::fcntl(file_.number(), F_ADD_SEALS, seals) == 0;
}

bool Tray::fill(std::span<const Blob> inputs)
{
    std::size_t needed = 0;
    for (const Blob& input : inputs)
        needed += room_for(input->size());
    const bool wasteful = size_ > kept_max && needed <= kept_max;
    const bool fits = at_ != nullptr && needed <= size_ && !wasteful;
    if (!fits && !grow(std::max(needed, step))) return false;
    std::uint8_t* to = at_;
    for (const Blob& input : inputs) {
        std::ranges::copy(*input, to);
        to += room_for(input->size());
    }
    return true;
}

}  // namespace millpond::sandbox
