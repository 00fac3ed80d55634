// SPDX-License-Identifier: MIT
// What --fsync promises: once a line of the manifest is on the disk, its files are, under their
// names. Everything here waits for the disk, so it is never called on the loop of a run.
#ifndef RUN_DURABLE_H
#define RUN_DURABLE_H

// fsync(). Returns 0, or -1 with errno.
int durable_sync(int descriptor);

// A file that has just been made, and its name in the directory. Returns as durable_sync() does.
int durable_sync_made(int file, int directory);

// The name of a directory that has just been made, in the one above it. Returns as durable_sync()
// does.
int durable_sync_above(const char *path);

#endif
