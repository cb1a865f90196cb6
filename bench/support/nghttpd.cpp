#include "bench/support/nghttpd.hpp"

#include "bench/support/pool.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace millpond::bench {
namespace {

void write_file(const std::string& path, std::size_t size)
{
    std::ofstream{path, std::ios::binary} << std::string(size, 'x');
}

void write_files(const std::string& folder)
{
    write_file(folder + "/source", source_bytes);
    write_file(folder + "/rendition", rendition_bytes);
    write_file(folder + "/result", 4 * rendition_bytes);
    write_file(folder + "/small", 2);
}

bool shell(const std::string& command)
{
    return std::system(command.c_str()) == 0;
}

}  // namespace

Nghttpd::Nghttpd(const std::string& folder)
    : folder_((write_files(folder), folder)),
      port_(free_port()),
      server_(
          {"nghttpd",
           "-n1",
           "--window-bits=20",
           "--connection-window-bits=24",
           "-d",
           folder,
           std::to_string(port_),
           folder + "/key.pem",
           folder + "/cert.pem"},
          {}
      )
{
    const std::string probe =
        "curl -sk --max-time 1 -o /dev/null https://127.0.0.1:" + std::to_string(port_) +
        "/rendition 2>/dev/null";
    for (int attempt = 0; !shell(probe); ++attempt) {
        if (attempt == 100) give_up("nghttpd does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

double Nghttpd::run(const std::string& options, const std::string& path, int requests)
{
    const double before = server_.cpu();
    const std::string command = "h2load -n " + std::to_string(requests) + " -c 8 -m 2 " + options +
                                " https://127.0.0.1:" + std::to_string(port_) + "/" + path + " > " +
                                folder_ + "/h2load.log 2>&1";
    if (!shell(command)) give_up("h2load failed, see " + folder_ + "/h2load.log");
    return (server_.cpu() - before) / requests;
}

double Nghttpd::segment_cpu(int times)
{
    const double source_in = run("-d " + folder_ + "/source", "small", times);
    const double source_out = run("", "source", times);
    const double result_in = run("-d " + folder_ + "/result", "small", times);
    const double rendition_out = run("", "rendition", 4 * times);
    return source_in + source_out + result_in + 4 * rendition_out;
}

}  // namespace millpond::bench
