// SPDX-License-Identifier: MIT
// DIR/manifest.jsonl: one JSON object a line, appended when a URL is finished and its outputs stand
// under their final names. The newest line about a URL counts, except that a cancelled one never
// undoes an ok.
#ifndef RUN_MANIFEST_H
#define RUN_MANIFEST_H

#include "run/job.h"
#include "run/ledger.h"
#include "run/options.h"

#define MANIFEST_NAME "manifest.jsonl"
#define MANIFEST_SCHEMA 1

// The line of a finished job, with its newline; files of --discard have only a size in it, and
// there are no edges in that of PART_DOWNLOAD. `to_epoch_us` is what makes a time of the run one
// since the epoch (clock_to_epoch_us()). NULL when out of memory; the caller frees it.
char *manifest_line(const struct job *job, const struct run_options *options, int64_t to_epoch_us);

// What a package has of a job that is ok: the same without all that depends on when it was done.
char *manifest_sample(const struct job *job, const struct run_options *options);

// What --json shows for a URL that an earlier run has done, and for one that was asked for and is
// unchanged; it is not in the manifest. As above.
char *manifest_skipped_line(const char *url, bool unchanged);

// Opens the manifest below `directory` for appending, making it where it is missing, and notes in
// `ledger` what is done: ok with the same detector, parameters and format, and files there with the
// recorded sizes (for PART_DOWNLOAD the original is enough); and which names are taken. A torn last
// line, left by a kill, is cut off; lines that are not ours are passed over with a warning. Refuses
// a manifest that another run has open. Blocking. Returns the descriptor, or -1 after a message, or
// without one after an interrupt; errno is then EWOULDBLOCK when another run has it, and that of
// the file when it could not be made or begun.
int manifest_open(int directory, const struct run_options *options, struct ledger *ledger);

// The same for who only wants to know: nothing is made, locked or cut off, and where there is no
// manifest nothing is done. False after a message.
bool manifest_peek(const struct run_options *options, struct ledger *ledger);

// The path of a URL's original, below the output directory, from the line at `place` of an open
// manifest; for PART_PROCESS the ledger has the places. Blocking; may run in any thread. NULL when
// the line does not tell it, or when out of memory; the caller frees it.
char *manifest_original(int manifest, struct line_place place, const char *url);

#endif
