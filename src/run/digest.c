// SPDX-License-Identifier: MIT
#include "run/digest.h"

#include <openssl/evp.h>

#include <stdlib.h>

void digest_sha256(const void *data, size_t size, uint8_t digest[DIGEST_BYTES])
{
    if (EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) != 1)
        abort(); // only when libcrypto itself is broken; a wrong digest would be worse
}

void digest_hex(const uint8_t *digest, size_t bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * bytes] = '\0';
}
