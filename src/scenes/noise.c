// SPDX-License-Identifier: MIT
//
// SplitMix64 numbers and lattice value noise.
#include "noise.h"

#include "maths.h"

struct rng rng_seeded(uint64_t seed)
{
    return (struct rng){.state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1u};
}

static uint64_t rng_next(struct rng *rng)
{
    rng->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = rng->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double rng_unit(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) / 9007199254740992.0; // 53 bits over 2^53
}

double rng_range(struct rng *rng, double low, double high)
{
    return low + (high - low) * rng_unit(rng);
}

int rng_below(struct rng *rng, int bound)
{
    return (int)(rng_unit(rng) * bound);
}

bool rng_chance(struct rng *rng, double probability)
{
    return rng_unit(rng) < probability;
}

// The part of the hash that the columns of one row share.
static inline uint32_t row_key(uint32_t seed, int y)
{
    return seed * 0x27d4eb2du ^ (uint32_t)y * 0xc2b2ae35u;
}

static inline double lattice(uint32_t key, int x)
{
    uint32_t h = (key ^ (uint32_t)x * 0x85ebca6bu) * 0x2c1b3c6du;
    h = (h ^ (h >> 15)) * 0x297a2d39u;
    h ^= h >> 16;
    return h / 4294967296.0;
}

double noise_hash(uint32_t seed, int x, int y)
{
    return lattice(row_key(seed, y), x);
}

static inline double value_noise(uint32_t seed, double x, double y)
{
    int column = floor_int(x);
    int row = floor_int(y);
    double fx = x - column;
    double fy = y - row;
    fx = fx * fx * (3.0 - 2.0 * fx);
    fy = fy * fy * (3.0 - 2.0 * fy);
    uint32_t above = row_key(seed, row);
    uint32_t below = row_key(seed, row + 1);
    double top = lerp(lattice(above, column), lattice(above, column + 1), fx);
    double bottom = lerp(lattice(below, column), lattice(below, column + 1), fx);
    return lerp(top, bottom, fy);
}

double noise_value(uint32_t seed, double x, double y)
{
    return value_noise(seed, x, y);
}

double noise_fbm(uint32_t seed, double x, double y, int octaves)
{
    double sum = 0.0;
    double weight = 1.0;
    double total = 0.0;
    for (int i = 0; i < octaves; i++) {
        sum += weight * value_noise(seed + (uint32_t)i, x, y);
        total += weight;
        weight *= 0.5;
        x = x * 2.0 + 17.3; // the shift keeps the octaves' lattices apart
        y = y * 2.0 - 9.1;
    }
    return sum / total;
}

double noise_ridged(uint32_t seed, double x, double y, int octaves)
{
    double sum = 0.0;
    double weight = 1.0;
    double total = 0.0;
    double previous = 1.0;
    for (int i = 0; i < octaves; i++) {
        double fold = 1.0 - absolute(2.0 * value_noise(seed + (uint32_t)i, x, y) - 1.0);
        fold = fold * fold;
        sum += weight * fold * previous; // finer crests only where a coarse one is
        total += weight;
        previous = fold;
        weight *= 0.5;
        x = x * 2.0 + 17.3;
        y = y * 2.0 - 9.1;
    }
    return sum / total;
}
