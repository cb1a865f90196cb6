#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <pwd.h>

namespace millpond {

/// A PostgreSQL server of a test's own, reached by a socket in its folder. PostgreSQL refuses to
/// run as root: then it runs as the user `postgres` that its package makes.
class Postgres {
public:
    Postgres()
    {
        if (::getuid() == 0) {
            const passwd* user = ::getpwnam("postgres");
            if (user == nullptr) throw std::runtime_error{"no user postgres"};
            if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
                throw std::runtime_error{"chown failed"};
        }
        run({"initdb", "-D", data(), "-A", "trust", "-U", "millpond", "--no-sync", "-E", "UTF8"});
        start();
    }

    ~Postgres()
    {
        if (running_) stop("immediate");
    }

    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    /// Returns when the server takes connections.
    void start()
    {
        const std::string options =
            "-c listen_addresses= -c unix_socket_directories=" + folder_.path().string() +
            " -c max_connections=40";
        run({"pg_ctl", "-D", data(), "-w", "-o", options, "-l", folder_.path() / "log", "start"});
        running_ = true;
    }

    /// "immediate" ends it as a crash would, "fast" cleanly.
    void stop(const std::string& mode)
    {
        run({"pg_ctl", "-D", data(), "-w", "-m", mode, "stop"});
        running_ = false;
    }

    [[nodiscard]] std::string address() const
    {
        return "postgres://millpond@/postgres?host=" + folder_.path().string();
    }

private:
    [[nodiscard]] std::string data() const { return folder_.path() / "data"; }

    static void run(std::vector<std::string> command)
    {
        command.front() = "/usr/lib/postgresql/15/bin/" + command.front();
        if (::getuid() == 0) {
            const std::vector<std::string> as = {"/usr/sbin/runuser", "-u", "postgres", "--"};
            command.insert(command.begin(), as.begin(), as.end());
        }
        const std::string name = command.back();
        if (Process{std::move(command)}.wait() != 0)
            throw std::runtime_error{"PostgreSQL: " + name + " failed"};
    }

    TempDir folder_;
    bool running_ = false;
};

}  // namespace millpond
