// SPDX-License-Identifier: MIT
#include "base/ticks.h"

int64_t ticks_share(uint64_t part, uint64_t all, int64_t us)
{
    if (all == 0 || us <= 0)
        return 0;
    return part < all ? (int64_t)((double)us * ((double)part / (double)all)) : us;
}
