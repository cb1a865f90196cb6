#include "core/ledger/snapshot.hpp"

#include "core/ledger/invariants.hpp"
#include "core/ledger/split.hpp"

#include <algorithm>
#include <string>

namespace millpond::ledger {
namespace {

constexpr std::uint8_t format = 1;
/// 32 bytes of amounts fit; a time is a count of microseconds that no sum can overflow.
constexpr std::int64_t time_max = std::int64_t{1} << 60;

/// Numbers are big-endian and 8 bytes long, amounts as short as they can be behind their length.
class Writer {
public:
    explicit Writer(Bytes& bytes) : bytes_(bytes) {}

    void number(std::uint64_t value)
    {
        for (unsigned shift = 64; shift > 0; shift -= 8)
            bytes_.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
    }

    void flag(bool value) { bytes_.push_back(value ? 1 : 0); }

    void duration(Duration value) { number(static_cast<std::uint64_t>(value.count())); }

    void time(Time value) { duration(value.time_since_epoch()); }

    void time(const std::optional<Time>& value)
    {
        flag(value.has_value());
        if (value) time(*value);
    }

    void amount(const Wei& value)
    {
        const Hash32 word = to_big_endian(value);
        const auto first = std::ranges::find_if(word, [](std::uint8_t byte) { return byte != 0; });
        bytes_.push_back(static_cast<std::uint8_t>(word.end() - first));
        bytes_.insert(bytes_.end(), first, word.end());
    }

    void balance(const Balance& value)
    {
        amount(value.debits);
        amount(value.credits);
    }

    void split(const Split& value)
    {
        for (const std::uint64_t share :
             {value.transcoder, value.probation, value.margin, value.checks, value.fund, value.gas
             }) {
            number(share);
        }
    }

    void address(const Address& value)
    {
        bytes_.insert(bytes_.end(), value.value().begin(), value.value().end());
    }

private:
    Bytes& bytes_;
};

/// Reads nothing but zeros once something was wrong; whoever uses it asks `good` at the end.
class Reader {
public:
    explicit Reader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] bool good() const { return good_; }

    [[nodiscard]] bool at_end() const { return bytes_.empty(); }

    void expect(bool holds) { good_ = good_ && holds; }

    std::uint64_t number()
    {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : take(8))
            value = (value << 8U) | byte;
        return value;
    }

    bool flag()
    {
        const ByteView byte = take(1);
        expect(!byte.empty() && byte[0] <= 1);
        return good_ && byte[0] == 1;
    }

    Duration duration()
    {
        const std::uint64_t count = number();
        expect(count <= static_cast<std::uint64_t>(time_max));
        return Duration{good_ ? static_cast<std::int64_t>(count) : 0};
    }

    Time time() { return Time{duration()}; }

    std::optional<Time> time_or_none()
    {
        if (!flag()) return std::nullopt;
        return time();
    }

    Wei amount()
    {
        const ByteView length = take(1);
        if (length.empty()) return {};
        const ByteView digits = take(length[0]);
        expect(digits.size() <= 32 && (digits.empty() || digits[0] != 0));
        if (!good_) return {};
        Hash32 word{};
        std::ranges::copy(digits, word.end() - static_cast<std::ptrdiff_t>(digits.size()));
        return wei_of(word);
    }

    Balance balance()
    {
        const Wei debits = amount();
        return {.debits = debits, .credits = amount()};
    }

    Split split()
    {
        Split value;
        for (std::uint64_t* share :
             {&value.transcoder,
              &value.probation,
              &value.margin,
              &value.checks,
              &value.fund,
              &value.gas}) {
            *share = number();
        }
        expect(check_split(value).has_value());
        return value;
    }

    Address address()
    {
        std::array<std::uint8_t, 20> value{};
        std::ranges::copy(take(value.size()), value.begin());
        return Address{value};
    }

private:
    ByteView take(std::size_t count)
    {
        expect(bytes_.size() >= count);
        if (!good_) return {};
        const ByteView taken = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return taken;
    }

    ByteView bytes_;
    bool good_ = true;
};

void write(Writer& out, const Terms& terms)
{
    for (const Duration duration :
         {terms.split_notice,
          terms.hold_max,
          terms.release_step,
          terms.review_max,
          terms.case_max,
          terms.clean_window}) {
        out.duration(duration);
    }
    out.number(terms.splits_max);
}

Terms read_terms(Reader& in)
{
    Terms terms;
    for (Duration* duration :
         {&terms.split_notice,
          &terms.hold_max,
          &terms.release_step,
          &terms.review_max,
          &terms.case_max,
          &terms.clean_window}) {
        *duration = in.duration();
    }
    in.expect(terms.release_step > Duration{0});
    terms.splits_max = in.number();
    return terms;
}

void write(Writer& out, const PayBook& book)
{
    for (const Balance& balance : book.balances)
        out.balance(balance);
    out.number(book.lots.size());
    for (const Lot& lot : book.lots) {
        out.time(lot.due);
        out.amount(lot.amount);
    }
    out.flag(book.freeze.has_value());
    if (book.freeze) {
        out.flag(book.freeze->reason == FreezeReason::fault_case);
        out.time(book.freeze->since);
    }
    for (const std::uint64_t number :
         {book.vouchers, book.cases, book.corrections, book.paid_epoch}) {
        out.number(number);
    }
    out.time(book.released_through);
    out.time(book.review_ended);
    out.time(book.fault);
}

PayBook read_book(Reader& in)
{
    PayBook book;
    for (Balance& balance : book.balances)
        balance = in.balance();
    for (std::uint64_t left = in.number(); left > 0 && in.good(); --left) {
        const Time due = in.time();
        book.lots.push_back({.due = due, .amount = in.amount()});
    }
    if (in.flag()) {
        const bool is_case = in.flag();
        book.freeze = Freeze{
            .reason = is_case ? FreezeReason::fault_case : FreezeReason::review,
            .since = in.time(),
        };
    }
    for (std::uint64_t* number :
         {&book.vouchers, &book.cases, &book.corrections, &book.paid_epoch}) {
        *number = in.number();
    }
    book.released_through = in.time_or_none();
    book.review_ended = in.time_or_none();
    book.fault = in.time_or_none();
    return book;
}

void write_pool(Writer& out, const State& state)
{
    out.number(state.epoch);
    out.split(state.split);
    out.number(state.splits.size());
    for (const FutureSplit& future : state.splits) {
        out.number(future.from_epoch);
        out.time(future.begins);
        out.split(future.split);
    }
    out.number(state.splits_scheduled);
    for (const std::uint64_t number : state.moves)
        out.number(number);
    for (const Balance& balance : state.pool)
        out.balance(balance);
}

void read_pool(Reader& in, State& state)
{
    state.epoch = in.number();
    state.split = in.split();
    for (std::uint64_t left = in.number(); left > 0 && in.good(); --left) {
        FutureSplit future;
        future.from_epoch = in.number();
        future.begins = in.time();
        future.split = in.split();
        const std::uint64_t last =
            state.splits.empty() ? state.epoch : state.splits.back().from_epoch;
        in.expect(future.from_epoch > last);
        state.splits.push_back(future);
    }
    state.splits_scheduled = in.number();
    for (std::uint64_t& number : state.moves)
        number = in.number();
    for (Balance& balance : state.pool)
        balance = in.balance();
}

}  // namespace

Bytes encode_state(const State& state)
{
    Bytes bytes{format};
    Writer out{bytes};
    write(out, state.terms);
    write_pool(out, state);
    out.number(state.pay.size());
    for (const auto& [address, book] : state.pay) {
        out.address(address);
        write(out, book);
    }
    return bytes;
}

Result<State, Fault> decode_state(ByteView bytes)
{
    if (bytes.empty() || bytes[0] != format) return because(Fault{"snapshot: unknown format"});
    Reader in{bytes.subspan(1)};
    State state;
    state.terms = read_terms(in);
    read_pool(in, state);
    for (std::uint64_t left = in.number(); left > 0 && in.good(); --left) {
        const Address address = in.address();
        in.expect(state.pay.empty() || state.pay.rbegin()->first < address);
        state.pay.emplace_hint(state.pay.end(), address, read_book(in));
    }
    if (!in.good() || !in.at_end()) return because(Fault{"snapshot: malformed"});
    if (const auto wrong = violation(state)) return because(Fault{"snapshot: " + *wrong});
    return state;
}

}  // namespace millpond::ledger
