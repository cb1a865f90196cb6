#include "sim/economics.hpp"

#include "core/policy/rules.hpp"
#include "crypto/keccak.hpp"

namespace millpond::sim {

std::string inputs_of(const ExperimentTexts& texts)
{
    std::string all = texts.shared;
    for (const std::string& text : texts.own)
        all += '\0' + text;
    all += '\0' + canonical_text(Parameters{});
    return "0x" + to_hex(crypto::keccak256(as_bytes(all)));
}

std::string rules_of(const AttackTable& table)
{
    return "0x" + to_hex(policy::make_rules(Parameters{}, table).hash);
}

Result<std::string, Fault> economics_page(
    const ExperimentTexts& texts,
    const AttackTable& table,
    std::uint32_t jobs,
    const std::function<void(const std::string& title)>& told
)
{
    std::vector<Experiment> experiments;
    for (const std::string& text : texts.own) {
        MILLPOND_TRY(Experiment experiment, parse_experiment(texts.shared, text));
        experiments.push_back(std::move(experiment));
    }
    std::string page =
        "# What honest work and cheating come to\n\n"
        "Written by `millpond simulate tables schema/economics`: change the experiments there, "
        "not\n"
        "this page. How the plays work, and what they leave out: [simulator.md](simulator.md).\n"
        "Profits are for each segment worked on, recorded ones too, in W, the pay of one segment;\n"
        "honest work costs 0.5 W.\n\n"
        "Made of " +
        inputs_of(texts) +
        ",\nwith the parameters and the measured table of attacks whose hash is\n" +
        rules_of(table) + ".\n";
    for (const Experiment& experiment : experiments) {
        told(experiment.title);
        page += "\n" + table_of(experiment, table, jobs);
    }
    return page;
}

}  // namespace millpond::sim
