// SPDX-License-Identifier: MIT
// The sequence: jobs in any order, taken in that of their indices.
#include "jobs.h"
#include "support.h"

#include "run/sequence.h"

enum { FIRST = 131, COUNT_OF_INDICES = 70 }; // across words of bits, and not from their beginning

static void hold(struct sequence *sequence, uint64_t index)
{
    assert_true(sequence_hold(sequence, job_made("host", "a", index)));
}

// What can be taken has these indices; 0 ends them.
static void assert_taken(struct sequence *sequence, const uint64_t *indices)
{
    struct job *job = sequence_take(sequence), *next;
    for (; job != NULL; job = next, indices++) {
        next = job->next;
        assert_int_equal(job->index, *indices);
        job_free(job);
    }
    assert_int_equal(*indices, 0);
}

#define TAKEN(sequence, ...) assert_taken(sequence, (const uint64_t[]){__VA_ARGS__, 0})
#define NOTHING_TAKEN(sequence) assert_null(sequence_take(sequence))

// Goal: what comes in order is taken at once; what comes too soon, when the rest is there.
TEST(in_order)
{
    struct sequence sequence;
    assert_true(sequence_init(&sequence, FIRST, COUNT_OF_INDICES));
    hold(&sequence, FIRST);
    TAKEN(&sequence, FIRST);
    hold(&sequence, FIRST + 3);
    hold(&sequence, FIRST + 2);
    NOTHING_TAKEN(&sequence);
    hold(&sequence, FIRST + 1);
    TAKEN(&sequence, FIRST + 1, FIRST + 2, FIRST + 3);
    NOTHING_TAKEN(&sequence);
    sequence_free(&sequence);
}

// Goal: nothing waits for an index that has passed.
TEST(passed)
{
    struct sequence sequence;
    assert_true(sequence_init(&sequence, FIRST, COUNT_OF_INDICES));
    hold(&sequence, FIRST + 2);
    sequence_pass(&sequence, FIRST);
    NOTHING_TAKEN(&sequence);
    sequence_pass(&sequence, FIRST + 1);
    sequence_pass(&sequence, FIRST + 3);
    TAKEN(&sequence, FIRST + 2);
    hold(&sequence, FIRST + 4);
    TAKEN(&sequence, FIRST + 4);
    sequence_free(&sequence);
}

// Goal: what is given up is not waited for; when it comes, it is too late.
TEST(given_up)
{
    struct sequence sequence;
    assert_true(sequence_init(&sequence, FIRST, COUNT_OF_INDICES));
    struct job *late = job_made("host", "a", FIRST + 1);
    hold(&sequence, FIRST);
    hold(&sequence, FIRST + 2);
    hold(&sequence, FIRST + 4);
    hold(&sequence, FIRST + 6);
    TAKEN(&sequence, FIRST);
    sequence_give_up(&sequence, FIRST + 4);
    TAKEN(&sequence, FIRST + 2, FIRST + 4);
    assert_false(sequence_hold(&sequence, late));
    sequence_pass(&sequence, late->index);
    sequence_give_up(&sequence, FIRST + 2); // long ago
    NOTHING_TAKEN(&sequence);
    hold(&sequence, FIRST + 5);
    TAKEN(&sequence, FIRST + 5, FIRST + 6);
    job_free(late);
    sequence_free(&sequence);
}

// Goal: in whatever order indices are held and passed, all are taken, once, in order.
TEST(any_order)
{
    struct chance chance = {.state = 20};
    for (int round = 0; round < 200; round++) {
        struct sequence sequence;
        uint64_t indices[COUNT_OF_INDICES], expected = 0, last = 0, taken = 0;
        assert_true(sequence_init(&sequence, FIRST, COUNT_OF_INDICES));
        for (uint64_t i = 0; i < COUNT_OF_INDICES; i++) {
            const uint64_t j = chance_below(&chance, i + 1);
            indices[i] = indices[j];
            indices[j] = FIRST + i;
        }
        for (size_t i = 0; i < COUNT_OF_INDICES; i++) {
            if (chance_in(&chance, 4)) {
                sequence_pass(&sequence, indices[i]);
            } else {
                hold(&sequence, indices[i]);
                expected++;
            }
            for (struct job *job = sequence_take(&sequence), *next; job != NULL; job = next) {
                next = job->next;
                assert_true(job->index > last);
                last = job->index;
                taken++;
                job_free(job);
            }
        }
        assert_int_equal(taken, expected);
        sequence_free(&sequence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_order), cmocka_unit_test(passed),
                                       cmocka_unit_test(given_up), cmocka_unit_test(any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
