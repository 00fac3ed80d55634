// SPDX-License-Identifier: MIT
// What the files of the outputs share with each other, and with nobody else.
#ifndef RUN_OUTPUTS_PARTS_H
#define RUN_OUTPUTS_PARTS_H

#include "run/outputs.h"

// A name in the temporary directory that no other file has.
void outputs_name_temporary(struct outputs *outputs, char name[TEMPORARY_NAME_BYTES]);

#endif
