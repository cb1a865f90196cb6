#pragma once

#include "core/schedule/schedule.hpp"
#include "sim/agenda.hpp"
#include "sim/chain/contracts_of_play.hpp"
#include "sim/gateway_side.hpp"
#include "sim/operator_side.hpp"
#include "sim/pool_side.hpp"
#include "sim/score.hpp"
#include "sim/transcoder_side.hpp"
#include "sim/video.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::sim {

/// Wei in millionths of W.
[[nodiscard]] std::int64_t in_millionths(const Wei& amount, std::uint64_t pay_wei);

/// One play of a scenario: streams ask, agents answer as they are, and the live pool's bookkeeper
/// decides who works, who is looked at and who is paid. Virtual time, one thread, from a seed.
class World {
public:
    World(
        const Scenario& scenario,
        const AttackTable& table,
        std::uint64_t seed,
        bool keeps_journal = false
    );

    void run();

    [[nodiscard]] const std::vector<Score>& scores() const { return scores_; }

    [[nodiscard]] const PoolScore& pool_score() const { return pool_score_; }

    /// In the order of the scenario's gateways.
    [[nodiscard]] const std::vector<GatewayScore>& gateway_scores() const
    {
        return gateway_scores_;
    }

    [[nodiscard]] const OperatorScore& operator_score() const { return operator_score_; }

    [[nodiscard]] const SettlementScore& settlement_score() const { return settlement_score_; }

    [[nodiscard]] const ChainScore& chain_score() const { return chain_score_; }

    [[nodiscard]] const PoolSide& pool() const { return pool_; }

    [[nodiscard]] const Scenario& scenario() const { return scenario_; }

private:
    enum class Kind : std::uint8_t {
        segment,
        back,
        record,
        join,
        leave,
        again,
        ruling,
        price,
        floor,
        pause,
        hedge,
        tick
    };

    struct Note {
        Kind kind = Kind::tick;
        std::uint32_t which = 0;
    };

    struct Stream {
        SessionId session;
        std::uint64_t tag = 0;
        std::int64_t seq = 0;
        std::int64_t left = 0;  ///< segments until it ends
        std::uint32_t sessions = 0;
        bool hard = false;  ///< to make
        std::optional<std::uint32_t> gateway;
    };

    /// Somebody who decides, under one name or several, one after the other or at once.
    struct Agent {
        std::uint32_t crowd = 0;
        Chance chance;
        std::uint32_t errors_left = 0;  ///< of a burst of mistakes
        std::uint64_t bond_mlpt = 0;
    };

    struct Identity {
        std::uint32_t agent = 0;
        TranscoderId id;
        Address address;
        Time joined;
        Time line_free;             ///< when it may carry the next segment
        std::optional<Time> began;  ///< to cheat
        std::uint64_t done = 0;
        std::uint64_t bad = 0;
        std::int64_t cost = 0;           ///< in millionths of W
        std::optional<std::size_t> way;  ///< of a learner's
        std::uint32_t failures = 0;      ///< of qualification, in a row
        bool connected = false;
        bool full = false;
        bool charged = false;  ///< a case or an alarm is being dealt with
        bool noticed = false;  ///< what its operator does
    };

    /// A segment and everybody who has it.
    struct Race {
        Segment segment;
        std::uint64_t stream = 0;
        bool hard = false;
        std::optional<std::uint32_t> gateway;
        std::vector<std::uint32_t> jobs;
        std::uint32_t attempts = 0;
        std::uint32_t open = 0;  ///< jobs not back
        bool answered = false;
        bool used = false;
    };

    struct Job {
        TaskId task;
        std::uint32_t race = 0;
        std::uint32_t identity = 0;
        bool replica = false;
        bool synchronous = false;
        bool recorded = false;
        bool canary = false;
        bool silent = false;
        bool late = false;  ///< its answer reaches nobody
        Time back_at;
        bool declined = false;  ///< its transcoder does not take it
        std::optional<TaskOffer> offer;
        Hash32 offer_hash{};
        bool used = false;
        Work work;
    };

    struct Hearing {
        std::uint32_t identity = 0;
        bool soft = false;
        bool guilty = false;
    };

    // world.cpp: time, streams and segments
    void handle(const Note& note);
    void tick();
    void emit(std::uint32_t index);
    void begin_session(Stream& stream);
    bool attempt(std::uint32_t number);
    void place_replicas(std::uint32_t number);
    void hand_over(std::uint32_t number, TaskId task, const Bookkeeper::Given& given, bool replica);
    void give_canaries();
    void note_unserved(const Race& race);
    void end_if_over(std::uint32_t number);
    void sum_up();

    // world_results.cpp: what comes back
    void back(std::uint32_t index);
    void finish(std::uint32_t index);
    void accept(std::uint32_t index);
    void deliver(const Job& job);
    void charge_gateway(const Race& race);
    void lose(std::uint32_t index, const std::string& reason);
    void compare(std::uint32_t number);
    /// False where what was seen forbids delivery.
    bool examine(std::uint32_t index);
    [[nodiscard]] std::optional<PictureVerdict> look(const Job& job, std::uint32_t tiers);
    void note_cost_of(
        const Job& job, const std::optional<PictureVerdict>& verdict, std::uint32_t tiers
    );
    void record(std::uint32_t number);
    void record_back(std::uint32_t index);
    void take_note(std::uint32_t number);

    // world_agents.cpp: who comes, what they do, what they are charged with
    void populate();
    void join(std::uint32_t number);
    void leave(std::uint32_t number);
    void pause(std::uint32_t number);
    void come_again(std::uint32_t number);
    void play(std::uint32_t index);
    [[nodiscard]] bool cheats(Identity& identity, const Job& job);
    [[nodiscard]] bool copies(std::uint32_t index);
    [[nodiscard]] bool has_mate(const Job& job) const;
    void charge(std::uint32_t number, bool soft);
    void rule(std::uint32_t index);
    void punish(std::uint32_t number, bool soft);
    void let_price_fall();
    std::uint32_t new_identity(std::uint32_t agent);

    // world_receipts.cpp: what the operator signs, tells and steers, and who finds that out
    void meet_operator();
    void take_offer(Job& job);
    void raise_floor(std::uint32_t number);
    [[nodiscard]] Bytes commit_of(const Job& job);
    void hear(const PoolReceipt& receipt);
    void hear_epoch(const settle::EpochDocument& right);
    void notice(std::uint32_t number, std::string_view name);
    std::optional<Bookkeeper::Given> give(const Segment& segment, TaskId task);
    [[nodiscard]] std::vector<TranscoderId> others_at_work() const;
    void audit(const settle::EpochDocument& document);
    void sum_up_receipts();

    [[nodiscard]] bool is_robbed_of(const Job& job);

    // world_chain.cpp: the pool settles on a chain, and transcoders claim there
    void open_chain();
    void settle();
    void claim();
    void sum_up_chain();

    // world_gateways.cpp: gateways that pay by tickets, and lines
    void open_desk(std::uint64_t seed);
    [[nodiscard]] bool is_let_in(const Race& race);
    void turn_purses();
    void sum_up_gateways();
    [[nodiscard]] Duration on_the_way(std::uint32_t number);
    [[nodiscard]] bool is_cut(std::uint32_t number, Time at) const;
    [[nodiscard]] Time answer_at(std::uint32_t index, Duration takes);
    void hedge(std::uint32_t index);

    // world_learning.cpp: who tries what pays
    struct Tried {
        std::uint64_t names = 0;
        std::uint64_t done = 0;
        std::int64_t profit = 0;  ///< in millionths of W
    };

    [[nodiscard]] std::vector<Tried> tried_by(std::uint32_t crowd) const;
    [[nodiscard]] std::size_t next_way(std::uint32_t agent);
    [[nodiscard]] std::uint32_t learned(std::uint32_t crowd) const;
    [[nodiscard]] std::uint32_t cheat_ppm_of(const Identity& identity) const;
    void begin_anew(std::uint32_t number);

    [[nodiscard]] const Habits& habits(const Identity& identity) const
    {
        return scenario_.crowds[agents_[identity.agent].crowd].habits;
    }

    [[nodiscard]] Score& score(const Identity& identity)
    {
        return scores_[agents_[identity.agent].crowd];
    }

    [[nodiscard]] std::uint32_t alarms_pct_of(const Race& race) const
    {
        return race.gateway ? scenario_.gateways[*race.gateway].habits.alarms_pct : 100;
    }

    [[nodiscard]] Time now() const { return agenda_.now(); }

    std::uint32_t free_job();
    std::uint32_t free_race();

    Scenario scenario_;
    Video video_;
    PoolSide pool_;
    Agenda<Note> agenda_;
    Chance chance_;
    std::vector<std::size_t> attacks_;  ///< of each crowd, row of the table
    std::vector<Score> scores_;
    PoolScore pool_score_;
    std::vector<Stream> streams_;
    std::vector<Agent> agents_;
    std::vector<Identity> identities_;
    std::vector<Race> races_;
    std::vector<std::uint32_t> free_races_;
    std::vector<Job> jobs_;
    std::vector<std::uint32_t> free_jobs_;
    std::vector<Hearing> hearings_;
    std::optional<OperatorSide> operator_;
    std::vector<TranscoderSide> sides_;  ///< of each identity, where there is one
    std::map<Address, std::uint32_t> numbers_;
    std::optional<settle::EpochDocument> published_;
    std::unique_ptr<book::Book> auditor_;
    OperatorScore operator_score_;
    std::unique_ptr<ContractsOfPlay> contracts_;
    std::unique_ptr<Settlement> settlement_;
    SettlementScore settlement_score_;
    ChainScore chain_score_;
    std::optional<payment::Desk> desk_;
    payment::ChainView chain_;
    std::vector<GatewaySide> purses_;  ///< of each gateway, where there is a desk
    std::vector<GatewayScore> gateway_scores_;
    schedule::Timing timing_;
    schedule::HedgeBudget hedges_{timing_};
    std::uint32_t price_pct_ = 100;  ///< of the bond's token, of what it was at first
    Time started_;
    std::int64_t tasks_ = 0;
    std::uint64_t arrivals_ = 0;
};

}  // namespace millpond::sim
