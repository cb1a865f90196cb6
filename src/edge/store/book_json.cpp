#include "edge/store/book_json.hpp"

#include "edge/store/internal/book_fields.hpp"

#include <utility>

namespace millpond::store {
namespace {

constexpr std::size_t money_at = std::variant_size_v<BookEvent> - 1;
static_assert(std::is_same_v<std::variant_alternative_t<money_at, BookEvent>, MoneyEvent>);

/// In the order of BookEvent.
constexpr std::array<std::string_view, money_at> book_kinds = {
    "epoch_began",     "tick_began",        "machine_joined", "machine_left",    "machine_measured",
    "machine_rested",  "task_given",        "task_done",      "task_dropped",    "task_examined",
    "replica_wanting", "results_compared",  "case_opened",    "case_closed",     "member_listed",
    "book_reopened",   "epoch_ended",       "bond_moved",     "rules_published", "canary_given",
    "canary_wanting",  "correction_agreed",
};

/// In the order of MoneyEvent.
constexpr std::array<std::string_view, std::variant_size_v<MoneyEvent>> money_kinds = {
    "pay_earned",
    "pay_released",
    "pay_frozen",
    "pay_thawed",
    "pay_forfeited",
    "pay_corrected",
    "payout_made",
    "split_scheduled",
    "epoch_opened",
    "pool_moved",
};

template <typename Variant, std::size_t Index>
Variant read_one(const Json& json)
{
    std::variant_alternative_t<Index, Variant> event;
    FieldReader io{json};
    fields(io, event);
    return event;
}

/// The alternative whose name in `kinds` is `kind`.
template <typename Variant, std::size_t Count>
std::optional<Variant> read_named(
    const std::array<std::string_view, Count>& kinds, std::string_view kind, const Json& json
)
{
    static constexpr auto readers = []<std::size_t... Index>(std::index_sequence<Index...>) {
        return std::array<Variant (*)(const Json&), Count>{&read_one<Variant, Index>...};
    }(std::make_index_sequence<Count>{});
    const auto* const found = std::ranges::find(kinds, kind);
    if (found == kinds.end()) return std::nullopt;
    return readers.at(static_cast<std::size_t>(found - kinds.begin()))(json);
}

template <typename Event>
void write_fields(ObjectText& json, const Event& event)
{
    FieldWriter io{json};
    fields(io, event);
}

void write_fields(ObjectText& json, const MoneyEvent& event)
{
    std::visit([&](const auto& money) { write_fields(json, money); }, event);
}

}  // namespace

std::string_view kind_of(const BookEvent& event)
{
    const auto* money = std::get_if<MoneyEvent>(&event);
    return money != nullptr ? money_kinds.at(money->index()) : book_kinds.at(event.index());
}

void write(ObjectText& json, const BookEvent& event)
{
    std::visit([&](const auto& what) { write_fields(json, what); }, event);
}

std::optional<BookEvent> book_event_of(std::string_view kind, const Json& json)
{
    if (auto event = read_named<BookEvent>(book_kinds, kind, json)) return event;
    if (auto event = read_named<MoneyEvent>(money_kinds, kind, json)) return BookEvent{*event};
    return std::nullopt;
}

}  // namespace millpond::store
