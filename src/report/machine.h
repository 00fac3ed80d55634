// SPDX-License-Identifier: MIT
// What this program runs on.
#ifndef REPORT_MACHINE_H
#define REPORT_MACHINE_H

#include <jansson.h>

// {"system", "cpu", "cpus", "memory_bytes", "libraries"}; NULL when out of memory.
json_t *machine_of(void);

#endif
