// SPDX-License-Identifier: MIT
#include "cli/amounts.h"

#include <math.h>
#include <stdio.h>

const char *amount_of_bytes(double bytes, char out[AMOUNT_BYTES])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    enum { UNITS = sizeof units / sizeof *units };
    unsigned unit = 0;
    while (bytes >= 999.5 && unit + 1 < UNITS) {
        bytes /= 1024;
        unit++;
    }
    const int digits = unit > 0 && bytes < 9.95 && bytes != floor(bytes) ? 1 : 0;
    snprintf(out, AMOUNT_BYTES, "%.*f %s", digits, bytes, units[unit]);
    return out;
}

const char *amount_of_seconds(double seconds, char out[AMOUNT_BYTES])
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
    if (!(seconds >= 0 && seconds < 1e9)) {
        snprintf(out, AMOUNT_BYTES, "-:--");
        return out;
    }
    const unsigned whole = (unsigned)ceil(seconds); // what is left has not passed yet
    if (whole < HOUR)
        snprintf(out, AMOUNT_BYTES, "%u:%02u", whole / MINUTE, whole % MINUTE);
    else if (whole < 2 * DAY)
        snprintf(out, AMOUNT_BYTES, "%u:%02u:%02u", whole / HOUR, whole % HOUR / MINUTE,
                 whole % MINUTE);
    else
        snprintf(out, AMOUNT_BYTES, "%u d %u h", whole / DAY, whole % DAY / HOUR);
    return out;
}
