// SPDX-License-Identifier: MIT
// A picture on its way through the worker, row by row: rows come from a decoder (a source), go
// through detectors (filters), and end in encoders (sinks). What is held at any time follows the
// width of the picture, not its area, wherever the codecs allow it.
//
//     source ──rgb, gray──▶ filter ──edges──▶ sink ──bytes──▶ ef_write
#ifndef IMAGE_ROWS_H
#define IMAGE_ROWS_H

#include <edgefetch/edges.h>

#include <stdbool.h>

// Which forms of a row are asked for. Asking for less is faster: a JPEG's gray is its luma plane,
// and its chroma is then not decoded at all.
enum pixels {
    PIXELS_RGB = 1,
    PIXELS_GRAY = 2, // (4899 R + 9617 G + 1868 B + 8192) >> 14, or a JPEG's luma
};

// A picture, top row first. An implementation embeds it as its first member.
struct source {
    uint32_t width, height; // upright
    // Writes the next row: `width` RGB triples to `rgb`, `width` bytes to `gray`; each is NULL
    // unless it was asked for. Called exactly `height` times at most. On anything but EF_OK nothing
    // more may be read.
    enum ef_status (*read)(struct source *source, uint8_t *rgb, uint8_t *gray,
                           struct ef_detail *detail);
    // Frees the source. May be called at any time.
    void (*close)(struct source *source);
};

// What takes rows of a picture, one byte or three a pixel. An implementation embeds it as its first
// member.
struct sink {
    // Takes the next row of width x channels bytes.
    enum ef_status (*write)(struct sink *sink, const uint8_t *row);
    // No more rows will come: everything is written out.
    enum ef_status (*finish)(struct sink *sink);
    // Frees the sink. May be called at any time.
    void (*close)(struct sink *sink);
};

#endif
