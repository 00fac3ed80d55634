// SPDX-License-Identifier: MIT
// What the unit tests share: cmocka with all it needs, chance from a seed, memory that ends at a
// guard page, a temporary folder.
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sanitized.h"

#define UNUSED __attribute__((unused))
#define TEST(name) static void name(UNUSED void **state)
#define COUNT(array) (sizeof(array) / sizeof *(array))

// Random numbers that depend on the seed alone (splitmix64).
struct chance {
    uint64_t state;
};
uint64_t chance_next(struct chance *chance);
uint64_t chance_below(struct chance *chance, uint64_t bound); // 0 to bound - 1
bool chance_in(struct chance *chance, uint64_t bound);        // true once in `bound` times
void chance_fill(struct chance *chance, void *bytes, size_t size);

// Memory whose last byte is followed by a page that cannot be read: reading on is a crash.
struct guarded {
    uint8_t *bytes; // `size` of them
    size_t size;
    void *mapping;
    size_t mapped;
};
struct guarded guarded_make(const void *bytes, size_t size); // a null `bytes` is zeros
void guarded_free(struct guarded *guarded);

// A folder below $TMPDIR for one test: a setup and a teardown.
int folder_make(void **state);
int folder_remove(void **state);
const char *folder(void);
const char *in_folder(const char *name);             // a path, good until the next call
void write_file(const char *name, const char *text); // below the folder
char *read_file(const char *name, size_t *size);     // terminated; the caller frees it
bool is_in_folder(const char *name);

// How many descriptors this process has open.
size_t open_descriptors(void);

// Runs `body` in a child process; returns its wait status. The child reports by its exit status
// alone: cmocka's assertions would jump into the parent's test.
int in_child(int (*body)(void *context), void *context);

#endif
