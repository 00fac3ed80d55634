// SPDX-License-Identifier: MIT
// What the files of the outputs share with each other, and with nobody else.
#ifndef RUN_OUTPUTS_PARTS_H
#define RUN_OUTPUTS_PARTS_H

#include "run/outputs.h"

#define PARTIAL_PREFIX ".partial-"

// A name in the temporary directory that no other file has.
void outputs_name_temporary(struct outputs *outputs, char name[TEMPORARY_NAME_BYTES]);

// True when a run that lives holds the lock on a temporary directory. Where the file system has no
// locks nobody can tell, and it is false.
bool outputs_are_of_live_run(int directory, const char *partial_name);

// Fails a job whose outputs cannot be written. Returns the error if others will meet it, too; 0 if
// not.
int outputs_fail(struct job *job, int error);

#endif
