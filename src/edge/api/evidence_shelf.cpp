#include "edge/api/evidence_shelf.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

namespace millpond {
namespace {

constexpr std::string_view below = "/api/v1/evidence/";
constexpr std::size_t waiting_most = 8;

bool is_of_a_bundle(std::string_view name)
{
    if (name == "bundle.json" || name == "report.json" || name == "thresholds.json") return true;
    if (name == "source") return true;
    constexpr std::string_view rendition = "rendition-";
    if (!name.starts_with(rendition)) return false;
    name.remove_prefix(rendition.size());
    const std::size_t dot = name.find('.');
    const std::string_view number = name.substr(0, dot);
    const std::string_view ending = dot == std::string_view::npos ? "" : name.substr(dot);
    const bool digits = !number.empty() && number.size() <= 2 &&
                        std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    return digits && (ending == ".ts" || ending == ".mp4");
}

}  // namespace

std::optional<EvidenceQuestion> parse_evidence_path(std::string_view path)
{
    if (!path.starts_with(below)) return std::nullopt;
    path.remove_prefix(below.size());
    std::int64_t task = 0;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), task);
    if (error != std::errc{} || task < 0) return std::nullopt;
    path.remove_prefix(static_cast<std::size_t>(end - path.data()));
    if (!path.starts_with('/') || !is_of_a_bundle(path.substr(1))) return std::nullopt;
    return EvidenceQuestion{.task = TaskId{task}, .file = std::string{path.substr(1)}};
}

EvidenceShelf::EvidenceShelf(net::Loop& loop, std::filesystem::path folder)
    : folder_(std::move(folder)),
      worker_(loop, {.name = "shelf"})
{
}

Task<Result<std::optional<std::string>, Fault>> EvidenceShelf::file(EvidenceQuestion question)
{
    if (waiting_ >= waiting_most) co_return because(Fault{.what = "busy", .retryable = true});
    ++waiting_;
    auto path = folder_ / std::to_string(question.task.value()) / question.file;
    auto read = co_await worker_.run([path = std::move(path)] {
        std::ifstream in{path, std::ios::binary};
        return in ? std::optional{std::string{std::istreambuf_iterator<char>{in}, {}}}
                  : std::nullopt;
    });
    --waiting_;
    co_return std::move(read);
}

}  // namespace millpond
