// SPDX-License-Identifier: MIT
// What is read of a picture before anything is decoded: the probe, the containers, Exif, WebP's
// chunks.
#include "fuzz.h"

#include "base/limits.h"
#include "base/probe.h"
#include "image/container.h"
#include "image/exif.h"
#include "image/webp.h"

enum { ORIENTATIONS = 8 };

static void check_container(const uint8_t *data, size_t size)
{
    const char *what = NULL;
    const enum ef_type type = ef_probe(data, size);
    CHECK(type < EF_TYPE_COUNT);
    if (type == EF_TYPE_UNKNOWN) {
        const enum ef_status status = probe_foreign(data, size, &what);
        CHECK(status == EF_NOT_AN_IMAGE || status == EF_IMAGE_UNSUPPORTED);
        return;
    }
    CHECK(probe_name(type)[0] != '\0');
    const struct container container = container_read(type, data, size);
    CHECK(container.orientation <= ORIENTATIONS);
    CHECK(container.max_value <= UINT8_MAX || container.unsupported != NULL);
}

static void check_chunks(const uint8_t *data, size_t size)
{
    struct webp_chunk chunk;
    for (size_t at = WEBP_FIRST_CHUNK, before = at; webp_next_chunk(data, size, &at, &chunk);) {
        CHECK(at > before);
        CHECK(chunk.type >= data && chunk.body >= data && chunk.body <= data + size);
        CHECK(chunk.size <= (size_t)(data + size - chunk.body));
        before = at;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned orientation = exif_orientation(data, size);
    CHECK(orientation >= 1 && orientation <= ORIENTATIONS);
    check_container(data, size);
    check_chunks(data, size);
    return 0;
}
