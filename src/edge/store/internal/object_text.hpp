#pragma once

#include "base/bytes.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::store {

/// Writes one JSON object behind `out`, without a tree in between: a journal entry is written for
/// every step of every segment. Members come out in the order of the calls.
class ObjectText {
public:
    explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

    void add(std::string_view key, std::string_view text);
    void add_hex(std::string_view key, ByteView bytes);

    template <std::integral Number>
    void add(std::string_view key, Number number)
    {
        begin(key);
        put(number);
    }

    /// Not `add`: a text in quotes would become one.
    void add_flag(std::string_view key, bool flag);
    void add_list(std::string_view key, const std::vector<std::string>& texts);

    template <typename Range>
    void add_numbers(std::string_view key, const Range& numbers)
    {
        begin(key);
        out_ += '[';
        for (const auto number : numbers) {
            if (out_.back() != '[') out_ += ',';
            put(number);
        }
        out_ += ']';
    }

    /// Each element becomes an object that `write` fills.
    template <typename Range, typename Write>
    void add_objects(std::string_view key, const Range& list, const Write& write)
    {
        begin(key);
        out_ += '[';
        for (const auto& each : list) {
            if (out_.back() != '[') out_ += ',';
            ObjectText inner{out_};
            write(inner, each);
            inner.close();
        }
        out_ += ']';
    }

    template <typename Range>
    void add_hex_list(std::string_view key, const Range& list)
    {
        begin(key);
        out_ += '[';
        for (const auto& bytes : list) {
            if (out_.back() != '[') out_ += ',';
            quote_hex(bytes);
        }
        out_ += ']';
    }

    /// The value is an object that `write` fills.
    template <typename Write>
    void add_object(std::string_view key, const Write& write)
    {
        begin(key);
        ObjectText inner{out_};
        write(inner);
        inner.close();
    }

    void close() { out_ += '}'; }

private:
    template <std::integral Number>
    void put(Number number)
    {
        std::array<char, std::numeric_limits<Number>::digits10 + 3> digits{};
        char* const first = digits.data();
        char* const end = std::to_chars(first, first + digits.size(), number).ptr;
        out_.append(first, end);
    }

    void begin(std::string_view key);
    void quote_hex(ByteView bytes);

    std::string& out_;
};

}  // namespace millpond::store
