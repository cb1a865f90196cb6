#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the process when our own reasoning was wrong. Never compiled out, never for input.
#define MILLPOND_ASSERT(condition)                                                                 \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
