// SPDX-License-Identifier: MIT
// X-Robots-Tag: how a server says that a picture is not to be used like this.
#ifndef RUN_ROBOTS_H
#define RUN_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

// Whether a header line, as it came, is an X-Robots-Tag with noai, noimageai, noindex, noimageindex
// or none, said to everybody or to edgefetch. `size` bytes, not terminated.
bool robots_opt_out(const char *line, size_t size);

#endif
