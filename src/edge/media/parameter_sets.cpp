#include "edge/media/parameter_sets.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace millpond::media {
namespace {

/// The bits of a NAL unit without the bytes that keep start codes apart. Reading past the end, or a
/// number that is longer than 32 bits, spoils it for good.
class Bits {
public:
    explicit Bits(ByteView nal)
    {
        int zeros = 0;
        for (const std::uint8_t byte : nal) {
            if (zeros >= 2 && byte == 3) {
                zeros = 0;
                continue;
            }
            zeros = byte == 0 ? zeros + 1 : 0;
            bytes_.push_back(byte);
        }
    }

    std::uint32_t take(int count)
    {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) {
            if (at_ >= bytes_.size() * 8) {
                spoilt_ = true;
                return 0;
            }
            const auto byte = bytes_[at_ / 8];
            value = (value << 1U) | ((byte >> (7 - at_ % 8)) & 1U);
            ++at_;
        }
        return value;
    }

    bool flag() { return take(1) != 0; }

    /// An Exp-Golomb number, at most `most`.
    int number(std::uint32_t most)
    {
        int zeros = 0;
        while (!spoilt_ && take(1) == 0) {
            if (++zeros > 31) spoilt_ = true;
        }
        if (spoilt_) return 0;
        const std::uint64_t value =
            (std::uint64_t{1} << static_cast<unsigned>(zeros)) - 1 + take(zeros);
        if (value > most) spoilt_ = true;
        return spoilt_ ? 0 : static_cast<int>(value);
    }

    /// A signed one, as it is coded: its value does not matter here, only its length.
    void skip_signed() { std::ignore = number(0xffff'fffeU); }

    int signed_number()
    {
        const int code = number(1'024);
        return code % 2 != 0 ? (code + 1) / 2 : -code / 2;
    }

    [[nodiscard]] bool spoilt() const { return spoilt_; }

private:
    Bytes bytes_;
    std::size_t at_ = 0;
    bool spoilt_ = false;
};

constexpr int side_in_macroblocks_max = 1'055;  // of level 6.2

bool has_chroma_fields(int profile)
{
    static constexpr std::array profiles = {
        100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135
    };
    return std::ranges::find(profiles, profile) != profiles.end();
}

void skip_scaling_list(Bits& bits, int size)
{
    int last = 8;
    for (int i = 0; i < size; ++i) {
        const int next = (last + bits.signed_number() + 256) % 256;
        // From here on the list repeats or is the default one.
        if (next == 0) return;
        last = next;
    }
}

void read_chroma(Bits& bits, SequenceParameters& parameters)
{
    parameters.chroma_format = bits.number(3);
    if (parameters.chroma_format == 3) std::ignore = bits.flag();
    const int luma = bits.number(6);
    const int chroma = bits.number(6);
    parameters.bit_depth = 8 + std::max(luma, chroma);
    std::ignore = bits.flag();
    if (!bits.flag()) return;
    const int lists = parameters.chroma_format == 3 ? 12 : 8;
    for (int i = 0; i < lists && !bits.spoilt(); ++i) {
        if (bits.flag()) skip_scaling_list(bits, i < 6 ? 16 : 64);
    }
}

void skip_picture_order(Bits& bits)
{
    const int kind = bits.number(2);
    if (kind == 0) std::ignore = bits.number(12);
    if (kind != 1) return;
    std::ignore = bits.flag();
    bits.skip_signed();
    bits.skip_signed();
    const int cycle = bits.number(255);
    for (int i = 0; i < cycle && !bits.spoilt(); ++i)
        bits.skip_signed();
}

/// False when more is cut away than there is.
bool read_size(Bits& bits, SequenceParameters& parameters)
{
    const int width = (bits.number(side_in_macroblocks_max - 1) + 1) * 16;
    const int units = bits.number(side_in_macroblocks_max - 1) + 1;
    const bool whole_frames = bits.flag();
    if (!whole_frames) std::ignore = bits.flag();
    const int height = units * 16 * (whole_frames ? 1 : 2);
    std::ignore = bits.flag();
    parameters.coded_pixels = std::int64_t{width} * height;
    parameters.size = {width, height};
    if (!bits.flag()) return true;
    const int across = parameters.chroma_format == 1 || parameters.chroma_format == 2 ? 2 : 1;
    const int down = (parameters.chroma_format == 1 ? 2 : 1) * (whole_frames ? 1 : 2);
    const auto most = static_cast<std::uint32_t>(side_in_macroblocks_max * 16);
    const int left = bits.number(most);
    const int right = bits.number(most);
    const int top = bits.number(most);
    const int bottom = bits.number(most);
    parameters.size = {width - (left + right) * across, height - (top + bottom) * down};
    return parameters.size.width > 0 && parameters.size.height > 0;
}

struct Usability {
    bool present = false;
    bool has_signal = false;
};

/// As far as video_full_range_flag (annex E.1.1).
Usability read_usability(Bits& bits, SequenceParameters& parameters)
{
    constexpr std::uint32_t own_aspect = 255;
    Usability found{.present = bits.flag()};
    if (!found.present) return found;
    if (bits.flag() && bits.take(8) == own_aspect) std::ignore = bits.take(32);
    if (bits.flag()) std::ignore = bits.flag();
    found.has_signal = bits.flag();
    if (!found.has_signal) return found;
    std::ignore = bits.take(3);
    parameters.full_range = bits.flag();
    return found;
}

void skip_buffer_model(Bits& bits)
{
    const int buffers = bits.number(31) + 1;
    std::ignore = bits.take(8);
    for (int i = 0; i < buffers && !bits.spoilt(); ++i) {
        bits.skip_signed();
        bits.skip_signed();
        std::ignore = bits.flag();
    }
    std::ignore = bits.take(20);
}

/// The rest. What is cut off here tells nothing but harms nothing either.
bool read_restriction(Bits& bits, Usability usability)
{
    if (!usability.present) return false;
    if (usability.has_signal && bits.flag()) std::ignore = bits.take(24);
    if (bits.flag()) {
        std::ignore = bits.number(5);
        std::ignore = bits.number(5);
    }
    if (bits.flag()) {
        std::ignore = bits.take(32);
        std::ignore = bits.take(32);
        std::ignore = bits.flag();
    }
    const bool first_model = bits.flag();
    if (first_model) skip_buffer_model(bits);
    const bool second_model = bits.flag();
    if (second_model) skip_buffer_model(bits);
    if (first_model || second_model) std::ignore = bits.flag();
    std::ignore = bits.flag();
    if (!bits.flag()) return false;
    std::ignore = bits.flag();
    for (int i = 0; i < 6; ++i)
        std::ignore = bits.number(16);
    return !bits.spoilt();
}

/// Where the next start code (00 00 01) begins, or the end.
std::size_t next_start_code(ByteView bytes, std::size_t from)
{
    for (std::size_t at = from + 2; at < bytes.size(); ++at) {
        const void* one = std::memchr(bytes.data() + at, 1, bytes.size() - at);
        if (one == nullptr) break;
        at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(one) - bytes.data());
        if (bytes[at - 1] == 0 && bytes[at - 2] == 0) return at - 2;
    }
    return bytes.size();
}

void split_at_start_codes(ByteView packet, const std::function<void(ByteView nal)>& take)
{
    std::size_t at = next_start_code(packet, 0);
    while (at + 3 < packet.size()) {
        const std::size_t from = at + 3;
        at = next_start_code(packet, from);
        if (at > from) take(packet.subspan(from, at - from));
    }
}

std::size_t big_endian(ByteView bytes)
{
    std::size_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = (value << 8U) | byte;
    return value;
}

/// Units behind lengths; gives back what follows the last of `most`, nothing when one is cut off.
std::optional<ByteView> split_at_lengths(
    ByteView bytes,
    std::size_t length_bytes,
    std::size_t most,
    const std::function<void(ByteView nal)>& take
)
{
    for (std::size_t i = 0; i < most && !bytes.empty(); ++i) {
        if (bytes.size() < length_bytes) return std::nullopt;
        const std::size_t length = big_endian(bytes.first(length_bytes));
        bytes = bytes.subspan(length_bytes);
        if (length > bytes.size()) return std::nullopt;
        if (length > 0) take(bytes.first(length));
        bytes = bytes.subspan(length);
    }
    return bytes;
}

}  // namespace

std::optional<SequenceParameters> parse_sequence_parameters(ByteView nal)
{
    if (nal.size() < 4 || (nal[0] & 0x1fU) != 7) return std::nullopt;
    Bits bits{nal.subspan(1)};
    SequenceParameters parameters;
    parameters.profile = static_cast<int>(bits.take(8));
    parameters.constrained = (bits.take(8) & 0x40U) != 0;
    std::ignore = bits.take(8);
    std::ignore = bits.number(31);
    if (has_chroma_fields(parameters.profile)) read_chroma(bits, parameters);
    std::ignore = bits.number(12);
    skip_picture_order(bits);
    parameters.reference_frames = bits.number(16);
    std::ignore = bits.flag();
    if (!read_size(bits, parameters)) return std::nullopt;
    const Usability usability = read_usability(bits, parameters);
    if (bits.spoilt()) return std::nullopt;
    parameters.tells_reordering = read_restriction(bits, usability);
    return parameters;
}

void for_each_nal(
    ByteView packet, NalFraming framing, const std::function<void(ByteView nal)>& take
)
{
    if (framing.length_bytes == 0) {
        split_at_start_codes(packet, take);
    } else {
        std::ignore = split_at_lengths(
            packet, static_cast<std::size_t>(framing.length_bytes), packet.size(), take
        );
    }
}

std::optional<NalFraming> parse_avc_configuration(
    ByteView configuration, const std::function<void(ByteView nal)>& take
)
{
    if (configuration.size() < 6 || configuration[0] != 1) return std::nullopt;
    const NalFraming framing{.length_bytes = (configuration[4] & 3) + 1};
    const std::size_t sets = configuration[5] & 0x1fU;
    if (!split_at_lengths(configuration.subspan(6), 2, sets, take)) return std::nullopt;
    return framing;
}

std::string too_costly(const SequenceParameters& parameters, const DecodeLimits& limits)
{
    static constexpr std::array profiles = {66, 77, 100, 110, 122, 244};
    if (std::ranges::find(profiles, parameters.profile) == profiles.end())
        return "profile " + std::to_string(parameters.profile);
    if (parameters.coded_pixels > limits.pixels)
        return "pictures of " + std::to_string(parameters.coded_pixels) + " pixels";
    if (std::max(parameters.size.width, parameters.size.height) > limits.side)
        return "picture larger than " + std::to_string(limits.side);
    if (parameters.bit_depth > limits.bit_depth)
        return std::to_string(parameters.bit_depth) + " bits a sample";
    if (parameters.chroma_format > limits.chroma_format)
        return "chroma format " + std::to_string(parameters.chroma_format);
    if (parameters.reference_frames > limits.reference_frames)
        return std::to_string(parameters.reference_frames) + " reference frames";
    return {};
}

}  // namespace millpond::media
