#include "edge/media/internal/h264_gate.hpp"

namespace millpond::media {
namespace {

// Kinds of NAL units.
constexpr unsigned slice = 1;
constexpr unsigned partition_a = 2;
constexpr unsigned partition_c = 4;
constexpr unsigned key_slice = 5;
constexpr unsigned sequence_parameters = 7;

}  // namespace

void H264Gate::configure(ByteView extradata)
{
    const auto each = [this](ByteView nal) { take(nal); };
    if (const auto framing = parse_avc_configuration(extradata, each)) {
        framing_ = *framing;
    } else {
        for_each_nal(extradata, {}, each);
    }
}

void H264Gate::pass(ByteView packet)
{
    if (static_cast<std::int64_t>(packet.size()) > limits_.bytes_per_frame) {
        problem_ = "a frame of " + std::to_string(packet.size()) + " bytes";
        return;
    }
    slices_ = 0;
    for_each_nal(packet, framing_, [this](ByteView nal) { take(nal); });
    if (slices_ > limits_.slices_per_frame)
        problem_ = "a frame of " + std::to_string(slices_) + " slices";
}

void H264Gate::take(ByteView nal)
{
    const unsigned kind = nal[0] & 0x1fU;
    if (kind == slice || kind == key_slice) ++slices_;
    if (kind >= partition_a && kind <= partition_c) problem_ = "data partitioning";
    if (kind != sequence_parameters) return;
    const auto parameters = parse_sequence_parameters(nal);
    if (!parameters) {
        problem_ = "broken parameter sets";
        return;
    }
    if (auto why = too_costly(*parameters, limits_); !why.empty()) problem_ = std::move(why);
    if (first_ && first_->size != parameters->size) size_changes_ = true;
    if (!first_) first_ = parameters;
}

}  // namespace millpond::media
