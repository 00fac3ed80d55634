// SPDX-License-Identifier: MIT
#include "run/digest.h"

#include <openssl/evp.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
static EVP_MD *fetched;

static void fetch(void)
{
    fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (fetched == NULL)
        abort(); // as below
}

// EVP_sha256() is looked up in a table of names, under a lock, whenever it is used.
static const EVP_MD *sha256(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch);
    return fetched;
}
#else
static const EVP_MD *sha256(void)
{
    return EVP_sha256();
}
#endif

void digest_sha256(const void *data, size_t size, uint8_t digest[DIGEST_BYTES])
{
    if (EVP_Digest(data, size, digest, NULL, sha256(), NULL) != 1)
        abort(); // only when libcrypto itself is broken; a wrong digest would be worse
}

uint64_t digest_key(const char *text)
{
    uint8_t digest[DIGEST_BYTES];
    uint64_t key = 0;
    digest_sha256(text, strlen(text), digest);
    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | digest[i];
    return key;
}

// libcrypto's own context under a name of ours.
static EVP_MD_CTX *context_of(struct digest *digest)
{
    return (EVP_MD_CTX *)digest;
}

struct digest *digest_new(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && EVP_DigestInit_ex(context, sha256(), NULL) != 1) {
        EVP_MD_CTX_free(context);
        context = NULL;
    }
    return (struct digest *)context;
}

void digest_update(struct digest *digest, const void *data, size_t size)
{
    if (EVP_DigestUpdate(context_of(digest), data, size) != 1)
        abort(); // as above
}

void digest_finish(struct digest *digest, uint8_t out[DIGEST_BYTES])
{
    if (EVP_DigestFinal_ex(context_of(digest), out, NULL) != 1)
        abort();
    EVP_MD_CTX_free(context_of(digest));
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
