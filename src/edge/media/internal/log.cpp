#include "edge/media/internal/log.hpp"

#include <array>
#include <cstdarg>
#include <mutex>
#include <utility>

#include "edge/media/internal/av.hpp"

namespace millpond::media {
namespace {

thread_local LogCapture* capture = nullptr;

}  // namespace

void keep_log_line(std::string line)
{
    if (capture == nullptr || !capture->text_.empty()) return;
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
    capture->text_ = std::move(line);
}

namespace {

__attribute__((format(printf, 3, 0))) void take_line(
    void* /*source*/, int level, const char* format, va_list arguments
)
{
    if (level > AV_LOG_ERROR) return;
    std::array<char, 512> line{};
    std::vsnprintf(line.data(), line.size(), format, arguments);
    keep_log_line(line.data());
}

}  // namespace

void silence_log()
{
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(take_line); });
}

LogCapture::LogCapture() : outer_(std::exchange(capture, this))
{
    silence_log();
}

LogCapture::~LogCapture()
{
    capture = outer_;
}

}  // namespace millpond::media
