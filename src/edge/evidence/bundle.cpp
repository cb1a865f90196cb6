#include "edge/evidence/bundle.hpp"

#include "crypto/keccak.hpp"
#include "crypto/signature.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/picture/report_json.hpp"
#include "edge/picture/whole_number.hpp"
#include "edge/wire/headers.hpp"

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

namespace millpond::evidence {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view format = "millpond evidence 1";
constexpr std::size_t renditions_max = 64;

Json json_of(const VideoProfile& profile)
{
    return {
        {"name", profile.name},
        {"width", profile.width},
        {"height", profile.height},
        {"bitrate", profile.bitrate},
        {"fps_num", profile.fps_num},
        {"fps_den", profile.fps_den},
        {"container", static_cast<int>(profile.container)},
        {"encoder_profile", static_cast<int>(profile.encoder_profile)},
        {"gop_ms", profile.gop_ms},
        {"quality", profile.quality},
    };
}

template <typename Enum>
Enum enumerator(const Json& json, int most)
{
    const int value = picture::whole_number<int>(json);
    if (value < 0 || value > most) throw std::out_of_range("an enumerator that is not there");
    return static_cast<Enum>(value);
}

VideoProfile profile_of(const Json& json)
{
    return {
        .name = json.at("name").get<std::string>(),
        .width = picture::whole_number<int>(json.at("width")),
        .height = picture::whole_number<int>(json.at("height")),
        .bitrate = picture::whole_number<int>(json.at("bitrate")),
        .fps_num = picture::whole_number<std::uint32_t>(json.at("fps_num")),
        .fps_den = picture::whole_number<std::uint32_t>(json.at("fps_den")),
        .container = enumerator<Container>(json.at("container"), 1),
        .encoder_profile = enumerator<H264Profile>(json.at("encoder_profile"), 4),
        .gop_ms = picture::whole_number<int>(json.at("gop_ms")),
        .quality = picture::whole_number<unsigned>(json.at("quality")),
    };
}

Json json_of(const CheckPlan& plan)
{
    Json rungs = Json::array();
    for (const RungPlan& rung : plan.rungs)
        rungs.push_back({{"rung", rung.rung}, {"frames", rung.frames}});
    return {{"tier", static_cast<int>(plan.tier)}, {"rungs", rungs}};
}

CheckPlan plan_of(const Json& json)
{
    CheckPlan plan{.tier = enumerator<CheckTier>(json.at("tier"), 3), .rungs = {}};
    for (const Json& rung : json.at("rungs")) {
        RungPlan planned{.rung = picture::whole_number<int>(rung.at("rung")), .frames = {}};
        for (const Json& frame : rung.at("frames"))
            planned.frames.push_back(picture::whole_number<int>(frame));
        plan.rungs.push_back(std::move(planned));
    }
    return plan;
}

Json judgement_json(const verify::Judgement& judgement, const verify::Thresholds& thresholds)
{
    Json alarms = Json::array();
    for (const verify::Alarm& alarm : judgement.alarms) {
        alarms.push_back({
            {"feature", verify::name_of(alarm.feature)},
            {"taken", alarm.taken == verify::Taken::worst ? "worst" : "median"},
            {"score", alarm.score},
            {"threshold", alarm.threshold},
            {"control", alarm.control},
            {"rung", alarm.rung},
            {"frame", alarm.frame},
            {"hard", alarm.hard},
        });
    }
    return {
        {"verdict", verify::name_of(judgement.verdict)},
        {"unfit", verify::name_of(judgement.unfit)},
        {"decided_by", verify::describe(judgement)},
        {"alarms", alarms},
        {"thresholds", thresholds.name},
        {"verdict_function", to_hex(verify::verdict_function_hash(thresholds))},
    };
}

Bytes bytes_of(const Json& json, const char* what)
{
    const auto bytes = parse_hex(json.get<std::string>());
    if (!bytes) throw std::invalid_argument(std::string{what} + " is not hex");
    return *bytes;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> hex_of(const Json& json)
{
    const auto bytes = parse_hex(json.get<std::string>());
    if (!bytes || bytes->size() != Size) throw std::invalid_argument("not hex of the right length");
    std::array<std::uint8_t, Size> out{};
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

std::string rendition_name(std::size_t index, const VideoProfile& profile)
{
    const char* ending = profile.container == Container::mp4 ? ".mp4" : ".ts";
    return "rendition-" + std::to_string(index) + ending;
}

Json json_of(const Bundle& bundle)
{
    Json ladder = Json::array();
    for (const VideoProfile& profile : bundle.ladder)
        ladder.push_back(json_of(profile));
    Json renditions = Json::array();
    for (std::size_t i = 0; i < bundle.claim.renditions.size(); ++i) {
        renditions.push_back({
            {"file", rendition_name(i, bundle.ladder.at(i))},
            {"keccak256", to_hex(bundle.claim.renditions[i].hash)},
        });
    }
    return {
        {"format", format},
        {"session", bundle.session},
        {"seq", bundle.seq},
        {"gateway",
         {
             {"address", to_hex(bundle.gateway.value())},
             {"manifest", to_hex(bundle.manifest)},
             {"signature", to_hex(bundle.gateway_signature)},
         }},
        {"ladder", ladder},
        {"source", {{"file", "source"}, {"keccak256", to_hex(bundle.source_hash)}}},
        {"claim",
         {
             {"task", bundle.claim.task.value()},
             {"transcoder", to_hex(bundle.transcoder.value())},
             {"renditions", renditions},
             {"signature", to_hex(bundle.claim.signature)},
         }},
        {"plan", json_of(bundle.plan)},
        {"judgement", judgement_json(bundle.judgement, bundle.thresholds)},
    };
}

void write(const fs::path& path, ByteView bytes)
{
    std::ofstream out{path, std::ios::binary};
    out.write(
        reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
    );
    if (!out.flush()) throw std::runtime_error(path.string() + " cannot be written");
}

Bytes read(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error(path.string() + " cannot be read");
    return Bytes{std::istreambuf_iterator<char>{in}, {}};
}

Blob read_hashed(const fs::path& path, const Hash32& hash)
{
    Bytes bytes = read(path);
    if (crypto::keccak256(bytes) != hash) {
        throw std::runtime_error(path.string() + " is not what its hash says");
    }
    return make_blob(std::move(bytes));
}

void write_files(const fs::path& folder, const Bundle& bundle)
{
    fs::create_directories(folder);
    write(folder / "source", *bundle.source);
    for (std::size_t i = 0; i < bundle.claim.renditions.size(); ++i)
        write(folder / rendition_name(i, bundle.ladder.at(i)), *bundle.claim.renditions[i].bytes);
    write(folder / "report.json", as_bytes(picture::to_json(bundle.report)));
    write(folder / "thresholds.json", as_bytes(to_json(bundle.thresholds)));
    write(folder / "bundle.json", as_bytes(to_json(bundle)));
}

void read_gateway(const Json& json, Bundle& bundle)
{
    bundle.gateway = Address{hex_of<20>(json.at("address"))};
    bundle.manifest = bytes_of(json.at("manifest"), "the manifest");
    bundle.gateway_signature = bytes_of(json.at("signature"), "the gateway's signature");
    if (bundle.gateway_signature.empty()) return;
    const wire::SegData said{
        .manifest = bundle.manifest,
        .seq = bundle.seq,
        .hash = Bytes(bundle.source_hash.begin(), bundle.source_hash.end()),
        .ladder = bundle.ladder,
    };
    const auto signer =
        crypto::recover_personal(wire::segment_message(said), bundle.gateway_signature);
    if (!signer || *signer != bundle.gateway.value())
        throw std::runtime_error("the gateway's signature is not over this source");
}

Bundle bundle_of(const Json& json)
{
    if (json.at("format") != format) throw std::runtime_error("another format of evidence");
    Bundle bundle;
    bundle.session = json.at("session").get<std::string>();
    bundle.seq = picture::whole_number<std::int64_t>(json.at("seq"));
    for (const Json& profile : json.at("ladder"))
        bundle.ladder.push_back(profile_of(profile));
    bundle.source_hash = hex_of<32>(json.at("source").at("keccak256"));
    const Json& claim = json.at("claim");
    bundle.claim.task = TaskId{picture::whole_number<std::int64_t>(claim.at("task"))};
    bundle.transcoder = Address{hex_of<20>(claim.at("transcoder"))};
    bundle.claim.signature = bytes_of(claim.at("signature"), "the signature");
    const Json& renditions = claim.at("renditions");
    if (renditions.size() != bundle.ladder.size() || renditions.size() > renditions_max) {
        throw std::runtime_error("not a rendition for each rung");
    }
    for (const Json& each : renditions)
        bundle.claim.renditions.push_back({.bytes = {}, .hash = hex_of<32>(each.at("keccak256"))});
    bundle.plan = plan_of(json.at("plan"));
    // Bundles of before gateways were named have none.
    if (json.contains("gateway")) read_gateway(json.at("gateway"), bundle);
    return bundle;
}

void read_files(const fs::path& folder, Bundle& bundle)
{
    bundle.source = read_hashed(folder / "source", bundle.source_hash);
    for (std::size_t i = 0; i < bundle.claim.renditions.size(); ++i) {
        // The name is ours: a bundle must not make us read other files.
        const fs::path path = folder / rendition_name(i, bundle.ladder[i]);
        auto& rendition = bundle.claim.renditions[i];
        rendition.bytes = read_hashed(path, rendition.hash);
    }
}

}  // namespace

std::string to_json(const verify::Judgement& judgement, const verify::Thresholds& thresholds)
{
    return judgement_json(judgement, thresholds).dump(2) + "\n";
}

std::string to_json(const Bundle& bundle)
{
    return json_of(bundle).dump(2) + "\n";
}

Result<Bundle, Fault> parse_bundle(std::string_view text)
{
    try {
        return bundle_of(Json::parse(text));
    } catch (const std::exception& error) {
        return because(Fault{.what = std::string{"not a bundle of evidence: "} + error.what()});
    }
}

Result<fs::path, Fault> write_bundle(const fs::path& folder, const Bundle& bundle)
{
    fs::path whole = folder / std::to_string(bundle.claim.task.value());
    const fs::path part = whole.string() + ".part";
    try {
        fs::remove_all(part);
        write_files(part, bundle);
        fs::rename(part, whole);
    } catch (const std::exception& error) {
        return because(
            Fault{.what = "evidence is not kept in " + folder.string() + ": " + error.what()}
        );
    }
    return whole;
}

Result<void, Fault> write_copies(const std::vector<fs::path>& folders, const Bundle& bundle)
{
    std::string missing;
    for (const fs::path& folder : folders) {
        const auto written = write_bundle(folder, bundle);
        if (!written) missing += (missing.empty() ? "" : "; ") + written.error().what;
    }
    if (!missing.empty()) return because(Fault{.what = missing});
    return {};
}

Result<Bundle, Fault> read_bundle(const fs::path& folder)
{
    try {
        auto parsed = parse_bundle(as_text(read(folder / "bundle.json")));
        if (!parsed) return because(parsed.error());
        Bundle bundle = std::move(*parsed);
        read_files(folder, bundle);
        auto report = picture::parse_report_json(as_text(read(folder / "report.json")));
        if (!report) return because(report.error());
        bundle.report = std::move(*report);
        auto thresholds = parse_thresholds(as_text(read(folder / "thresholds.json")));
        if (!thresholds) return because(thresholds.error());
        bundle.thresholds = std::move(*thresholds);
        return bundle;
    } catch (const std::exception& error) {
        return because(Fault{.what = folder.string() + ": " + error.what()});
    }
}

}  // namespace millpond::evidence
