// SPDX-License-Identifier: MIT
// edgefetch-worker: the sandboxed side as a program of its own, which libedgefetch-run starts in
// place of the fork server that edgefetch forks. It links neither a network nor a loop.
#include "proc/launch.h"
#include "worker.h"

#include <edgefetch/edges.h>

int main(void)
{
    unsigned formats = 0;
    for (unsigned format = 0; format < EF_FORMAT_COUNT; format++)
        if (ef_can_write((enum ef_format)format))
            formats |= 1u << format;
    return launch_serve(worker_main, formats);
}
