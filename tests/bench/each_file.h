// SPDX-License-Identifier: MIT
// Every file of a list once, by a thread for each CPU.
#ifndef BENCH_EACH_FILE_H
#define BENCH_EACH_FILE_H

#include <stdbool.h>

// Does one file; `index` is its place in the list. May run in several threads at once.
typedef bool do_file(const char *path, int index, void *context);

// True when every file was done.
bool each_file(char *const *paths, int count, do_file *run, void *context);

#endif
