// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4), by libcrypto.
#ifndef RUN_DIGEST_H
#define RUN_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32
#define DIGEST_HEX_BYTES (2 * DIGEST_BYTES + 1)

void digest_sha256(const void *data, size_t size, uint8_t digest[DIGEST_BYTES]);

// The first 64 bits of a text's digest, as a key in memory.
uint64_t digest_key(const char *text);

// SHA-256 of bytes that come in parts: from digest_new(), which is NULL when out of memory, to
// digest_finish(), which also frees.
struct digest;
struct digest *digest_new(void);
void digest_update(struct digest *digest, const void *data, size_t size);
void digest_finish(struct digest *digest, uint8_t out[DIGEST_BYTES]);

// The first `bytes` bytes of a digest as lower-case hexadecimal, terminated.
void digest_hex(const uint8_t *digest, size_t bytes, char *out);

#endif
