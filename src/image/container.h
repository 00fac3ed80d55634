// SPDX-License-Identifier: MIT
// What a picture's container says before anything is decoded: its size, and whether it is all
// there.
//
// stb_image fills what is missing from a cut JPEG, BMP or PNM with whatever comes to hand and
// reports success; so completeness is established here, from the formats' own structure.
#ifndef IMAGE_CONTAINER_H
#define IMAGE_CONTAINER_H

#include <edgefetch/status.h>
#include <edgefetch/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct container {
    uint32_t width, height;  // pixels; 0 when the header is not there or makes no sense
    bool whole;              // the data reach to the end of the (first) picture
    bool incomplete;         // JPEG: a scan uses tables that the file does not define
    const char *corrupt;     // what must not reach a decoder, or NULL; static
    const char *unsupported; // what the picture uses that no codec here reads, or NULL; static
    unsigned orientation;    // Exif's, 1 to 8; 0 when there is none. AVIF's own, expressed so
    uint32_t max_value;      // PNM: what stands for white; 0 for other types
    unsigned pixel_bits;     // PNG: of a stored pixel
    bool palette;            // PNG: a stored pixel is a place in a palette
    bool interlaced;         // PNG
    bool coefficients;       // JPEG: in several scans, so that all of it is held between them
    uint64_t samples;        // JPEG: of all components together
    uint64_t blocks;         // JPEG: of 8x8 samples, that all scans together go through
    bool lossy;              // WebP: nothing is coded without loss, transparency neither
};

// Reads a container of the given type. Sources: ITU T.81 annex B (JPEG), W3C PNG third edition
// section 5, GIF89a specification sections 17 to 27, BITMAPINFOHEADER (BMP), pgm(5) and ppm(5), the
// WebP container specification (RFC 9649), ISO/IEC 14496-12 and 23008-12 (AVIF).
//
// The data begin as ef_probe() says that a file of this type does.
struct container container_read(enum ef_type type, const uint8_t *data, size_t size);

#endif
