// SPDX-License-Identifier: MIT
// Pictures made by the libraries' own encoders, in varieties that ours do not write. Each of these
// is there where its library is; the caller frees the bytes. And what the decoders make of them.
#ifndef UNIT_CODED_H
#define UNIT_CODED_H

#include "pictures.h"

#include "image/open.h"

#include <stdbool.h>

// Everything of a picture.
struct decoded {
    enum ef_status status;
    enum ef_type type;
    uint32_t width, height;
    uint8_t *rgb, *gray; // NULL when not asked for
    struct ef_detail detail;
};
// Decodes from before a guard page, and reads a source to its end and closes it.
struct decoded picture_all(const struct bytes *bytes, const struct open_settings *settings);
void source_all(struct source *source, unsigned pixels, struct decoded *decoded);
void all_forget(struct decoded *decoded); // frees what it holds

struct jpeg_kind {
    // What the pixels are, and what is coded: 'g' gray, 'y' RGB coded as YCbCr, 'r' RGB as it is,
    // 'k' CMYK as it is, 'c' CMYK coded as YCCK.
    char color;
    int across, down; // samples of luma for one of chroma; 0: 1
    int quality;
    bool progressive, arithmetic;
    bool many_scans; // 'g' only: 127 of them
    bool no_adobe;   // 'k' only: without the marker
    unsigned restart_rows;
};
struct bytes jpeg_coded(const struct jpeg_kind *kind, uint32_t width, uint32_t height,
                        const uint8_t *pixels);

struct png_kind {
    enum png_color color;
    int depth;
    bool interlaced;
    bool transparent; // with a tRNS: a palette's alphas, or a color that is transparent
};
// `rows` are packed as a PNG has them, without filter bytes. Palette and transparency come from
// `seed`.
struct bytes png_coded(const struct png_kind *kind, uint32_t width, uint32_t height,
                       const uint8_t *rows, uint64_t seed);

// A WebP in the extended form: begun with a canvas and the flags of its features, added to, ended.
struct bytes webp_begin(uint32_t width, uint32_t height, uint8_t flags);
void webp_add_frame(struct bytes *webp, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                    const struct bytes *still); // one that holds the only chunk of another WebP
void webp_end(struct bytes *webp);

// Lossless, of RGBA.
struct bytes webp_coded(uint32_t width, uint32_t height, const uint8_t *rgba);

// With little loss, of RGBA. `rotation` in anticlockwise quarter turns; `mirror` -1, 0 (top and
// bottom) or 1 (left and right).
struct bytes avif_coded(uint32_t width, uint32_t height, const uint8_t *rgba, bool alpha,
                        unsigned rotation, int mirror);

#endif
