// SPDX-License-Identifier: MIT
// The command line and the environment can hold passwords (-H, --proxy, https_proxy and others');
// a process that is to run foreign code should not have them in its memory.
#ifndef BASE_SECRETS_H
#define BASE_SECRETS_H

// Call it in main(). `argv` ends with NULL.
void secrets_are_in(char **argv);

// Overwrites the arguments and the environment of the calling process for good. Only the variables
// EDGEFETCH_... stay. No other thread may be running.
void secrets_forget(void);

#endif
