#pragma once

#include "core/fleet/fleet.hpp"
#include "flow/bookkeeper.hpp"
#include "flow/settlement.hpp"
#include "sim/scenario.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace millpond::sim {

/// A journal in memory. What it holds is counted, and kept where somebody wants to read it.
class MemoryJournal final : public Journal {
public:
    explicit MemoryJournal(bool keeps) : keeps_(keeps) {}

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override;

    [[nodiscard]] const std::vector<BookEvent>& events() const { return events_; }

    [[nodiscard]] std::uint64_t entries() const { return entries_; }

    /// What comes meanwhile is not written down: its operator lies.
    void hide(bool hides) { hides_ = hides; }

    /// Forgets the first so many events.
    void forget(std::size_t count)
    {
        events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
    }

    /// Keeps nothing more.
    void close()
    {
        keeps_ = false;
        events_.clear();
    }

private:
    bool keeps_;
    bool hides_ = false;
    std::uint64_t entries_ = 0;
    std::vector<BookEvent> events_;
};

/// Secrets that follow from the seed.
class SeededEpochs final : public Epochs {
public:
    explicit SeededEpochs(std::uint64_t seed) : seed_(seed) {}

    Result<Hash32, Fault> secret(std::uint64_t epoch) override;
    Task<Result<void, Fault>> publish(settle::EpochDocument document) override;

    [[nodiscard]] bool published(std::uint64_t epoch) const override { return epoch <= count_; }

    Result<void, Fault> publish_late(const settle::EpochDocument& document) override;
    Task<Result<void, Fault>> keep(std::uint64_t epoch, Bytes snapshot) override;

    [[nodiscard]] Hash32 journal_hash() const override { return {}; }

    [[nodiscard]] std::uint64_t count() const { return count_; }

    void on_publish(std::function<void(const settle::EpochDocument&)> then)
    {
        publish_ = std::move(then);
    }

private:
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
    std::function<void(const settle::EpochDocument&)> publish_;
};

/// Signs with a mark of what it signs: in a play nobody forges anything.
class PlayKey final : public OperatorKey {
public:
    [[nodiscard]] Address address() const override { return {}; }

    [[nodiscard]] crypto::Signature sign(const Hash32& digest) const override;
};

/// The live pool's own bookkeeper and fleet, with a journal in memory.
struct PoolSide {
    PoolSide(const Scenario& scenario, const AttackTable& table, std::uint64_t seed, bool keeps);

    /// Enters what the operator or the chain says; the rules must allow it.
    void enter(std::vector<BookEvent> events, Time now);
    /// Ticks, epochs, releases; what was entered becomes durable.
    void turn(Time now);
    /// What the live pool does on its chain now and then.
    void settle(Settlement& settlement, Time now);
    /// What was entered becomes durable, and who it is for hears of it.
    void tell();

    [[nodiscard]] const book::Account& account(const Address& address) const
    {
        return keeper.book().accounts().at(address);
    }

    MemoryJournal journal;
    SeededEpochs epochs;
    PlayKey key;
    Price price;  ///< of a pixel to gateways
    fleet::Fleet fleet;
    Bookkeeper keeper;
};

/// The settings a pool of that scenario runs with.
[[nodiscard]] BookSettings settings_of(const Scenario& scenario, const AttackTable& table);

/// That ladder.
[[nodiscard]] Ladder played_ladder();

/// Pixels that one segment of the simulated ladder has: four rungs, two seconds (section 12).
inline constexpr Pixels segment_pixels{99'849'600};

}  // namespace millpond::sim
