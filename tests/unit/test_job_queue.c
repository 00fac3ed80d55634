// SPDX-License-Identifier: MIT
// Queues of jobs, linked both ways.
#include "jobs.h"
#include "support.h"

#include "run/job_queue.h"

static struct job *made(uint64_t index)
{
    return job_made("host", "a", index);
}

static void assert_taken(struct job_queue *queue, uint64_t index)
{
    struct job *job = job_queue_take(queue);
    assert_non_null(job);
    assert_int_equal(job->index, index);
    job_free(job);
}

static void assert_empty(struct job_queue *queue)
{
    assert_null(job_queue_take(queue));
    assert_null(queue->first);
    assert_null(queue->last);
    assert_int_equal(queue->count, 0);
}

// Goal: at both ends, also of an empty queue.
TEST(ends)
{
    struct job_queue queue = {0};
    assert_empty(&queue);
    job_queue_prepend(&queue, made(2));
    job_queue_append(&queue, made(3));
    job_queue_prepend(&queue, made(1));
    assert_int_equal(queue.count, 3);
    for (uint64_t index = 1; index <= 3; index++)
        assert_taken(&queue, index);
    job_queue_append(&queue, made(4));
    assert_taken(&queue, 4);
    assert_empty(&queue);
}

// Goal: what is inserted stands by its index, in whatever order it came, also when some are taken
// meanwhile.
TEST(by_index)
{
    struct chance chance = {.state = 7};
    struct job_queue queue = {0};
    for (uint64_t i = 0; i < 500; i++) {
        job_queue_insert(&queue, made(1 + chance_below(&chance, 1000)));
        if (chance_in(&chance, 3))
            job_free(job_queue_take(&queue));
        for (const struct job *job = queue.first; job != NULL; job = job->next) {
            assert_true(job->next == NULL || job->next->index >= job->index);
            assert_ptr_equal(job->next == NULL ? queue.last : job->next->previous, job);
        }
    }
    const uint64_t last = queue.last->index;
    for (struct job *job; queue.count > 0; job_free(job)) {
        job = job_queue_take(&queue);
        assert_true(job->index <= last);
    }
    assert_empty(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ends), cmocka_unit_test(by_index)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
