#pragma once

namespace millpond {

/// A sanitizer keeps what was freed and takes its time: neither memory nor amounts of work are
/// what they are for users.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

/// The thread sanitizer stands between a process and its signals, handlers and forks.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr bool thread_sanitized = true;
#else
constexpr bool thread_sanitized = false;
#endif
#else
constexpr bool thread_sanitized = false;
#endif

}  // namespace millpond
