// SPDX-License-Identifier: MIT
// Invariants that are checked in every build.
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <stdio.h>
#include <stdlib.h>

// Ends the process when the program itself is wrong. Never for bad data, which is a counted
// failure.
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "edgefetch: %s:%d: broken invariant: %s\n", __FILE__, __LINE__,        \
                    #condition);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
