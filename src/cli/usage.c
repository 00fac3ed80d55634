// SPDX-License-Identifier: MIT
#include "cli/usage.h"

#include <stdio.h>
#include <sys/resource.h>

struct usage usage_now(void)
{
    struct rusage own;
    getrusage(RUSAGE_SELF, &own);
    return (struct usage){
        .cpu_us = (int64_t)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) * 1000000 +
                  own.ru_utime.tv_usec + own.ru_stime.tv_usec,
    };
}

// Of this program alone; ru_maxrss would be that of the parent if that one was larger.
static uint64_t peak_bytes(void)
{
    char line[128];
    unsigned long long kib = 0;
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL)
        return 0;
    while (fgets(line, sizeof line, status) != NULL && sscanf(line, "VmHWM: %llu", &kib) != 1)
        ;
    fclose(status);
    return kib * 1024;
}

void usage_note(const struct usage *before, const struct forkserver_usage *workers,
                struct run_result *result)
{
    result->main_cpu_us = usage_now().cpu_us - before->cpu_us;
    result->main_peak_bytes = peak_bytes();
    result->worker_cpu_us = workers->cpu_us;
    result->worker_peak_bytes = workers->peak_bytes;
}
