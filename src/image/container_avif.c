// SPDX-License-Identifier: MIT
#include "image/container_avif.h"

#include "base/limits.h"
#include "image/bytes.h"

#include <string.h>

// Bytes not read yet. Reading past their end gives zeros and leaves nothing.
struct span {
    const uint8_t *at;
    size_t size;
};

static void skip(struct span *span, size_t bytes)
{
    const size_t step = bytes < span->size ? bytes : span->size;
    span->at += step;
    span->size -= step;
}

static uint32_t number(struct span *span, size_t bytes)
{
    uint32_t value = 0;
    if (span->size < bytes) {
        skip(span, bytes);
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | span->at[i];
    skip(span, bytes);
    return value;
}

struct box {
    char type[4];
    struct span body; // or what there is of it
    bool whole;
};

static bool is(const struct box *box, const char *type)
{
    return memcmp(box->type, type, 4) == 0;
}

// Takes the next box out of `span` (ISO/IEC 14496-12, 4.2). False when there is none.
static bool next_box(struct span *span, struct box *box)
{
    if (span->size < 8)
        return false;
    uint64_t header = 8;
    uint64_t length = be32(span->at);
    memcpy(box->type, span->at + 4, 4);
    if (length == 1 && span->size >= 16) { // a 64-bit length follows
        header = 16;
        length = (uint64_t)be32(span->at + 8) << 32 | be32(span->at + 12);
    } else if (length == 0) { // to the end
        length = span->size;
    }
    if (length < header)
        return false;
    box->whole = length <= span->size;
    const size_t present = box->whole ? (size_t)length : span->size;
    box->body = (struct span){span->at + header, present - (size_t)header};
    skip(span, present);
    return true;
}

// Finds the first box of a type among those in `span`.
static bool find_box(struct span span, const char *type, struct box *box)
{
    for (unsigned boxes = 0; boxes < LIMIT_AVIF_BOXES && next_box(&span, box); boxes++)
        if (is(box, type))
            return true;
    return false;
}

static bool find_path(struct span span, const char *const *path, struct box *box)
{
    for (; *path != NULL; path++) {
        if (!find_box(span, *path, box))
            return false;
        span = box->body;
    }
    return true;
}

enum { VERSION_AND_FLAGS = 4 }; // at the start of most bodies

// ---- the main item and what is said about it (ISO/IEC 23008-12, 6.5) ----

struct item {
    uint32_t width, height;
    unsigned rotation; // quarter turns, anticlockwise
    bool mirrored;
    unsigned mirror; // 0: top and bottom are exchanged; 1: left and right
};

static void apply_property(struct item *item, const struct box *property)
{
    struct span body = property->body;
    if (is(property, "ispe")) {
        skip(&body, VERSION_AND_FLAGS);
        item->width = number(&body, 4);
        item->height = number(&body, 4);
    } else if (is(property, "irot")) {
        item->rotation = number(&body, 1) & 3;
    } else if (is(property, "imir")) {
        item->mirrored = true;
        item->mirror = number(&body, 1) & 1;
    }
}

static void apply_properties(struct item *item, struct span properties, struct span *indices,
                             unsigned count, bool wide)
{
    struct box property;
    for (unsigned i = 0; i < count && indices->size > 0; i++) {
        const uint32_t index = number(indices, wide ? 2 : 1) & (wide ? 0x7FFF : 0x7F);
        struct span rest = properties;
        bool found = index > 0;
        for (uint32_t k = 0; k < index && found; k++)
            found = next_box(&rest, &property);
        if (found)
            apply_property(item, &property);
    }
}

// Which properties belong to which item is told by 'ipma', once. False when this one does not speak
// of the main item.
static bool read_associations(struct item *item, uint32_t main_item, struct span properties,
                              struct span body)
{
    const uint32_t version = number(&body, 1);
    const bool wide = number(&body, 3) & 1;
    const uint32_t entries = number(&body, 4);
    for (uint32_t i = 0; i < entries && i < LIMIT_AVIF_BOXES && body.size > 0; i++) {
        const uint32_t id = number(&body, version < 1 ? 2 : 4);
        const unsigned count = number(&body, 1);
        if (id == main_item) {
            apply_properties(item, properties, &body, count, wide);
            return true;
        }
        skip(&body, (size_t)count * (wide ? 2 : 1));
    }
    return false;
}

static struct item read_main_item(struct span file)
{
    struct item item = {0};
    struct box meta, main_item, group, properties, box;
    if (!find_box(file, "meta", &meta))
        return item;
    skip(&meta.body, VERSION_AND_FLAGS);
    if (!find_box(meta.body, "pitm", &main_item) || !find_box(meta.body, "iprp", &group) ||
        !find_box(group.body, "ipco", &properties))
        return item;
    const uint32_t version = number(&main_item.body, 1);
    skip(&main_item.body, 3);
    const uint32_t id = number(&main_item.body, version == 0 ? 2 : 4);
    for (unsigned boxes = 0; boxes < LIMIT_AVIF_BOXES && next_box(&group.body, &box); boxes++)
        if (is(&box, "ipma") && read_associations(&item, id, properties.body, box.body))
            break;
    return item;
}

// First the rotation, then the mirror, as an Exif orientation.
static unsigned orientation_of(const struct item *item)
{
    static const unsigned rotated[4] = {1, 8, 3, 6};
    static const unsigned exchanged[2][4] = {
        {4, 5, 2, 7}, // top and bottom
        {2, 7, 4, 5}, // left and right
    };
    return item->mirrored ? exchanged[item->mirror][item->rotation] : rotated[item->rotation];
}

// ---- an animation's track ----

static void read_track(struct span file, uint32_t *width, uint32_t *height)
{
    static const char *const path[] = {"moov", "trak", "mdia", "minf", "stbl", "stsd", NULL};
    enum { ENTRY_COUNT = 4, SIZE_IN_ENTRY = 24 }; // 14496-12, 8.5.2 and 12.1.3
    struct box entries, entry;
    if (!find_path(file, path, &entries))
        return;
    skip(&entries.body, VERSION_AND_FLAGS + ENTRY_COUNT);
    if (!find_box(entries.body, "av01", &entry))
        return;
    skip(&entry.body, SIZE_IN_ENTRY);
    *width = number(&entry.body, 2);
    *height = number(&entry.body, 2);
}

static bool is_whole(struct span file)
{
    struct box box;
    bool whole = true;
    while (whole && file.size > 0)
        whole = next_box(&file, &box) && box.whole;
    return whole;
}

struct container container_read_avif(const uint8_t *data, size_t size)
{
    const struct span file = {data, size};
    const struct item item = read_main_item(file);
    struct container avif = {
        .width = item.width,
        .height = item.height,
        .whole = is_whole(file),
        .orientation = orientation_of(&item),
    };
    // Where there are both, the decoder takes the track if the file says that it is an animation
    // above all; the track is then not turned.
    const bool animated = size >= 12 && memcmp(data + 8, "avis", 4) == 0;
    if (animated || item.width == 0) {
        read_track(file, &avif.width, &avif.height);
        avif.orientation = 0;
    }
    return avif;
}
