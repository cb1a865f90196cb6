#pragma once

#include <string>

namespace millpond::media {

/// Keeps the libraries from writing to the terminal. Safe to call often.
void silence_log();

/// Holds the first error that the libraries log on this thread while it lives: drivers say why
/// they refuse only there.
class LogCapture {
public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    friend void keep_log_line(std::string line);
    std::string text_;
    LogCapture* outer_;
};

}  // namespace millpond::media
