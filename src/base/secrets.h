// SPDX-License-Identifier: MIT
// The command line and the environment can hold passwords (-H, --proxy, https_proxy and others');
// a process that is to run foreign code should not have them in its memory.
#ifndef BASE_SECRETS_H
#define BASE_SECRETS_H

#include <stddef.h>

// Call it in main(). `argv` ends with NULL.
void secrets_are_in(char **argv);

// Notes that there are options in this text as well, which stays where it is. Beyond
// LIMIT_SECRET_TEXTS of them it does nothing.
void secrets_are_also_in(char *text, size_t size);

// Overwrites the arguments, the noted texts and the environment of the calling process for good.
// Only the variables EDGEFETCH_... stay, without the values that were noted. No other thread may be
// running.
void secrets_forget(void);

#endif
