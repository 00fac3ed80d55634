// SPDX-License-Identifier: MIT
// What the fuzz targets share. A target is one function that takes any bytes; it ends the process
// by CHECK() when the program breaks a promise, and the sanitizers end it for the rest.
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/check.h"

#include "image/rows.h"

#include <stddef.h>
#include <stdint.h>

// The entry that libFuzzer and replay.c call. Returns 0.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// An input that is taken from the front. What it has not is zeros.
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};
unsigned fuzz_byte(struct fuzz_input *input);
unsigned fuzz_word(struct fuzz_input *input); // two bytes, little-endian
int fuzz_between(struct fuzz_input *input, int least, int most);

// `size` bytes of the input in a block of the heap that ends with them, so that a sanitizer sees
// any step beyond. The caller frees it.
uint8_t *fuzz_block(struct fuzz_input *input, size_t size);

// The input up to its next newline, terminated; without NUL bytes, which no text of ours contains.
// The caller frees it.
char *fuzz_line(struct fuzz_input *input);

// Memory that there must be; not initialized.
void *fuzz_alloc(size_t size);

// Bytes that grow; all zero is empty, the caller frees `data`.
struct fuzz_bytes {
    uint8_t *data;
    size_t size;
    size_t refused; // fuzz_take() fails once there would be more than that; 0: never
};
int fuzz_take(void *bytes, const void *data, size_t size); // an ef_write

// A sentence fragment is terminated and printable.
void fuzz_check_detail(const struct ef_detail *detail);

// Gives the chunks of what looks like a PNG the checksums that they should have. Without that no
// mutated chunk gets past the first check.
void fuzz_mend_png(uint8_t *data, size_t size);

// A picture in memory as a source, for the stages behind the decoders: `rgb` and `gray` are rows
// without padding, NULL for what is not there, and stay the caller's.
struct source *fuzz_source(uint32_t width, uint32_t height, const uint8_t *rgb,
                           const uint8_t *gray);

// Opens what container.h lets through with one decoder of the table and reads it to the end.
// `options` chooses: bits 0 and 1 which pixels, bit 2 stb_image, bit 3 mend_png(), bit 4 twice,
// with and without the other form of pixels.
void fuzz_decode(const uint8_t *data, size_t size, unsigned options);

#endif
