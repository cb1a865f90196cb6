#include "corpus/internal/recipes.hpp"

#include <algorithm>

namespace millpond::corpus {
namespace {

/// Honest pictures, and the source's sound after a change.
Variant sounding(std::string name, std::function<void(std::vector<Track>&)> change)
{
    return {
        .name = std::move(name),
        .group = "audio",
        .gross = true,
        .need = Need::sound,
        .recipe = [change = std::move(change)](Workshop& shop) -> Made {
            MILLPOND_TRY(const Clip clip, shop.honest());
            MILLPOND_TRY(const Track video, encoded(clip, shop.encoding()));
            std::vector<Track> sound = shop.source().sound;
            change(sound);
            return write_file(video, sound);
        },
    };
}

/// Every packet keeps its time and gets another's payload.
void replace_payloads(std::vector<Track>& sound)
{
    for (Track& track : sound) {
        const std::vector<Packet> original = track.packets;
        for (std::size_t i = 0; i < original.size(); ++i) {
            Packet packet = hold(av_packet_clone(original[original.size() - 1 - i].get()));
            packet->pts = original[i]->pts;
            packet->dts = original[i]->dts;
            track.packets[i] = std::move(packet);
        }
    }
}

void delay(std::vector<Track>& sound)
{
    for (Track& track : sound) {
        const std::int64_t late = av_rescale_q(18'000, ticks, track.time_base);
        for (Packet& packet : track.packets) {
            packet = hold(av_packet_clone(packet.get()));
            if (packet->pts != AV_NOPTS_VALUE) packet->pts += late;
            if (packet->dts != AV_NOPTS_VALUE) packet->dts += late;
        }
    }
}

}  // namespace

Variants audio_attacks()
{
    Variants list;
    list.push_back(sounding("audio-missing", [](std::vector<Track>& sound) { sound.clear(); }));
    list.push_back(sounding("audio-replaced", replace_payloads));
    list.push_back(sounding("audio-late-200ms", delay));
    list.push_back(sounding("audio-half", [](std::vector<Track>& sound) {
        for (Track& track : sound)
            track.packets.resize((track.packets.size() + 1) / 2);
    }));
    return list;
}

}  // namespace millpond::corpus
