// SPDX-License-Identifier: MIT
// A downloaded body: an anonymous file in memory, one for each, sealed before a worker sees it. A
// worker can neither change it nor see another one.
#ifndef RUN_BODY_H
#define RUN_BODY_H

#include "run/budget.h"

#include <stddef.h>
#include <stdint.h>

struct body {
    int descriptor; // -1: there is none
    uint64_t bytes;
    struct budget_share share; // what it takes of the bytes held
};

#define BODY_NONE ((struct body){.descriptor = -1})

// An anonymous, sealable file in memory. -1 with errno when the system refuses.
int memory_file(const char *name);

// Forbids every further change of a memory file. -1 with errno (EBUSY: somebody maps it writable).
int memory_file_seal(int descriptor);

// Appends; the first bytes make the file. Returns 0, or -1 with errno.
int body_append(struct body *body, const void *data, size_t size);

// Closes the file. The share is the caller's to release.
void body_close(struct body *body);

#endif
