#include "edge/picture/measure.hpp"

#include "edge/media/pictures.hpp"
#include "edge/media/transcode.hpp"
#include "edge/picture/align.hpp"
#include "edge/picture/detail.hpp"
#include "edge/picture/glance.hpp"
#include "edge/picture/internal/reference.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace millpond::picture {
namespace {

constexpr int frames_max = 4'096;    ///< of one file; longer segments are not looked into
constexpr std::size_t held_max = 8;  ///< source frames at a time

/// A source frame while renditions are compared with it.
struct SourceFrame {
    int index = 0;
    media::DecodedPicture picture;
    std::array<Plane, 3> mapped;  ///< where its range is not the renditions'
    std::array<PlaneView, 3> planes;
};

/// One rendition beside the source.
class Rung {
public:
    explicit Rung(const RungInput& input) : plan_(input.plan)
    {
        report_.rung = plan_.rung;
        auto opened =
            media::Pictures::open(input.bytes, {.quantisers = true, .frames_max = frames_max});
        if (!opened) {
            report_.problem = opened.error().what;
            return;
        }
        pictures_.emplace(std::move(*opened));
        report_.width = pictures_->size().width;
        report_.height = pictures_->size().height;
        report_.slice_bytes = pictures_->slice_bytes();
        report_.full_range = pictures_->full_range();
        grid_.emplace(report_.width, report_.height);
    }

    void align_with(const std::vector<std::int64_t>& source)
    {
        if (!pictures_) return;
        const auto& pts = pictures_->pts();
        matches_ = align(source, pts, pictures_->mp4());
        if (!pts.empty()) report_.duration = pts.back() - pts.front();
        if (pts.size() > 1)
            report_.duration += report_.duration / static_cast<std::int64_t>(pts.size() - 1);
        quarters_.resize(every_frame() ? 4 : 1);
    }

    /// The first source frame still needed.
    [[nodiscard]] int needs() const
    {
        return next_ < matches_.size() ? matches_[next_].first : frames_max;
    }

    /// Looks at all own frames that can be compared once source frame `last` is there.
    void catch_up(
        int last,
        const std::deque<SourceFrame>& window,
        const std::vector<Thumbnail>& source,
        References& references
    )
    {
        while (next_ < matches_.size() && matches_[next_].last <= last) {
            const media::DecodedPicture* picture = pictures_->next();
            if (picture == nullptr) {
                matches_.resize(next_);
                return;
            }
            look(*picture, window, source, references);
            ++next_;
        }
    }

    RungReport finish(const std::vector<Thumbnail>& source)
    {
        if (!pictures_) return std::move(report_);
        report_.damaged = pictures_->damaged();
        if (!pictures_->problem().empty()) report_.problem = pictures_->problem();
        if (report_.problem.empty() && next_ < pictures_->pts().size())
            report_.problem = "fewer frames decode than there are";
        for (const auto& each : seen_) {
            Glance glance = compare(each.thumbnail, source, each.source);
            glance.key = each.key;
            glance.step2 = each.step2;
            report_.glances.push_back(glance);
        }
        for (const Persisting& each : quarters_)
            if (!each.empty()) report_.persistence.push_back(each.result());
        report_.measured = report_.problem.empty() && !report_.glances.empty();
        return std::move(report_);
    }

private:
    struct Seen {
        Thumbnail thumbnail;
        int source = 0;
        bool key = false;
        std::uint32_t step2 = 0;
    };

    [[nodiscard]] bool every_frame() const { return plan_.frames.empty(); }

    [[nodiscard]] bool drawn() const
    {
        return every_frame() || std::ranges::binary_search(plan_.frames, static_cast<int>(next_));
    }

    void look(
        const media::DecodedPicture& picture,
        const std::deque<SourceFrame>& window,
        const std::vector<Thumbnail>& source,
        References& references
    )
    {
        Seen seen{
            .thumbnail = make_thumbnail(picture.planes),
            .source = matches_[next_].first,
            .key = picture.key,
            .step2 = mean_step2(picture.qp),
        };
        const auto error = [&](int index) {
            return luma_error2(seen.thumbnail, source[static_cast<std::size_t>(index)]);
        };
        for (int i = seen.source + 1; i <= matches_[next_].last; ++i)
            if (error(i) < error(seen.source)) seen.source = i;
        if (drawn()) {
            for (const SourceFrame& frame : window)
                if (frame.index == seen.source) look_closely(picture, frame, references);
        }
        seen_.push_back(std::move(seen));
    }

    void look_closely(
        const media::DecodedPicture& picture, const SourceFrame& source, References& references
    )
    {
        const FrameSize size{report_.width, report_.height};
        const Reference& reference = references.of(source.index, source.planes, size);
        const Plane luma{picture.planes[0]};
        const Plane u{picture.planes[1]};
        const Plane v{picture.planes[2]};
        const auto blocks = sum_blocks(
            {reference.luma, reference.softer(), luma, reference.u, reference.v, u, v}, *grid_
        );
        Examined examined = examine(blocks, *grid_, picture.qp, (size.width + 15) / 16);
        examined.detail.frame = static_cast<std::int32_t>(next_);
        report_.details.push_back(examined.detail);
        quarters_[next_ * quarters_.size() / matches_.size()].add(examined.scores);
    }

    RungPlan plan_;
    RungReport report_;
    std::optional<media::Pictures> pictures_;
    std::optional<BlockGrid> grid_;
    std::vector<Match> matches_;
    std::size_t next_ = 0;
    std::vector<Seen> seen_;
    std::vector<Persisting> quarters_;
};

/// The source beside all renditions.
class Measuring {
public:
    explicit Measuring(const Request& request) : request_(request) {}

    PictureReport run()
    {
        auto opened = media::Pictures::open(request_.source, {.frames_max = frames_max});
        if (!opened) {
            report_.problem = opened.error().what;
            return std::move(report_);
        }
        media::Pictures& source = *opened;
        report_.source_full_range = source.full_range();
        for (const RungInput& input : request_.rungs)
            rungs_.emplace_back(input);
        encode_controls();
        for (Rung& rung : rungs_)
            rung.align_with(source.pts());
        follow(source);
        if (source.damaged()) report_.problem = "the source does not decode whole";
        if (!source.problem().empty()) report_.problem = source.problem();
        report_.source_usable = report_.problem.empty() && !thumbnails_.empty();
        for (std::size_t i = 0; i < rungs_.size(); ++i) {
            auto& to = i < request_.rungs.size() ? report_.rungs : report_.controls;
            to.push_back(rungs_[i].finish(thumbnails_));
        }
        return std::move(report_);
    }

private:
    /// What an honest transcoder may have used: the pool's own encoder, a hasty one and a stranger.
    void encode_controls()
    {
        if (request_.tier != CheckTier::control) return;
        encode_control({.threads = 1, .callers_thread = true, .repeatable = true});
        encode_control(
            {.preset = "ultrafast", .threads = 1, .callers_thread = true, .repeatable = true}
        );
        encode_control({.encoder = media::openh264_name, .threads = 1, .callers_thread = true});
    }

    /// The first must succeed; of the others a rung that cannot be made is left out.
    void encode_control(const media::TranscodeSettings& settings)
    {
        Ladder ladder;
        for (const RungInput& input : request_.rungs) {
            ladder.push_back(input.profile);
            ladder.back().container = Container::mpegts;
        }
        auto made = media::StreamTranscoder{settings}.transcode(request_.source, ladder);
        if (!made) {
            if (rungs_.size() == request_.rungs.size()) report_.problem = made.error().text;
            return;
        }
        for (std::size_t i = 0; i < request_.rungs.size(); ++i) {
            const RungInput& input = request_.rungs[i];
            controls_.push_back(std::move(made->renditions[i].bytes));
            rungs_.emplace_back(
                RungInput{.plan = input.plan, .profile = input.profile, .bytes = controls_.back()}
            );
        }
    }

    void follow(media::Pictures& source)
    {
        while (const media::DecodedPicture* picture = source.next()) {
            if (picture->interlaced) {
                report_.problem = "interlaced";
                return;
            }
            const int index = static_cast<int>(thumbnails_.size());
            window_.push_back(take(*picture, index));
            thumbnails_.push_back(make_thumbnail(window_.back().planes));
            int needed = frames_max;
            for (Rung& rung : rungs_) {
                rung.catch_up(index, window_, thumbnails_, references_);
                needed = std::min(needed, rung.needs());
            }
            while (!window_.empty() && (window_.front().index < needed || window_.size() > held_max)
            ) {
                window_.pop_front();
            }
            references_.forget_before(window_.empty() ? index + 1 : window_.front().index);
        }
    }

    SourceFrame take(const media::DecodedPicture& picture, int index) const
    {
        SourceFrame frame{
            .index = index, .picture = picture, .mapped = {}, .planes = picture.planes
        };
        const bool maps = report_.source_full_range;
        for (std::size_t p = 0; maps && p < 3; ++p) {
            frame.mapped[p] = limited_range(picture.planes[p], p == 0);
            frame.planes[p] = frame.mapped[p].view();
        }
        return frame;
    }

    const Request& request_;
    PictureReport report_;
    std::deque<Bytes> controls_;
    std::deque<Rung> rungs_;
    std::deque<SourceFrame> window_;
    std::vector<Thumbnail> thumbnails_;
    References references_;
};

}  // namespace

PictureReport measure(const Request& request)
{
    return Measuring{request}.run();
}

}  // namespace millpond::picture
