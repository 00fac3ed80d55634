// SPDX-License-Identifier: MIT
#include "run/recall.h"

#include "base/check.h"
#include "run/revisit.h"

#include <stdlib.h>
#include <string.h>

// One reading; it lives from recall_start() to its callback.
struct reading {
    uv_work_t work;
    const struct recall *recall;
    struct job *job;
    struct line_place place;
    struct revisit *revisit;
};

static void read_in_thread(uv_work_t *work)
{
    struct reading *reading = work->data;
    reading->revisit =
        revisit_read(reading->recall->manifest, reading->place, reading->job->url.shown);
}

static void on_read(uv_work_t *work, int status)
{
    const struct reading reading = *(struct reading *)work->data;
    struct job *job = reading.job;
    CHECK(status == 0); // never cancelled
    free(work->data);
    job->revisit = reading.revisit;
    job->done_before = job->revisit != NULL;
    if (job->done_before && job->revisit->name[0] != '\0')
        strcpy(job->name, job->revisit->name);
    reading.recall->recalled(reading.recall->context, job);
}

bool recall_start(const struct recall *recall, struct job *job)
{
    if (!job->done_before || job->revisit != NULL) // or it is known from the attempt before
        return false;
    struct reading *reading = calloc(1, sizeof *reading);
    if (reading != NULL) {
        *reading = (struct reading){.recall = recall, .job = job};
        reading->work.data = reading;
        if (newest_find(recall->done, job->url.shown, &reading->place) &&
            uv_queue_work(recall->loop, &reading->work, read_in_thread, on_read) == 0)
            return true;
        free(reading);
    }
    job->done_before = false;
    return false;
}
