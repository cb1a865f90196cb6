#include "edge/store/book_json.hpp"

#include "edge/store/entry_json.hpp"
#include "edge/store/internal/book_fields.hpp"
#include "tests/unit/edge/store/book_samples.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace millpond::store {
namespace {

/// Fills every member of an event with what may stand there.
class FieldDice {
public:
    static constexpr bool reads = true;

    template <typename T>
    void operator()(const char* key, T& value)
    {
        if constexpr (IsStrong<T>::value) {
            auto inside = value.value();
            (*this)(key, inside);
            value = T{std::move(inside)};
        } else if constexpr (std::is_same_v<T, Wei>) {
            value = Wei{*rc::gen::arbitrary<Wei::Limbs>()};
        } else if constexpr (std::is_same_v<T, Time>) {
            value = Time{Duration{*rc::gen::inRange<std::int64_t>(0, latest_us)}};
        } else if constexpr (std::is_same_v<T, Duration>) {
            value = Duration{*rc::gen::inRange<std::int64_t>(0, longest_us)};
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(*rc::gen::inRange<std::size_t>(0, Names<T>::value.size()));
        } else if constexpr (std::is_integral_v<T> || IsBytes<T>::value || IsNumbers<T>::value) {
            value = *rc::gen::arbitrary<T>();
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
        } else if constexpr (IsVector<T>::value) {
            value.resize(*rc::gen::inRange<std::size_t>(0, 4));
            for (auto& each : value)
                fields(*this, each);
        } else {
            fields(*this, value);
        }
    }
};

TEST(BookJson, gives_back_every_kind_of_event)
{
    std::set<std::string_view> kinds;
    for (const BookEvent& event : book_samples()) {
        const EntryBody body = event;
        const auto back = parse_entry(store::kind_of(body), to_json(body));
        ASSERT_TRUE(back) << back.error().what;
        EXPECT_EQ(*back, body) << store::kind_of(body);
        kinds.insert(store::kind_of(body));
    }
    EXPECT_EQ(kinds.size(), std::variant_size_v<BookEvent> - 1 + std::variant_size_v<MoneyEvent>);
}

TEST(BookJson, gives_back_whatever_stands_in_an_event)
{
    const auto samples = book_samples();
    const bool holds = rc::check([&] {
        BookEvent event = *rc::gen::elementOf(samples);
        FieldDice dice;
        std::visit(
            [&]<typename Event>(Event& what) {
                if constexpr (std::is_same_v<Event, MoneyEvent>) {
                    std::visit([&](auto& money) { fields(dice, money); }, what);
                } else {
                    fields(dice, what);
                }
            },
            event
        );
        const auto back = parse_entry(store::kind_of(EntryBody{event}), to_json(event));
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == EntryBody{event});
    });
    EXPECT_TRUE(holds);
}

TEST(BookJson, is_what_the_journal_always_held)
{
    EXPECT_EQ(
        to_json(
            BookEvent{TaskDone{.task = TaskId{-5}, .output_root = {0xab}, .at = Time{Duration{12}}}}
        ),
        R"({"at":12,"commit":")" + std::string(64, '0') + R"(","output_root":"ab)" +
            std::string(62, '0') + R"(","task":-5})"
    );
    EXPECT_EQ(
        to_json(BookEvent{MoneyEvent{PayForfeited{.number = 2, .amount = Wei{300}}}}),
        R"({"amount":"300","at":0,"number":2,"transcoder":")" + std::string(40, '0') + R"("})"
    );
    EXPECT_EQ(to_json(BookEvent{BookReopened{}}), "{}");
    for (const BookEvent& event : book_samples()) {
        const std::string text = to_json(event);
        EXPECT_EQ(Json::parse(text).dump(), text) << "keys in the order of the alphabet";
    }
}

/// Calls `each` with every member of an object, however deep: its name and a way to change it.
void for_each_member(
    const Json& whole,
    const std::function<void(const std::string& key, const Json::json_pointer&)>& each
)
{
    const Json flat = whole.flatten();
    std::set<std::string> seen;
    for (const auto& [path, value] : flat.items()) {
        for (Json::json_pointer at{path}; !at.empty(); at.pop_back()) {
            const std::string key = at.back();
            const bool index = key.find_first_not_of("0123456789") == std::string::npos;
            if (!index && seen.insert(at.to_string()).second) each(key, at);
        }
    }
}

std::string refusal_of(std::string_view kind, const Json& json)
{
    const auto parsed = parse_entry(kind, json.dump());
    return parsed ? "taken" : parsed.error().what;
}

TEST(BookJson, names_the_key_that_is_missing)
{
    for (const BookEvent& event : book_samples()) {
        const std::string_view kind = store::kind_of(event);
        const Json whole = Json::parse(to_json(event));
        for_each_member(whole, [&](const std::string& key, const Json::json_pointer& at) {
            Json less = whole;
            less.at(at.parent_pointer()).erase(key);
            const std::string why = refusal_of(kind, less);
            EXPECT_TRUE(why.contains(key)) << kind << " without " << at << ": " << why;
        });
    }
}

TEST(BookJson, names_the_key_whose_value_is_of_another_type)
{
    const std::vector<Json> odd = {1.5, Json{}, "00zz", std::string(66, '0'), Json{{"a", 1}}};
    for (const BookEvent& event : book_samples()) {
        const std::string_view kind = store::kind_of(event);
        const Json whole = Json::parse(to_json(event));
        for_each_member(whole, [&](const std::string& key, const Json::json_pointer& at) {
            const bool text = key == "reason" || key == "reference" || key == "parameters";
            if (whole.at(at).is_object() || text) return;
            for (const Json& value : odd) {
                Json bent = whole;
                bent[at] = value;
                const std::string why = refusal_of(kind, bent);
                EXPECT_TRUE(why.contains(key)) << kind << " with " << at << " = " << value;
            }
        });
    }
}

TEST(BookJson, refuses_amounts_and_times_that_are_none)
{
    Json pay = Json::parse(to_json(BookEvent{MoneyEvent{earned_sample()}}));
    const auto with = [&](const char* key, const Json& value) {
        Json bent = pay;
        bent[key] = value;
        return refusal_of("pay_earned", bent);
    };
    EXPECT_EQ(with("fee", "007"), "pay_earned: fee is not an amount");
    EXPECT_EQ(with("fee", "-1"), "pay_earned: fee is not an amount");
    EXPECT_EQ(with("fee", "1" + std::string(78, '0')), "pay_earned: fee is not an amount");
    EXPECT_EQ(with("fee", 100), "pay_earned: fee is not a text");
    EXPECT_EQ(with("at", -1), "pay_earned: at is out of its range");
    EXPECT_EQ(with("at", latest_us + 1), "pay_earned: at is out of its range");
    EXPECT_EQ(with("rate", "double"), "pay_earned: rate is none of its names");
    EXPECT_EQ(with("seq", true), "pay_earned: seq is not a number that fits");
    EXPECT_EQ(with("transcoder", "ab"), "pay_earned: transcoder is of a wrong length");
    EXPECT_EQ(refusal_of("pay_stolen", pay), "pay_stolen: unknown kind pay_stolen");
}

}  // namespace
}  // namespace millpond::store
