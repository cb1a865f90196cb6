#include "edge/chain/intents.hpp"

#include "edge/chain/internal/answers.hpp"

#include <algorithm>

namespace millpond::chain {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{256} << 20U;

std::optional<std::uint64_t> whole_in(const Json& json, const char* name)
{
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<std::uint64_t>();
}

std::optional<Attempt> attempt_of(const Json& json)
{
    auto raw = json.contains("raw") ? data_of(json["raw"]) : std::nullopt;
    auto parsed = raw ? parse_signed(*raw) : std::nullopt;
    const auto signed_at = whole_in(json, "at");
    const auto head = whole_in(json, "head");
    if (!parsed || !signed_at || !head) return std::nullopt;
    return Attempt{
        .parsed = std::move(*parsed),
        .raw = std::move(*raw),
        .signed_at = *signed_at,
        .head = *head,
    };
}

std::optional<Ended> ended_of(const Json& json)
{
    const auto hash = json.contains("ended") ? hash_of(json["ended"]) : std::nullopt;
    const auto block = whole_in(json, "block");
    const auto succeeded = json.find("succeeded");
    if (!hash || !block || succeeded == json.end() || !succeeded->is_boolean()) return std::nullopt;
    return Ended{.transaction = *hash, .succeeded = succeeded->get<bool>(), .block = *block};
}

}  // namespace

std::optional<IntentLine> parse_intent_line(std::string_view line)
{
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const auto name = json.find("intent");
    if (name == json.end() || !name->is_string()) return std::nullopt;
    IntentLine read{.name = name->get<std::string>()};
    if (json.contains("displaced")) return read;
    read.attempt = attempt_of(json);
    read.ended = ended_of(json);
    if (read.attempt.has_value() == read.ended.has_value()) return std::nullopt;
    return read;
}

Result<Intents, Fault> Intents::open(const std::string& path)
{
    MILLPOND_TRY(auto opened, files::LinesFile::open(path, file_bytes_max));
    Intents intents{std::move(opened.file)};
    for (std::size_t i = 0; i < opened.lines.size(); ++i) {
        if (!intents.take(opened.lines[i]))
            return because(
                Fault{.what = path + ": line " + std::to_string(i + 1) + " cannot be read"}
            );
    }
    return intents;
}

const Pursuit* Intents::find(const std::string& name) const
{
    const auto found = pursuits_.find(name);
    return found == pursuits_.end() ? nullptr : &found->second;
}

Wei Intents::spent_since(std::uint64_t time) const
{
    Wei sum;
    for (const auto& [name, pursuit] : pursuits_) {
        Wei most;
        for (const Attempt& attempt : pursuit.attempts) {
            if (attempt.signed_at < time) continue;
            most = std::max(most, cost_most(attempt.parsed.transaction).value_or(Wei::max()));
        }
        sum = add(sum, most).value_or(Wei::max());
    }
    return sum;
}

Wei Intents::sent_since(std::uint64_t time, std::string_view prefix) const
{
    Wei sum;
    for (const auto& [name, pursuit] : pursuits_) {
        const bool failed = pursuit.ended && !pursuit.ended->succeeded;
        if (!name.starts_with(prefix) || failed) continue;
        Wei most;
        for (const Attempt& attempt : pursuit.attempts) {
            if (attempt.signed_at < time) continue;
            most = std::max(most, attempt.parsed.transaction.value);
        }
        sum = add(sum, most).value_or(Wei::max());
    }
    return sum;
}

Result<void, Fault> Intents::add_attempt(
    const std::string& name,
    const SignedTransaction& transaction,
    std::uint64_t signed_at,
    std::uint64_t head
)
{
    const std::string line = Json{
        {"intent", name}, {"raw", data_text(transaction.raw)}, {"at", signed_at}, {"head", head}
    }.dump();
    if (auto written = file_.append(line); !written) return written;
    return take(line) ? Result<void, Fault>{} : because(Fault{.what = "an intent of no sense"});
}

Result<void, Fault> Intents::end(const std::string& name, const Ended& ended)
{
    const std::string line = Json{
        {"intent", name},
        {"ended", data_text(ended.transaction)},
        {"succeeded", ended.succeeded},
        {"block", ended.block}
    }.dump();
    if (auto written = file_.append(line); !written) return written;
    return take(line) ? Result<void, Fault>{} : because(Fault{.what = "an end of no sense"});
}

Result<void, Fault> Intents::displace(const std::string& name)
{
    const std::string line = Json{{"intent", name}, {"displaced", true}}.dump();
    if (auto written = file_.append(line); !written) return written;
    return take(line) ? Result<void, Fault>{} : because(Fault{.what = "an intent of no sense"});
}

bool Intents::take(std::string_view line)
{
    auto read = parse_intent_line(line);
    if (!read) return false;
    Pursuit& pursuit = pursuits_[read->name];
    if (pursuit.ended) return false;
    if (read->attempt) {
        const std::uint64_t nonce = read->attempt->parsed.transaction.nonce;
        const bool same =
            pursuit.attempts.empty() || pursuit.attempts.front().parsed.transaction.nonce == nonce;
        if (!same) return false;
        next_nonce_ = std::max(next_nonce_, nonce + 1);
        pursuit.attempts.push_back(std::move(*read->attempt));
    } else if (read->ended) {
        pursuit.ended = read->ended;
    } else {
        pursuit.attempts.clear();
    }
    return true;
}

}  // namespace millpond::chain
