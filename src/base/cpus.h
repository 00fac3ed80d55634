// SPDX-License-Identifier: MIT
#ifndef BASE_CPUS_H
#define BASE_CPUS_H

// CPUs this process may use, which containers and batch systems restrict; at least 1.
unsigned cpus_allowed(void);

#endif
