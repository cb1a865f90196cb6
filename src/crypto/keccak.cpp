#include "crypto/keccak.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

namespace millpond::crypto {
namespace {

constexpr std::size_t words_per_block = keccak_rate / 8;

constexpr std::array<std::uint64_t, 24> round_constants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
// Where lane i goes in the pi step, and how far it turns in rho, along pi's one long cycle.
constexpr std::array<int, 24> pi_to = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                       15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
constexpr std::array<int, 24> rho_by = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                        27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};

// Lanes of several sponges side by side; the compiler turns them into the machine's vectors.
using Two = std::uint64_t __attribute__((vector_size(16)));
using Four = std::uint64_t __attribute__((vector_size(32)));
using Eight = std::uint64_t __attribute__((vector_size(64)));

template <typename Lane>
struct Sponge {
    Lane lanes[25];  // NOLINT(modernize-avoid-c-arrays): vectors in std::array lose their inlining
};

#define MILLPOND_ROTATE(lane, by) (((lane) << (by)) | ((lane) >> (64 - (by))))

/// Keccak-f[1600] (FIPS 202, section 3.3) on one or several states.
template <typename Lane>
[[gnu::always_inline]] inline void permute(Sponge<Lane>& sponge)
{
    Lane(&a)[25] = sponge.lanes;  // NOLINT(modernize-avoid-c-arrays)
    for (const std::uint64_t round_constant : round_constants) {
        Lane c[5];  // NOLINT(modernize-avoid-c-arrays)
#pragma clang loop unroll(full)
        for (int x = 0; x < 5; ++x)
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma clang loop unroll(full)
        for (int x = 0; x < 5; ++x) {
            const Lane d = c[(x + 4) % 5] ^ MILLPOND_ROTATE(c[(x + 1) % 5], 1);
#pragma clang loop unroll(full)
            for (int y = 0; y < 25; y += 5)
                a[x + y] ^= d;
        }
        Lane moved = a[1];
#pragma clang loop unroll(full)
        for (std::size_t i = 0; i < 24; ++i) {
            const Lane next = a[pi_to[i]];
            a[pi_to[i]] = MILLPOND_ROTATE(moved, rho_by[i]);
            moved = next;
        }
#pragma clang loop unroll(full)
        for (int y = 0; y < 25; y += 5) {
            const Lane first = a[y];
            const Lane second = a[y + 1];
            a[y] ^= ~second & a[y + 2];
            a[y + 1] ^= ~a[y + 2] & a[y + 3];
            a[y + 2] ^= ~a[y + 3] & a[y + 4];
            a[y + 3] ^= ~a[y + 4] & first;
            a[y + 4] ^= ~first & second;
        }
        a[0] ^= round_constant;
    }
}

std::uint64_t load_word(const std::uint8_t* bytes)
{
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

void absorb_portably(KeccakLane& lane, std::size_t blocks)
{
    Sponge<std::uint64_t> sponge{};
    std::copy_n(lane.state->begin(), 25, sponge.lanes);
    for (std::size_t block = 0; block < blocks; ++block, lane.bytes += keccak_rate) {
        for (std::size_t i = 0; i < words_per_block; ++i) {
            sponge.lanes[i] ^= load_word(lane.bytes + 8 * i);
        }
        permute(sponge);
    }
    std::copy_n(sponge.lanes, 25, lane.state->begin());
    lane.blocks -= blocks;
}

template <typename Lane, std::size_t width>
[[gnu::always_inline]] inline void absorb_side_by_side(KeccakLane* const* lanes, std::size_t blocks)
{
    Sponge<Lane> sponge{};
    for (std::size_t i = 0; i < 25; ++i) {
        for (std::size_t k = 0; k < width; ++k)
            sponge.lanes[i][k] = (*lanes[k]->state)[i];
    }
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t i = 0; i < words_per_block; ++i) {
            Lane words;
            for (std::size_t k = 0; k < width; ++k)
                words[k] = load_word(lanes[k]->bytes + 8 * i);
            sponge.lanes[i] ^= words;
        }
        for (std::size_t k = 0; k < width; ++k)
            lanes[k]->bytes += keccak_rate;
        permute(sponge);
    }
    for (std::size_t i = 0; i < 25; ++i) {
        for (std::size_t k = 0; k < width; ++k)
            (*lanes[k]->state)[i] = sponge.lanes[i][k];
    }
    for (std::size_t k = 0; k < width; ++k)
        lanes[k]->blocks -= blocks;
}

[[gnu::target("avx2")]] void absorb_four(KeccakLane* const* lanes, std::size_t blocks)
{
    absorb_side_by_side<Four, 4>(lanes, blocks);
}

// AVX-512 turns a word in one instruction and has three-way logic, at every width: two lanes beside
// each other take less time than one in the general registers.
#define MILLPOND_AVX512 [[gnu::target("avx512f,avx512vl,avx512dq")]]

MILLPOND_AVX512 void absorb_two_turning(KeccakLane* const* lanes, std::size_t blocks)
{
    absorb_side_by_side<Two, 2>(lanes, blocks);
}

MILLPOND_AVX512 void absorb_four_turning(KeccakLane* const* lanes, std::size_t blocks)
{
    absorb_side_by_side<Four, 4>(lanes, blocks);
}

MILLPOND_AVX512 void absorb_eight(KeccakLane* const* lanes, std::size_t blocks)
{
    absorb_side_by_side<Eight, 8>(lanes, blocks);
}

enum class Backend : std::uint8_t { portable, avx2, avx512 };

bool machine_can(Backend backend)
{
    switch (backend) {
        case Backend::portable: return true;
        case Backend::avx2: return __builtin_cpu_supports("avx2");
        case Backend::avx512:
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512dq");
    }
    MILLPOND_ASSERT(false);
}

Backend best_backend()
{
    if (machine_can(Backend::avx512)) return Backend::avx512;
    return machine_can(Backend::avx2) ? Backend::avx2 : Backend::portable;
}

Backend& chosen_backend()
{
    static Backend backend = best_backend();
    return backend;
}

/// `count` lanes, at most as many as the machine takes, by the narrowest pass they fit in. What is
/// free in it runs with the first lane's bytes and a state nobody reads.
void absorb_beside(KeccakLane** lanes, std::size_t count, std::size_t blocks)
{
    const Backend backend = chosen_backend();
    // Moving the states in and out costs about as much as a pass.
    const bool alone = count == 1 && (backend != Backend::avx512 || blocks < 4);
    if (alone) return absorb_portably(*lanes[0], blocks);
    KeccakState unread{};
    const KeccakLane filler{.state = &unread, .bytes = lanes[0]->bytes, .blocks = blocks};
    std::array<KeccakLane, 8> fillers;
    fillers.fill(filler);
    std::array<KeccakLane*, 8> beside{};
    for (std::size_t i = 0; i < beside.size(); ++i)
        beside[i] = i < count ? lanes[i] : &fillers[i];
    if (backend == Backend::avx2) return absorb_four(beside.data(), blocks);
    if (count <= 2) return absorb_two_turning(beside.data(), blocks);
    if (count <= 4) return absorb_four_turning(beside.data(), blocks);
    absorb_eight(beside.data(), blocks);
}

void absorb_one(KeccakLane& lane, std::size_t blocks)
{
    KeccakLane* only = &lane;
    absorb_beside(&only, 1, blocks);
}

}  // namespace

std::size_t keccak_width()
{
    switch (chosen_backend()) {
        case Backend::portable: return 1;
        case Backend::avx2: return 4;
        case Backend::avx512: return 8;
    }
    MILLPOND_ASSERT(false);
}

std::string_view keccak_backend()
{
    switch (chosen_backend()) {
        case Backend::portable: return "portable";
        case Backend::avx2: return "avx2";
        case Backend::avx512: return "avx512";
    }
    MILLPOND_ASSERT(false);
}

bool use_keccak_backend(std::string_view name)
{
    for (const Backend backend : {Backend::portable, Backend::avx2, Backend::avx512}) {
        const Backend before = std::exchange(chosen_backend(), backend);
        if (keccak_backend() == name && machine_can(backend)) return true;
        chosen_backend() = before;
    }
    return false;
}

std::size_t absorb(std::span<KeccakLane> lanes)
{
    std::size_t permutations = 0;
    const std::size_t width = keccak_width();
    std::vector<KeccakLane*> open;
    for (auto& lane : lanes) {
        if (lane.blocks > 0) open.push_back(&lane);
    }
    // The longest first: they share the most passes.
    std::ranges::sort(open, std::ranges::greater{}, &KeccakLane::blocks);
    while (!open.empty()) {
        const std::size_t beside = std::min(open.size(), width);
        const std::size_t blocks = open[beside - 1]->blocks;
        absorb_beside(open.data(), beside, blocks);
        permutations += blocks;
        std::erase_if(open, [](const KeccakLane* lane) { return lane->blocks == 0; });
        std::ranges::sort(open, std::ranges::greater{}, &KeccakLane::blocks);
    }
    return permutations;
}

Hash32 keccak_final(KeccakState state, ByteView tail)
{
    MILLPOND_ASSERT(tail.size() < keccak_rate);
    std::array<std::uint8_t, keccak_rate> block{};
    std::ranges::copy(tail, block.begin());
    block[tail.size()] ^= 0x01;  // The original padding; FIPS 202 has 0x06 here.
    block[keccak_rate - 1] ^= 0x80;
    KeccakLane lane{.state = &state, .bytes = block.data(), .blocks = 1};
    absorb_portably(lane, 1);
    Hash32 digest{};
    std::memcpy(digest.data(), state.data(), digest.size());
    return digest;
}

void keccak256_each(std::span<const ByteView> messages, std::span<Hash32> digests)
{
    constexpr std::size_t beside_most = 4;
    constexpr std::size_t blocks_most = 2;
    MILLPOND_ASSERT(messages.size() == digests.size() && messages.size() <= beside_most);
    if (messages.size() < 2) {
        for (std::size_t i = 0; i < messages.size(); ++i)
            digests[i] = keccak256(messages[i]);
        return;
    }
    const std::size_t length = messages.front().size();
    const std::size_t blocks = length / keccak_rate + 1;
    MILLPOND_ASSERT(blocks <= blocks_most);
    std::array<std::array<std::uint8_t, blocks_most * keccak_rate>, beside_most> padded{};
    std::array<KeccakState, beside_most> states{};
    std::array<KeccakLane, beside_most> lanes;
    std::array<KeccakLane*, beside_most> pointers{};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        MILLPOND_ASSERT(messages[i].size() == length);
        std::ranges::copy(messages[i], padded[i].begin());
        padded[i][length] ^= 0x01;
        padded[i][blocks * keccak_rate - 1] ^= 0x80;
        lanes[i] = {.state = &states[i], .bytes = padded[i].data(), .blocks = blocks};
        pointers[i] = &lanes[i];
    }
    if (keccak_width() < messages.size()) {
        for (std::size_t i = 0; i < messages.size(); ++i)
            absorb_portably(lanes[i], blocks);
    } else {
        absorb_beside(pointers.data(), messages.size(), blocks);
    }
    for (std::size_t i = 0; i < messages.size(); ++i)
        std::memcpy(digests[i].data(), states[i].data(), digests[i].size());
}

void Keccak256::update(ByteView piece)
{
    if (filled_ > 0) {
        const std::size_t now = std::min(piece.size(), keccak_rate - filled_);
        std::ranges::copy(piece.first(now), block_.begin() + static_cast<std::ptrdiff_t>(filled_));
        filled_ += now;
        piece = piece.subspan(now);
        if (filled_ < keccak_rate) return;
        KeccakLane lane{.state = &state_, .bytes = block_.data(), .blocks = 1};
        absorb_portably(lane, 1);
        filled_ = 0;
    }
    const std::size_t blocks = piece.size() / keccak_rate;
    if (blocks > 0) {
        KeccakLane lane{.state = &state_, .bytes = piece.data(), .blocks = blocks};
        absorb_one(lane, blocks);
    }
    const ByteView tail = piece.subspan(blocks * keccak_rate);
    std::ranges::copy(tail, block_.begin());
    filled_ = tail.size();
}

Hash32 Keccak256::finish()
{
    return keccak_final(state_, ByteView{block_}.first(filled_));
}

Hash32 keccak256(ByteView message)
{
    Keccak256 keccak;
    keccak.update(message);
    return keccak.finish();
}

}  // namespace millpond::crypto
