// SPDX-License-Identifier: MIT
//
// Seeded pseudo-random numbers and smooth noise, the same on every machine.
//
// C leaves the order in which a call's arguments are evaluated to the
// compiler, so draw at most one number from an rng in any one expression.
#ifndef SCENES_NOISE_H
#define SCENES_NOISE_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

struct rng rng_seeded(uint64_t seed);
double rng_unit(struct rng *rng); // 0 <= value < 1
double rng_range(struct rng *rng, double low, double high);
int rng_below(struct rng *rng, int bound); // 0 <= value < bound
bool rng_chance(struct rng *rng, double probability);

// A value in 0..1 that depends on the three arguments alone.
double noise_hash(uint32_t seed, int x, int y);

// Value noise in 0..1 with features about one unit wide.
double noise_value(uint32_t seed, double x, double y);

// Sum of `octaves` noises, each twice as fine and half as strong; 0..1.
double noise_fbm(uint32_t seed, double x, double y, int octaves);

// The same folded at its middle, so that it has sharp crests; 0..1.
double noise_ridged(uint32_t seed, double x, double y, int octaves);

#endif
