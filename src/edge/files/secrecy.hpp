#pragma once

namespace millpond::files {

/// From now on nothing of this process's memory is written anywhere when it dies, and no other
/// process of its user may look into it: it holds keys. A program that is started from it decides
/// for itself.
void keep_memory_secret();

}  // namespace millpond::files
