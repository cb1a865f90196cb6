#include "model/attack_table.hpp"

namespace millpond {
namespace {

std::string text_of(const Measured& measured)
{
    return " " + std::to_string(measured.value_ppm) + " " + std::to_string(measured.low_ppm) + " " +
           std::to_string(measured.high_ppm);
}

std::string text_of(const Power& power)
{
    return " " + std::to_string(power.detect_unpaid_ppm) + " " +
           std::to_string(power.detect_fraud_ppm) + " " + std::to_string(power.low_ppm) + " " +
           std::to_string(power.high_ppm) + " " + std::to_string(power.files);
}

}  // namespace

std::string canonical_text(const AttackTable& table)
{
    std::string text = "attacks " + std::to_string(table.version) + " " + to_hex(table.dvf) + "\n";
    for (const TierFigures& tier : table.tiers) {
        text += "tier" + text_of(tier.cost) + text_of(tier.false_substandard) +
                text_of(tier.false_fraud) + "\n";
    }
    for (const Attack& attack : table.attacks) {
        text += "attack " + attack.name + (attack.gross ? " gross " : " soft ") +
                std::to_string(attack.gain_ppm);
        for (const Power& power : attack.tiers)
            text += text_of(power);
        text += "\n";
    }
    return text;
}

}  // namespace millpond
