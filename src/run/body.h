// SPDX-License-Identifier: MIT
// A downloaded body. For a worker it is an anonymous file in memory, sealed before the worker sees
// it, which can neither change it nor see another one. Where no worker is to see it, it is a
// temporary file in the output directory, hashed as it comes, which only has to be renamed.
#ifndef RUN_BODY_H
#define RUN_BODY_H

#include "run/budget.h"
#include "run/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEMPORARY_NAME_BYTES = 24 };

struct body {
    int descriptor; // -1: there is none
    uint64_t bytes;
    struct budget_share share; // what it takes of the bytes held
    // Of a temporary file: where it stands, under which name, and the digest of its bytes so far.
    int folder; // not the body's own; -1: it is a file in memory
    char temporary[TEMPORARY_NAME_BYTES];
    struct digest *digest;        // of a file in memory only where somebody wants to know it
    uint8_t sha256[DIGEST_BYTES]; // after body_sha256()
};

#define BODY_NONE ((struct body){.descriptor = -1, .folder = -1})

// An anonymous, sealable file in memory. -1 with errno when the system refuses.
int memory_file(const char *name);

// Forbids every further change of a memory file. -1 with errno (EBUSY: somebody maps it writable).
int memory_file_seal(int descriptor);

// Makes the body a temporary file of that name in the directory `folder`. Returns 0, or -1 with
// errno.
int body_open_file(struct body *body, int folder, const char *name);

// Appends; the first bytes make a file in memory where there is none. Returns 0, or -1 with errno.
int body_append(struct body *body, const void *data, size_t size);

// Takes back all bytes. Returns 0, or -1 with errno.
int body_restart(struct body *body);

// The digest of a complete body that has one. No byte can be appended any more.
void body_sha256(struct body *body, uint8_t sha256[DIGEST_BYTES]);

// Gives the complete temporary file its final path, relative to `directory`, and tells its digest;
// with `sync` its bytes are on the disk before (blocking). Returns 0, or -1 with errno.
int body_rename(struct body *body, int directory, const char *path, bool sync,
                uint8_t sha256[DIGEST_BYTES]);

// Closes the file, and removes it if it is temporary. The share is the caller's to release.
void body_close(struct body *body);

#endif
