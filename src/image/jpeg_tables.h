// SPDX-License-Identifier: MIT
// Which tables a JPEG defines and which its scans use: stb_image 2.27 looks at neither, writes past
// its own tables when one is too large, and decodes by memory that nobody wrote when one is
// missing.
#ifndef IMAGE_JPEG_TABLES_H
#define IMAGE_JPEG_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All zero at the beginning of a picture. Bit n stands for table n, 0 to 3.
struct jpeg_tables {
    unsigned dc, ac, quantization; // defined so far
    unsigned needed;               // quantization tables that the frame's components name
    bool progressive;
    unsigned components; // of the frame
    uint32_t area[4];    // of each component with its id in `ids`: its sampling factors' product
    uint8_t ids[4];
    uint32_t largest_area; // product of the largest factors: what the picture's own area stands for
    unsigned scans;        // so far
    bool in_parts;         // the first scan does not have every component
    uint64_t scanned;      // areas of the components of all scans so far
};

// Each takes a segment by what follows its length: `length` bytes by its own account, while the
// file has `size`, which may be more or less. In the order of the file. References are to ITU T.81.

// DHT (B.2.4.2). False when a table has more than the 256 codes that there can be.
bool jpeg_tables_huffman(struct jpeg_tables *tables, const uint8_t *segment, size_t size,
                         size_t length);

// DQT (B.2.4.1).
void jpeg_tables_quantization(struct jpeg_tables *tables, const uint8_t *segment, size_t size,
                              size_t length);

// SOF0 to SOF2 (B.2.2).
void jpeg_tables_frame(struct jpeg_tables *tables, bool progressive, const uint8_t *segment,
                       size_t size, size_t length);

// SOS (B.2.3). False when it uses a table that is not there.
bool jpeg_tables_scan(struct jpeg_tables *tables, const uint8_t *segment, size_t size,
                      size_t length);

// How many samples all components of a picture with so many pixels have together.
uint64_t jpeg_tables_samples(const struct jpeg_tables *tables, uint64_t pixels);

// How many blocks of 8x8 samples all scans so far go through.
uint64_t jpeg_tables_blocks(const struct jpeg_tables *tables, uint64_t pixels);

#endif
