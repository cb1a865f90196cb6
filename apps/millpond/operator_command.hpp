#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace millpond {

/// `millpond payouts` and `millpond case`: what an operator orders of a pool that runs.
class OperatorCommand {
public:
    void describe(CLI::App& app);

    [[nodiscard]] bool chosen() const { return *export_ || *paid_ || *close_; }

    /// Ends with 0, or with 1 when the pool refused or did not answer.
    [[nodiscard]] int run() const;

private:
    [[nodiscard]] int run_export() const;
    [[nodiscard]] int run_paid() const;
    [[nodiscard]] int run_close() const;

    CLI::App* export_ = nullptr;
    CLI::App* paid_ = nullptr;
    CLI::App* close_ = nullptr;
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
};

}  // namespace millpond
