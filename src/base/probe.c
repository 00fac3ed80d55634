// SPDX-License-Identifier: MIT
#include "base/probe.h"

#include <edgefetch/edges.h>

#include <string.h>
#include <strings.h>

struct signature {
    size_t offset;
    const char *bytes;
    size_t length;
    const char *name;
};

#define BYTES(text) (text), sizeof(text) - 1

static bool matches(const struct signature *signature, const uint8_t *data, size_t size)
{
    return size >= signature->offset + signature->length &&
           memcmp(data + signature->offset, signature->bytes, signature->length) == 0;
}

// ISO/IEC 14496-12, 4.3: a file names the specifications that it follows, the main one first.
static bool has_avif_brand(const uint8_t *data, size_t size)
{
    enum { MAIN_BRAND = 8, VERSION = 12, BRAND_BYTES = 4 };
    if (size < 16 || memcmp(data + 4, "ftyp", 4) != 0)
        return false;
    const size_t box =
        (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
    const size_t most = size < PROBE_BYTES ? size : PROBE_BYTES;
    const size_t end = box < most ? box : most;
    for (size_t at = MAIN_BRAND; at + BRAND_BYTES <= end; at += BRAND_BYTES)
        if (at != VERSION &&
            (memcmp(data + at, "avif", 4) == 0 || memcmp(data + at, "avis", 4) == 0))
            return true;
    return false;
}

const char *probe_name(enum ef_type type)
{
    static const char *const names[EF_TYPE_COUNT] = {
        [EF_TYPE_JPEG] = "JPEG", [EF_TYPE_PNG] = "PNG", [EF_TYPE_GIF] = "GIF",
        [EF_TYPE_BMP] = "BMP",   [EF_TYPE_PNM] = "PNM", [EF_TYPE_WEBP] = "WebP",
        [EF_TYPE_AVIF] = "AVIF",
    };
    return (unsigned)type < EF_TYPE_COUNT && names[type] != NULL ? names[type] : "unknown";
}

enum ef_type ef_probe(const uint8_t *data, size_t size)
{
    static const struct {
        struct signature signature;
        enum ef_type type;
    } known[] = {
        {{0, BYTES("\xFF\xD8\xFF"), NULL}, EF_TYPE_JPEG},
        {{0, BYTES("\x89PNG\r\n\x1A\n"), NULL}, EF_TYPE_PNG},
        {{0, BYTES("GIF87a"), NULL}, EF_TYPE_GIF},
        {{0, BYTES("GIF89a"), NULL}, EF_TYPE_GIF},
        {{0, BYTES("BM"), NULL}, EF_TYPE_BMP},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (matches(&known[i].signature, data, size))
            return known[i].type;
    if (size >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0)
        return EF_TYPE_WEBP;
    if (has_avif_brand(data, size))
        return EF_TYPE_AVIF;
    const bool pnm = size >= 3 && data[0] == 'P' && (data[1] == '5' || data[1] == '6') &&
                     memchr(" \t\r\n#", data[2], 5) != NULL;
    return pnm ? EF_TYPE_PNM : EF_TYPE_UNKNOWN;
}

static bool looks_like_markup(const uint8_t *data, size_t size, const char *tag)
{
    const size_t length = strlen(tag);
    const size_t end = size < PROBE_BYTES ? size : PROBE_BYTES;
    for (size_t i = 0; i + length <= end; i++)
        if (strncasecmp((const char *)data + i, tag, length) == 0)
            return true;
    return false;
}

enum ef_status probe_foreign(const uint8_t *data, size_t size, const char **what)
{
    static const struct signature pictures[] = {
        {4, BYTES("ftyphei"), "HEIC"},
        {4, BYTES("ftypmif1"), "HEIF"},
        {0, BYTES("II*\0"), "TIFF"},
        {0, BYTES("MM\0*"), "TIFF"},
        {0, BYTES("\xFF\x0A"), "JPEG XL"},
        {0, BYTES("\0\0\0\x0CJXL "), "JPEG XL"},
        {0, BYTES("\0\0\0\x0CjP  "), "JPEG 2000"},
        {0, BYTES("8BPS"), "Photoshop"},
        {0, BYTES("#?RADIANCE"), "Radiance HDR"},
        {0, BYTES("\0\0\1\0"), "ICO"},
        {0, BYTES("qoif"), "QOI"},
    };
    *what = NULL;
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (matches(&pictures[i], data, size)) {
            *what = pictures[i].name;
            return EF_IMAGE_UNSUPPORTED;
        }
    if (looks_like_markup(data, size, "<svg")) {
        *what = "SVG";
        return EF_IMAGE_UNSUPPORTED;
    }
    if (looks_like_markup(data, size, "<html") || looks_like_markup(data, size, "<!doctype html"))
        *what = "HTML";
    else if (size >= 4 && memcmp(data, "%PDF", 4) == 0)
        *what = "PDF";
    else if (size >= 2 && data[0] == 0x1F && data[1] == 0x8B)
        *what = "gzip";
    return EF_NOT_AN_IMAGE;
}
