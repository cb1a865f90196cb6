#pragma once

#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>

namespace millpond {

/// A file system of a test's own that is soon full. Mounting one takes root; `mounted` says whether
/// it could be done.
class SmallDisk {
public:
    explicit SmallDisk(const std::string& size)
    {
        mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    }

    ~SmallDisk()
    {
        if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
    }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool mounted() const { return mounted_; }

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

    /// Takes what room is left.
    void fill() const
    {
        std::ofstream file{filler(), std::ios::binary};
        const std::string piece(4'096, 'x');
        while (file.write(piece.data(), 4'096).flush()) {
        }
    }

    void make_room() const { std::filesystem::remove(filler()); }

    /// Nothing may be open for writing on it.
    [[nodiscard]] bool make_read_only() const
    {
        const unsigned long flags = MS_REMOUNT | MS_RDONLY;
        return ::mount("tmpfs", path().c_str(), "tmpfs", flags, nullptr) == 0;
    }

private:
    [[nodiscard]] std::filesystem::path filler() const { return path() / "filler"; }

    TempDir folder_;
    bool mounted_ = false;
};

}  // namespace millpond
