#include "apps/millpond/verify.hpp"

#include "apps/millpond/gateway.hpp"
#include "core/verify/picture.hpp"
#include "core/verify/plan.hpp"
#include "core/verify/structure.hpp"
#include "crypto/digest.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/meter/facts_codec.hpp"
#include "edge/meter/inside.hpp"
#include "edge/net/loop.hpp"
#include "edge/picture/report_codec.hpp"
#include "edge/sandbox/sandbox.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <ranges>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

constexpr int usage = 64;
constexpr std::int64_t frames_max = 20'000;

/// What is to be judged: one rendition, or a claim's.
struct Exhibit {
    Bytes source;
    Ladder ladder;
    std::vector<Bytes> renditions;
    std::optional<CheckPlan> plan;  ///< of a bundle
    std::optional<verify::Thresholds> thresholds;
    std::optional<PictureReport> reported;
};

struct Outcome {
    verify::Judgement judgement;
    verify::Thresholds thresholds;
    std::string text;        ///< what decided
    bool structure = false;  ///< the structure alone decided
};

int exit_status(verify::Verdict verdict)
{
    switch (verdict) {
        case verify::Verdict::pass: return 0;
        case verify::Verdict::substandard: return 1;
        case verify::Verdict::fraud: return 2;
        case verify::Verdict::untestable: return 3;
        case verify::Verdict::structural: return 4;
    }
    return usage;
}

Result<Bytes, Fault> read_file(const std::string& path)
{
    std::ifstream in{path, std::ios::binary};
    if (!in) return because(Fault{.what = path + " cannot be read"});
    return Bytes{std::istreambuf_iterator<char>{in}, {}};
}

Result<VideoProfile, Fault> parse_profile(const std::string& text)
{
    VideoProfile profile{.name = text};
    unsigned fps = 0;
    const int read = std::sscanf(
        text.c_str(), "%dx%d@%d@%u", &profile.width, &profile.height, &profile.bitrate, &fps
    );
    if (read >= 3) {
        profile.fps_num = fps;
        return profile;
    }
    auto ladder = parse_ladder(text);
    if (!ladder) return because(ladder.error());
    return ladder->front();
}

Result<Exhibit, Fault> gather(const VerifySettings& settings)
{
    Exhibit exhibit;
    if (settings.evidence.empty()) {
        MILLPOND_TRY(exhibit.source, read_file(settings.source));
        MILLPOND_TRY(Bytes rendition, read_file(settings.rendition));
        exhibit.renditions.push_back(std::move(rendition));
        MILLPOND_TRY(const VideoProfile profile, parse_profile(settings.profile));
        exhibit.ladder.push_back(profile);
        return exhibit;
    }
    MILLPOND_TRY(evidence::Bundle bundle, evidence::read_bundle(settings.evidence));
    exhibit.source = *bundle.source;
    exhibit.ladder = bundle.ladder;
    for (const RenditionBytes& each : bundle.claim.renditions)
        exhibit.renditions.push_back(*each.bytes);
    exhibit.plan = bundle.plan;
    exhibit.thresholds = std::move(bundle.thresholds);
    exhibit.reported = std::move(bundle.report);
    return exhibit;
}

CheckPlan plan_for(
    const VerifySettings& settings, const Exhibit& exhibit, const Measurement& measurement
)
{
    if (exhibit.plan) return *exhibit.plan;
    const std::uint64_t seed = settings.seed ? *settings.seed : crypto::random_u64();
    constexpr std::int64_t always = 1'000'000;
    verify::Rates rates{.sample_ppm = 0, .whole_ppm = always};
    if (settings.tier == 1) rates = {.sample_ppm = always, .whole_ppm = 0};
    const CheckPlan plan = verify::plan(seed, rates, exhibit.ladder, measurement);
    return settings.tier == 3 ? verify::escalated(plan) : plan;
}

/// The files of an exhibit are foreign: all reading is done in the sandbox.
class Chamber {
public:
    static Result<std::unique_ptr<Chamber>, Fault> open()
    {
        auto chamber = std::make_unique<Chamber>();
        MILLPOND_TRY(
            chamber->box_,
            sandbox::Sandbox::open(
                chamber->loop_,
                {.command = {"/proc/self/exe", "sandbox"},
                 .memory_bytes = 2U << 30U,
                 .cpu = std::chrono::minutes{2},
                 .wall = std::chrono::minutes{5}}
            )
        );
        return chamber;
    }

    Result<Bytes, sandbox::Failure> ask(std::vector<Blob> files, Bytes question)
    {
        Result<Bytes, sandbox::Failure> answer;
        spawn([](Chamber& in, std::vector<Blob> what, Bytes how, auto& to) -> Task<void> {
            to = co_await in.box_->run("exhibit", std::move(what), std::move(how));
            in.loop_.stop();
        }(*this, std::move(files), std::move(question), answer));
        loop_.run();
        return answer;
    }

    MediaFacts inspect(const Bytes& file, Bytes question)
    {
        const auto answer = ask({make_blob(file)}, std::move(question));
        auto facts =
            answer ? parse_facts(*answer, static_cast<std::int64_t>(file.size())) : std::nullopt;
        if (facts) return *std::move(facts);
        MediaFacts broken;
        broken.breaks_reader = true;
        broken.problem = answer ? "an answer that makes no sense" : answer.error().text;
        return broken;
    }

private:
    net::Loop loop_;
    std::unique_ptr<sandbox::Sandbox> box_;
};

PictureReport look(Chamber& chamber, const Exhibit& exhibit, const CheckPlan& plan)
{
    picture::Request request{.tier = plan.tier, .source = exhibit.source, .rungs = {}};
    std::vector<Blob> files{make_blob(exhibit.source)};
    for (const RungPlan& rung : plan.rungs) {
        const auto at = static_cast<std::size_t>(rung.rung);
        request.rungs.push_back({rung, exhibit.ladder.at(at), exhibit.renditions.at(at)});
        files.push_back(make_blob(exhibit.renditions.at(at)));
    }
    const auto answer = chamber.ask(std::move(files), ask_picture_report(request));
    PictureReport broken;
    if (!answer) {
        broken.problem = answer.error().text;
        return broken;
    }
    return picture::parse_report(*answer).value_or(std::move(broken));
}

Outcome by_structure(const verify::Mismatch& mismatch, Outcome outcome)
{
    const bool source = mismatch.refusal == verify::Refusal::source_unjudgeable;
    outcome.judgement.verdict = source ? verify::Verdict::untestable : verify::Verdict::structural;
    outcome.text = std::string{verify::name_of(outcome.judgement.verdict)} + ": " +
                   std::string{verify::name_of(mismatch.refusal)};
    outcome.structure = true;
    return outcome;
}

Result<Outcome, Fault> judge(
    Chamber& chamber, const VerifySettings& settings, const Exhibit& exhibit
)
{
    Outcome outcome;
    if (exhibit.thresholds && settings.thresholds.empty()) {
        outcome.thresholds = *exhibit.thresholds;
    } else {
        MILLPOND_TRY(outcome.thresholds, evidence::load_thresholds(settings.thresholds));
    }
    Measurement measurement{
        .source = chamber.inspect(exhibit.source, ask_source_facts()), .renditions = {}
    };
    for (const Bytes& rendition : exhibit.renditions)
        measurement.renditions.push_back(chamber.inspect(rendition, ask_rendition_facts(frames_max))
        );
    const auto accepted = verify::judge_structure(exhibit.ladder, measurement, {});
    if (!accepted) return by_structure(accepted.error(), std::move(outcome));
    outcome.text = "pass";
    if (settings.tier == 0 && !exhibit.plan) return outcome;
    const CheckPlan plan = plan_for(settings, exhibit, measurement);
    const PictureReport report = look(chamber, exhibit, plan);
    outcome.judgement =
        verify::judge_picture(plan.tier, exhibit.ladder, report, outcome.thresholds);
    outcome.text = verify::describe(outcome.judgement);
    if (!report.problem.empty()) outcome.text += ": " + report.problem;
    for (const RungReport& rung : report.rungs)
        if (!rung.problem.empty()) outcome.text += ": " + rung.problem;
    if (exhibit.reported && *exhibit.reported != report)
        outcome.text += "; the report in the evidence differs from what is seen now";
    return outcome;
}

Result<void, Fault> show(
    Chamber& chamber, const std::string& path, const Exhibit& exhibit, const Outcome& outcome
)
{
    int frame = 0;
    std::size_t rung = 0;
    for (const verify::Alarm& alarm : outcome.judgement.alarms) {
        if (alarm.frame < 0) continue;
        frame = alarm.frame;
        rung = static_cast<std::size_t>(alarm.rung);
        break;
    }
    const auto png = chamber.ask(
        {make_blob(exhibit.source), make_blob(exhibit.renditions.at(rung))}, ask_picture_pair(frame)
    );
    if (!png || png->empty()) return because(Fault{.what = "the frame does not decode"});
    std::ofstream out{path, std::ios::binary};
    out.write(
        reinterpret_cast<const char*>(png->data()), static_cast<std::streamsize>(png->size())
    );
    if (!out.flush()) return because(Fault{.what = path + " cannot be written"});
    return {};
}

constexpr std::size_t alarms_shown = 4;

void print(const Outcome& outcome, bool json)
{
    if (!json) {
        std::printf("%s\n", outcome.text.c_str());
        const auto& alarms = outcome.judgement.alarms;
        for (const verify::Alarm& alarm : alarms | std::views::take(alarms_shown)) {
            std::printf(
                "  rendition %d %-16s %-6s %8lld of %lld%s\n",
                alarm.rung,
                std::string{verify::name_of(alarm.feature)}.c_str(),
                alarm.taken == verify::Taken::worst ? "worst" : "median",
                static_cast<long long>(alarm.score),
                static_cast<long long>(alarm.threshold),
                alarm.hard ? " (fraud)" : ""
            );
        }
        if (alarms.size() > alarms_shown)
            std::printf("  and %zu more, see --json\n", alarms.size() - alarms_shown);
        return;
    }
    auto object =
        nlohmann::ordered_json::parse(evidence::to_json(outcome.judgement, outcome.thresholds));
    object["decided_by"] = outcome.text;
    std::printf("%s\n", object.dump(2).c_str());
}

}  // namespace

int run_verify(const VerifySettings& settings)
{
    const bool files =
        !settings.source.empty() && !settings.rendition.empty() && !settings.profile.empty();
    if (files == !settings.evidence.empty()) {
        std::fprintf(stderr, "either --source, --rendition and --profile, or --evidence\n");
        return usage;
    }
    const auto exhibit = gather(settings);
    if (!exhibit) {
        std::fprintf(stderr, "%s\n", exhibit.error().what.c_str());
        return usage;
    }
    const auto chamber = Chamber::open();
    if (!chamber) {
        std::fprintf(stderr, "%s\n", chamber.error().what.c_str());
        return usage;
    }
    const auto outcome = judge(**chamber, settings, *exhibit);
    if (!outcome) {
        std::fprintf(stderr, "%s\n", outcome.error().what.c_str());
        return usage;
    }
    print(*outcome, settings.json);
    if (!settings.picture.empty()) {
        const auto shown = show(**chamber, settings.picture, *exhibit, *outcome);
        if (!shown) std::fprintf(stderr, "no picture: %s\n", shown.error().what.c_str());
    }
    return exit_status(outcome->judgement.verdict);
}

CLI::App* add_verify_command(CLI::App& app, VerifySettings& settings)
{
    auto* verify = app.add_subcommand(
        "verify",
        "Judges a rendition against its source. Exit status: 0 pass, 1 substandard, 2 fraud, 3 "
        "untestable, 4 structural, 64 usage."
    );
    verify->add_option("--source", settings.source, "the segment as the gateway sent it");
    verify->add_option("--rendition", settings.rendition, "what came back");
    verify->add_option(
        "--profile", settings.profile, "P360p30fps16x9, or WIDTHxHEIGHT@BITRATE[@FPS]"
    );
    verify->add_option("--evidence", settings.evidence, "a bundle's folder, judged again");
    verify
        ->add_option(
            "--tier", settings.tier, "0 structure, 1 drawn frames, 2 all, 3 with a control encode"
        )
        ->check(CLI::Range(0, 3))
        ->capture_default_str();
    verify->add_option("--thresholds", settings.thresholds, "file instead of the built-in ones");
    verify->add_option("--seed", settings.seed, "draws the same frames again");
    verify->add_option(
        "--picture", settings.picture, "PNG: source and rendition at the worst frame"
    );
    verify->add_flag("--json", settings.json, "for programs");
    return verify;
}

}  // namespace millpond
