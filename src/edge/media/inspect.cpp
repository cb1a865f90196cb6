#include "edge/media/inspect.hpp"

#include "crypto/digest.hpp"
#include "edge/media/internal/decoder.hpp"
#include "edge/media/internal/h264_gate.hpp"
#include "edge/media/internal/memory_io.hpp"
#include "edge/media/internal/slices.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace millpond::media {
namespace {

constexpr std::size_t ts_packet_bytes = 188;

/// What the packet carries: MPEG-TS puts an ADTS head before AAC, MP4 does not.
ByteView audio_payload(const AVPacket& packet, AVCodecID codec)
{
    const ByteView bytes{packet.data, static_cast<std::size_t>(packet.size)};
    const bool adts = codec == AV_CODEC_ID_AAC && bytes.size() > 9 && bytes[0] == 0xff &&
                      (bytes[1] & 0xf6U) == 0xf0;
    if (!adts) return bytes;
    return bytes.subspan((bytes[1] & 1U) != 0 ? 7 : 9);
}

struct AudioTrack {
    AudioFacts facts;
    crypto::Sha256 sha;

    void add(const AVPacket& packet, AVCodecID codec, AVRational time_base)
    {
        const ByteView payload = audio_payload(packet, codec);
        const std::uint64_t size = payload.size();
        std::array<std::uint8_t, 8> prefix{};
        for (std::size_t i = 0; i < prefix.size(); ++i) {
            prefix[i] = static_cast<std::uint8_t>(size >> (8 * i));
        }
        sha.update(prefix);
        sha.update(payload);
        if (facts.packets++ == 0 && packet.pts != AV_NOPTS_VALUE)
            facts.start = av_rescale_q(packet.pts, time_base, ticks);
    }
};

std::int64_t trailing_ts(ByteView file)
{
    auto stray = static_cast<std::int64_t>(file.size() % ts_packet_bytes);
    for (std::size_t at = 0; at + ts_packet_bytes <= file.size(); at += ts_packet_bytes) {
        if (file[at] != 0x47) stray += static_cast<std::int64_t>(ts_packet_bytes);
    }
    return stray;
}

std::int64_t trailing_mp4(ByteView file)
{
    static constexpr std::array<std::string_view, 8> known = {
        "ftyp", "moov", "mdat", "free", "skip", "moof", "mfra", "uuid"
    };
    std::size_t at = 0;
    while (at + 8 <= file.size()) {
        std::uint64_t size = 0;
        for (std::size_t i = 0; i < 4; ++i)
            size = (size << 8U) | file[at + i];
        const std::string_view kind = as_text(file.subspan(at + 4, 4));
        if (size == 1 && at + 16 <= file.size()) {
            size = 0;
            for (std::size_t i = 8; i < 16; ++i)
                size = (size << 8U) | file[at + i];
        }
        const bool whole = size >= 8 && size <= file.size() - at;
        if (!whole || std::ranges::find(known, kind) == known.end()) break;
        at += size;
    }
    return static_cast<std::int64_t>(file.size() - at);
}

bool is_h264(const AVStream* stream)
{
    return stream != nullptr && stream->codecpar->codec_id == AV_CODEC_ID_H264;
}

ByteView extradata_of(const AVStream* stream)
{
    const AVCodecParameters& codec = *stream->codecpar;
    return {codec.extradata, static_cast<std::size_t>(std::max(0, codec.extradata_size))};
}

/// As libav names it.
std::string pixel_format_of(const SequenceParameters& parameters)
{
    static constexpr std::array names = {"gray", "yuv420p", "yuv422p", "yuv444p"};
    std::string name = names.at(static_cast<std::size_t>(parameters.chroma_format));
    if (parameters.bit_depth == 8) return name;
    return name + std::to_string(parameters.bit_depth) + "le";
}

class Inspection {
public:
    Inspection(ByteView file, Depth depth, const DecodeLimits& limits)
        : file_(file),
          depth_(depth),
          limits_(limits)
    {
    }

    MediaFacts run()
    {
        facts_.bytes = static_cast<std::int64_t>(file_.size());
        if (!open()) return facts_;
        const std::string_view name = format_->iformat->name;
        facts_.container = name.starts_with("mpegts") ? "mpegts" : "mp4";
        facts_.trailing_bytes =
            facts_.container == "mpegts" ? trailing_ts(file_) : trailing_mp4(file_);
        if (video_ != nullptr && !describe_video()) return facts_;
        read();
        if (facts_.slice_bytes > facts_.bytes && facts_.problem.empty())
            facts_.problem = "pictures that overlap in the file";
        if (video_ != nullptr && facts_.problem.empty()) describe_from_parameter_sets();
        if (facts_.problem.empty()) finish();
        return facts_;
    }

    /// Packets without times tell nothing; then the frames have to.
    [[nodiscard]] bool untimed() const { return untimed_; }

private:
    /// An H.264 stream describes itself, so no decoder is asked before all of it has passed the
    /// gate; `Depth::frames` comes second and only for a file that has.
    bool open()
    {
        auto input =
            MemoryInput::open(file_, depth_ == Depth::packets ? Probe::container : Probe::decoders);
        if (input && depth_ == Depth::packets && !is_h264((*input)->video()))
            input = MemoryInput::open(file_, Probe::decoders);
        if (!input) {
            facts_.problem = input.error().what;
            return false;
        }
        input_ = std::move(*input);
        format_ = input_->format();
        video_ = input_->video();
        return true;
    }

    bool describe_video()
    {
        const AVCodecParameters& codec = *video_->codecpar;
        facts_.video_codec = avcodec_get_name(codec.codec_id);
        slice_framing_ = framing_of(extradata_of(video_));
        facts_.rotated = rotation_of(video_) % 180 != 0;
        if (!is_h264(video_)) {
            const char* format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format));
            if (format != nullptr) facts_.pixel_format = format;
            facts_.full_range = codec.color_range == AVCOL_RANGE_JPEG;
            const std::int64_t pixels = std::int64_t{codec.width} * codec.height;
            if (std::max(codec.width, codec.height) > limits_.side || pixels > limits_.pixels) {
                facts_.problem = "picture of " + std::to_string(pixels) + " pixels";
                return false;
            }
            facts_.size = {codec.width, codec.height};
        }
        if (depth_ == Depth::packets) return true;
        auto decoder = Decoder::open(video_, av_guess_frame_rate(format_, video_, nullptr), 1);
        if (decoder) {
            decoder_ = std::move(*decoder);
        } else {
            facts_.decodes = false;
        }
        return true;
    }

    void describe_from_parameter_sets()
    {
        // A stream that was announced and never came has no picture to describe.
        if (!is_h264(video_) || packets_ == 0) return;
        const H264Gate& gate = gate_of(video_);
        if (!gate.parameters()) {
            facts_.problem = "no parameter sets";
            return;
        }
        facts_.h264_profile = gate.parameters()->profile;
        facts_.h264_constrained = gate.parameters()->constrained;
        facts_.size = gate.parameters()->size;
        facts_.pixel_format = pixel_format_of(*gate.parameters());
        facts_.full_range = gate.parameters()->full_range;
        facts_.size_changes = gate.size_changes();
    }

    void read()
    {
        const Packet packet = make_packet();
        while (facts_.problem.empty() && packets_ <= limits_.frames &&
               av_read_frame(format_, packet.get()) >= 0) {
            const AVStream* stream = format_->streams[packet->stream_index];
            const auto size = static_cast<std::size_t>(packet->size);
            if (is_h264(stream)) {
                H264Gate& gate = gate_of(stream);
                gate.pass({packet->data, size});
                facts_.problem = gate.problem();
            }
            if (video_ != nullptr && stream == video_) {
                video_packet(packet.get());
            } else if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
                audio_packet(*packet, *stream);
            }
            av_packet_unref(packet.get());
        }
        if (decoder_) decoder_->feed(nullptr, [this](AVFrame* frame) { note(*frame); });
    }

    H264Gate& gate_of(const AVStream* stream)
    {
        const auto [gate, made] = gates_.try_emplace(stream->index, limits_);
        if (made) gate->second.configure(extradata_of(stream));
        return gate->second;
    }

    void video_packet(AVPacket* packet)
    {
        if (++packets_ > frames_max) {
            facts_.problem = "more than " + std::to_string(frames_max) + " frames";
            return;
        }
        if (packet->pts == AV_NOPTS_VALUE) {
            untimed_ = true;
        } else {
            const std::int64_t pts = av_rescale_q(packet->pts, video_->time_base, ticks);
            expect_in_reason(pts);
            times_.emplace_back(pts, (packet->flags & AV_PKT_FLAG_KEY) != 0);
        }
        if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0) facts_.decodes = false;
        if (is_h264(video_)) note_slices(*packet);
        if (decoder_) decoder_->feed(packet, [this](AVFrame* frame) { note(*frame); });
    }

    void expect_in_reason(std::int64_t pts)
    {
        if (pts > pts_max || pts < -pts_max) facts_.problem = "times beyond all reason";
    }

    void audio_packet(const AVPacket& packet, const AVStream& stream)
    {
        const AVCodecID codec = stream.codecpar->codec_id;
        auto& track = tracks_[stream.index];
        track.facts.codec = avcodec_get_name(codec);
        track.add(packet, codec, stream.time_base);
        expect_in_reason(track.facts.start);
    }

    void note_slices(const AVPacket& packet)
    {
        const ByteView bytes{packet.data, static_cast<std::size_t>(packet.size)};
        visit_slices(bytes, slice_framing_, [this](ByteView slice) {
            facts_.slice_bytes += static_cast<std::int64_t>(slice.size());
            slices_.update(slice);
        });
    }

    void note(const AVFrame& frame)
    {
        const FrameSize size{frame.width, frame.height};
        if (!decoded_.empty() && size != decoded_size_) facts_.size_changes = true;
        decoded_size_ = size;
        expect_in_reason(frame.pts);  // where packets tell none, the decoder goes on counting
        decoded_.emplace_back(frame.pts, frame.key_frame != 0);
    }

    void finish()
    {
        facts_.readable = true;
        auto& frames = decoder_ ? decoded_ : times_;
        if (decoder_ && decoder_->errors() > 0) facts_.decodes = false;
        std::ranges::sort(frames);
        for (const auto& [pts, key] : frames) {
            if (key) facts_.keyframes.push_back(static_cast<int>(facts_.pts.size()));
            facts_.pts.push_back(pts);
        }
        facts_.pixels =
            static_cast<std::int64_t>(frames.size()) * facts_.size.width * facts_.size.height;
        if (facts_.slice_bytes > 0) facts_.slices = slices_.finish();
        for (auto& [index, track] : tracks_) {
            track.facts.digest = track.sha.finish();
            facts_.audio.push_back(track.facts);
        }
    }

    ByteView file_;
    Depth depth_;
    DecodeLimits limits_;
    MediaFacts facts_;
    std::unique_ptr<MemoryInput> input_;
    AVFormatContext* format_ = nullptr;
    AVStream* video_ = nullptr;
    std::map<int, H264Gate> gates_;
    std::optional<Decoder> decoder_;
    std::vector<std::pair<std::int64_t, bool>> times_;
    std::vector<std::pair<std::int64_t, bool>> decoded_;
    FrameSize decoded_size_;
    std::map<int, AudioTrack> tracks_;
    crypto::Sha256 slices_;
    NalFraming slice_framing_;
    int packets_ = 0;
    bool untimed_ = false;
};

}  // namespace

MediaFacts inspect(ByteView file, Depth depth, const DecodeLimits& limits)
{
    Inspection packets{file, Depth::packets, limits};
    MediaFacts facts = packets.run();
    if (!facts.readable || (depth == Depth::packets && !packets.untimed())) return facts;
    return Inspection{file, Depth::frames, limits}.run();
}

}  // namespace millpond::media
