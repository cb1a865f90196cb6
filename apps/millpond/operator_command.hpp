#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace millpond {

/// `millpond payouts`, `case`, `bond` and `member`: what an operator orders of a pool that runs.
class OperatorCommand {
public:
    void describe(CLI::App& app);

    [[nodiscard]] bool chosen() const;

    /// Ends with 0, or with 1 when the pool refused or did not answer.
    [[nodiscard]] int run() const;

private:
    [[nodiscard]] int run_export() const;
    [[nodiscard]] int run_paid() const;
    [[nodiscard]] int run_close() const;
    [[nodiscard]] int run_bond() const;
    [[nodiscard]] int run_member() const;
    /// Prints what the pool answers to an order.
    [[nodiscard]] int run_correct() const;
    [[nodiscard]] int run_order(
        const std::string& path, const std::string& body, const std::string& method = "POST"
    ) const;

    void describe_accounts(CLI::App& app);
    void reach(CLI::App& command);

    CLI::App* export_ = nullptr;
    CLI::App* paid_ = nullptr;
    CLI::App* close_ = nullptr;
    CLI::App* bond_ = nullptr;
    CLI::App* member_ = nullptr;
    CLI::App* correct_ = nullptr;
    std::string data_dir_ = "millpond-data";
    std::uint16_t port_ = 7935;
    std::uint64_t epoch_ = 0;
    std::string format_ = "csv";
    std::string reference_;
    std::string file_;
    std::string account_;
    std::string ruling_;
    std::string reason_;
    std::optional<std::string> forfeit_;
    std::string move_;
    std::uint64_t mlpt_ = 0;
    bool leaves_ = false;
    std::optional<std::string> more_;
    std::optional<std::string> less_;
    bool withdraw_ = false;
};

}  // namespace millpond
