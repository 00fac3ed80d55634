// SPDX-License-Identifier: MIT
// Amounts as people read them, in few characters.
#ifndef CLI_AMOUNTS_H
#define CLI_AMOUNTS_H

#include <stdint.h>

enum { AMOUNT_BYTES = 24 };

// "999 B", "41 KiB", "3.4 MiB", "512 MiB". Returns `out`.
const char *amount_of_bytes(double bytes, char out[AMOUNT_BYTES]);

// "0:07", "12:03", "1:02:03", "12 d 3 h"; "-:--" for what is below 0: nobody knows. Returns `out`.
const char *amount_of_seconds(double seconds, char out[AMOUNT_BYTES]);

#endif
