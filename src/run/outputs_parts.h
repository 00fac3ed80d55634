// SPDX-License-Identifier: MIT
// What the files of the outputs share with each other, and with nobody else.
#ifndef RUN_OUTPUTS_PARTS_H
#define RUN_OUTPUTS_PARTS_H

#include "run/outputs.h"

// A name in the temporary directory that no other file has.
void outputs_name_temporary(struct outputs *outputs, char name[TEMPORARY_NAME_BYTES]);

// Copies a memory file, `bytes` long, and hashes it on the way. Returns 0, or -1 with errno.
int outputs_copy(int memory, uint64_t bytes, int file, struct digest *digest);

#endif
