// SPDX-License-Identifier: MIT
#ifndef RUN_WRITTEN_H
#define RUN_WRITTEN_H

// Closes a written file: network file systems report a full disk only then. `failed` is what is
// known of it before, with errno if it is not 0, and comes back unless the closing itself fails.
int written_close(int file, int failed);

#endif
