// SPDX-License-Identifier: MIT
#include "run/tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHORT_NAME_BYTES = 100, TYPE_FILE = '0', TYPE_PAX = 'x' };

struct header {
    char name[SHORT_NAME_BYTES], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
    char link[100], magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155];
    char rest[12];
};
_Static_assert(sizeof(struct header) == TAR_BLOCK_BYTES, "a header is a block");

static const char pax_name[] = "PaxHeader";

static unsigned checksum_of(const struct header *header)
{
    struct header copy = *header;
    unsigned sum = 0;
    memset(copy.checksum, ' ', sizeof copy.checksum);
    for (size_t i = 0; i < sizeof copy; i++)
        sum += ((const uint8_t *)&copy)[i];
    return sum;
}

static void put_header(uint8_t *out, const char *name, uint64_t size, char type)
{
    struct header header = {.type = type};
    const size_t length = strlen(name);
    memcpy(header.name, name, length < SHORT_NAME_BYTES ? length : SHORT_NAME_BYTES);
    memcpy(header.mode, "0000644", 8);
    memcpy(header.uid, "0000000", 8);
    memcpy(header.gid, "0000000", 8);
    snprintf(header.size, sizeof header.size, "%011llo", (unsigned long long)size);
    memcpy(header.mtime, "00000000000", 12);
    memcpy(header.magic, "ustar", 6);
    memcpy(header.version, "00", 2);
    snprintf(header.checksum, sizeof header.checksum, "%06o", checksum_of(&header));
    header.checksum[7] = ' ';
    memcpy(out, &header, sizeof header);
}

// "LENGTH path=NAME\n", whose length counts its own digits.
static size_t put_record(uint8_t *out, const char *name)
{
    const size_t rest = strlen(name) + strlen(" path=\n");
    size_t length = rest + 2;
    if (length > 99)
        length = rest + 3;
    snprintf((char *)out, TAR_BLOCK_BYTES, "%zu path=%s\n", length, name);
    return length;
}

size_t tar_header(const char *name, uint64_t size, uint8_t out[TAR_HEADER_BYTES])
{
    const uint64_t size_limit = UINT64_C(1) << 33; // eleven octal digits
    if (strlen(name) >= TAR_NAME_BYTES || size >= size_limit)
        return 0;
    if (strlen(name) <= SHORT_NAME_BYTES) {
        put_header(out, name, size, TYPE_FILE);
        return TAR_BLOCK_BYTES;
    }
    memset(out, 0, TAR_HEADER_BYTES);
    put_header(out, pax_name, put_record(out + TAR_BLOCK_BYTES, name), TYPE_PAX);
    put_header(out + 2 * TAR_BLOCK_BYTES, name, size, TYPE_FILE);
    return TAR_HEADER_BYTES;
}

size_t tar_padding(uint64_t size)
{
    return (size_t)(-size % TAR_BLOCK_BYTES);
}

static int read_block(const struct tar_source *source, uint64_t at, void *block)
{
    ssize_t size;
    if (source->data != NULL && at <= source->size && source->size - at >= TAR_BLOCK_BYTES) {
        memcpy(block, source->data + at, TAR_BLOCK_BYTES);
        return 1;
    }
    if (source->data != NULL) {
        errno = EILSEQ;
        return at == source->size ? 0 : -1;
    }
    do {
        size = pread(source->file, block, TAR_BLOCK_BYTES, (off_t)at);
    } while (size < 0 && errno == EINTR);
    if (size >= 0 && size != TAR_BLOCK_BYTES)
        errno = EILSEQ;
    return size == 0 ? 0 : size == TAR_BLOCK_BYTES ? 1 : -1;
}

// 1, 0 at the end, -1.
static int read_header(const struct tar_source *source, uint64_t at, struct header *header,
                       uint64_t *size)
{
    const int found = read_block(source, at, header);
    if (found != 1 || header->name[0] == '\0')
        return found < 0 ? -1 : 0;
    const unsigned checksum = checksum_of(header);
    header->size[sizeof header->size - 1] = header->checksum[sizeof header->checksum - 1] = '\0';
    *size = strtoull(header->size, NULL, 8);
    if (strtoul(header->checksum, NULL, 8) == checksum)
        return 1;
    errno = EILSEQ;
    return -1;
}

// The name of a pax record.
static int read_record(const struct tar_source *source, uint64_t at, uint64_t size,
                       char name[TAR_NAME_BYTES])
{
    char block[TAR_BLOCK_BYTES + 1] = "";
    const int found = size < TAR_BLOCK_BYTES ? read_block(source, at, block) : 0;
    const char *path = strstr(block, " path=");
    if (found == 1 && path != NULL && size > 0 && block[size - 1] == '\n') {
        block[size - 1] = '\0';
        path += strlen(" path=");
        if (path < block + size && strlen(path) < TAR_NAME_BYTES) {
            strcpy(name, path);
            return 0;
        }
    }
    errno = EILSEQ;
    return -1;
}

int tar_next(const struct tar_source *source, uint64_t *at, struct tar_member *member)
{
    struct header header;
    uint64_t size = 0;
    int found = read_header(source, *at, &header, &size);
    if (found != 1)
        return found;
    memcpy(member->name, header.name, SHORT_NAME_BYTES);
    member->name[SHORT_NAME_BYTES] = '\0';
    *at += TAR_BLOCK_BYTES;
    if (header.type == TYPE_PAX) {
        if (read_record(source, *at, size, member->name) != 0)
            return -1;
        *at += TAR_BLOCK_BYTES;
        found = read_header(source, *at, &header, &size);
        if (found != 1) {
            errno = found == 0 ? EILSEQ : errno;
            return -1;
        }
        *at += TAR_BLOCK_BYTES;
    }
    member->offset = *at;
    member->size = size;
    *at += size + tar_padding(size);
    return 1;
}
