// SPDX-License-Identifier: MIT
// How the samples of one axis of a resized picture are made from the original's.
#ifndef IMAGE_RESAMPLE_H
#define IMAGE_RESAMPLE_H

#include <stdbool.h>
#include <stdint.h>

// Output sample i is the sum of `taps` weights, from i * taps on, times the input samples from
// first[i] on. Weights of one sample add up to 1; those that would lie outside the input are added
// to its edge samples.
struct resample {
    uint32_t outputs, taps;
    uint32_t *first;
    float *weights;
};

// Prepares an axis: the part of `input` samples from `offset` on, `length` of them (fractions
// allowed), as `outputs` samples. Area average when outputs < length, bicubic otherwise. False when
// out of memory; nothing is then held.
bool resample_init(struct resample *resample, uint32_t input, double offset, double length,
                   uint32_t outputs);
void resample_free(struct resample *resample);

#endif
