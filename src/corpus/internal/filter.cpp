#include "corpus/internal/filter.hpp"

namespace millpond::corpus {
namespace {

struct Chain {
    Graph graph;
    AVFilterContext* in = nullptr;
    AVFilterContext* out = nullptr;
};

Result<Chain, Fault> open_chain(const Clip& clip, const std::string& text)
{
    const AVFrame& first = *clip.pictures.front();
    Chain chain{.graph = Graph{avfilter_graph_alloc()}};
    chain.graph->nb_threads = 1;
    const std::string input = "video_size=" + std::to_string(first.width) + "x" +
                              std::to_string(first.height) +
                              ":pix_fmt=" + std::to_string(first.format) +
                              ":time_base=1/90000:frame_rate=" + std::to_string(clip.rate.num) +
                              "/" + std::to_string(clip.rate.den);
    int error = avfilter_graph_create_filter(
        &chain.in, avfilter_get_by_name("buffer"), "in", input.c_str(), nullptr, chain.graph.get()
    );
    if (error >= 0) {
        error = avfilter_graph_create_filter(
            &chain.out,
            avfilter_get_by_name("buffersink"),
            "out",
            nullptr,
            nullptr,
            chain.graph.get()
        );
    }
    if (error < 0) return because(fault_of("begin the filters", error));
    AVFilterInOut* from = avfilter_inout_alloc();
    AVFilterInOut* to = avfilter_inout_alloc();
    *from = {.name = av_strdup("in"), .filter_ctx = chain.in, .pad_idx = 0, .next = nullptr};
    *to = {.name = av_strdup("out"), .filter_ctx = chain.out, .pad_idx = 0, .next = nullptr};
    error = avfilter_graph_parse_ptr(chain.graph.get(), text.c_str(), &to, &from, nullptr);
    avfilter_inout_free(&from);
    avfilter_inout_free(&to);
    if (error >= 0) error = avfilter_graph_config(chain.graph.get(), nullptr);
    if (error < 0) return because(fault_of("filter with " + text, error));
    return chain;
}

}  // namespace

Result<Clip, Fault> filtered(const Clip& clip, const std::string& chain)
{
    MILLPOND_TRY(const Chain open, open_chain(clip, chain));
    Clip made{
        .pictures = {}, .times = {}, .end = clip.end, .rate = av_buffersink_get_frame_rate(open.out)
    };
    const auto drain = [&] {
        while (true) {
            Picture picture = hold(av_frame_alloc());
            if (av_buffersink_get_frame(open.out, picture.get()) < 0) return;
            picture->pts = av_rescale_q(picture->pts, av_buffersink_get_time_base(open.out), ticks);
            picture->pict_type = AV_PICTURE_TYPE_NONE;
            made.times.push_back(picture->pts);
            made.pictures.push_back(std::move(picture));
        }
    };
    for (int i = 0; i < clip.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Picture picture = hold(av_frame_clone(clip.pictures[at].get()));
        picture->pts = clip.times[at];
        const int error = av_buffersrc_add_frame_flags(open.in, picture.get(), 0);
        if (error < 0) return because(fault_of("filter a picture", error));
        drain();
    }
    // The end's time lets a frame-rate filter fill up to where the next segment begins.
    av_buffersrc_close(open.in, clip.end, 0);
    drain();
    if (made.pictures.empty()) return because(fault_of("keep a picture with " + chain));
    if (made.rate.num <= 0 || made.rate.den <= 0) made.rate = clip.rate;
    return made;
}

}  // namespace millpond::corpus
