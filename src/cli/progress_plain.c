// SPDX-License-Identifier: MIT
#include "cli/progress_plain.h"

#include "base/log.h"
#include "cli/amounts.h"

#include <stdio.h>

#define ULL(value) ((unsigned long long)(value))

void progress_plain(const struct progress *progress)
{
    char workers[48] = "", held[AMOUNT_BYTES], bytes[AMOUNT_BYTES], seconds[AMOUNT_BYTES];
    char left[AMOUNT_BYTES + 24] = "";
    if (progress->workers > 0)
        snprintf(workers, sizeof workers, ", %u of %u workers", progress->busy, progress->workers);
    if (progress->left_s >= 0)
        snprintf(left, sizeof left, "; %s%s left", progress->total_known ? "" : "at least ",
                 amount_of_seconds(progress->left_s, seconds));
    log_info("%llu of %llu%s done, %llu ok, %llu failed; %llu of %llu %s%s, %s held; %.1f/s, "
             "%s/s%s",
             ULL(progress->done), ULL(progress->total), progress->total_known ? "" : "+",
             ULL(progress->ok), ULL(progress->failed), ULL(progress->downloads),
             ULL(progress->limit), progress->local ? "reads" : "downloads", workers,
             amount_of_bytes((double)progress->held, held), progress->pictures_per_s,
             amount_of_bytes(progress->bytes_per_s, bytes), left);
}
