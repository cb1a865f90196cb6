#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace millpond {

/// A folder of its own for one test, gone with it.
class TempDir {
public:
    TempDir()
    {
        std::string name = (std::filesystem::temp_directory_path() / "millpond-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }

    ~TempDir() { std::filesystem::remove_all(path_); }

    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace millpond
