#pragma once

#include "model/picture.hpp"

/// Every field of a report with its name, once for all its forms. `visit` is called with a name and
/// a field; `Of` is const or not.
namespace millpond::picture {

template <typename Visit, typename Of>
void visit_glance(Visit&& visit, Of& g)
{
    visit("source", g.source);
    visit("key", g.key);
    visit("step2", g.step2);
    visit("error2", g.error2);
    visit("worst", g.worst);
    visit("mean", g.mean);
    visit("mean_u", g.mean_u);
    visit("mean_v", g.mean_v);
    visit("worst_uv", g.worst_uv);
    visit("contrast2", g.contrast2);
    visit("likeness", g.likeness);
    visit("motion2", g.motion2);
    visit("shift", g.shift);
    visit("nearest2", g.nearest2);
}

template <typename Visit, typename Of>
void visit_detail(Visit&& visit, Of& d)
{
    visit("frame", d.frame);
    visit("pixels", d.pixels);
    visit("step2", d.step2);
    visit("error2", d.error2);
    visit("scaler2", d.scaler2);
    visit("error_scaler", d.error_scaler);
    visit("lean", d.lean);
    visit("residual2", d.residual2);
    visit("error2_uv", d.error2_uv);
    visit("detail_reference2", d.detail_reference2);
    visit("detail_both", d.detail_both);
    visit("detail_rendition2", d.detail_rendition2);
    visit("strong_blocks", d.strong_blocks);
    visit("strong_reference2", d.strong_reference2);
    visit("strong_both", d.strong_both);
    visit("strong_rendition2", d.strong_rendition2);
    visit("finest_blocks", d.finest_blocks);
    visit("finest_reference2", d.finest_reference2);
    visit("finest_both", d.finest_both);
    visit("flat_blocks", d.flat_blocks);
    visit("flat_reference2", d.flat_reference2);
    visit("flat_rendition2", d.flat_rendition2);
    visit("mean", d.mean);
    visit("mean_u", d.mean_u);
    visit("mean_v", d.mean_v);
    visit("gain", d.gain);
    visit("contrast2", d.contrast2);
    visit("saturation", d.saturation);
    visit("hue", d.hue);
    visit("colour2", d.colour2);
    visit("worst_mean", d.worst_mean);
    visit("p99_mean", d.p99_mean);
    visit("worst_uv", d.worst_uv);
    visit("p99_uv", d.p99_uv);
    visit("worst_block", d.worst_block);
    visit("p99_block", d.p99_block);
    visit("worst_at", d.worst_at);
    visit("peak_error2", d.peak_error2);
}

template <typename Visit, typename Of>
void visit_persistence(Visit&& visit, Of& p)
{
    visit("block", p.block);
    visit("mean", p.mean);
    visit("uv", p.uv);
    visit("at", p.at);
    visit("frames", p.frames);
}

}  // namespace millpond::picture
