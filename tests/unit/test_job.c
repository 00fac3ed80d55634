// SPDX-License-Identifier: MIT
// A job's states and failures, and its body.
#include "jobs.h"
#include "support.h"

#include "run/body.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// Goal: a new job owns its URL and nothing else.
TEST(new_job)
{
    struct url url = url_made("h.example", "x");
    char *shown = url.shown;
    struct job *job = job_new(&url);
    assert_non_null(job);
    assert_null(url.shown);
    assert_ptr_equal(job->url.shown, shown);
    assert_int_equal(job->body.descriptor, -1);
    for (size_t i = 0; i < COUNT(job->outputs); i++)
        assert_int_equal(job->outputs[i], -1);
    assert_int_equal(job->status, EF_OK);
    assert_int_equal(job->http.dns_us, -1);
    assert_int_equal(job->http.done_us, -1);
    job_free(job);
    job_free(NULL);
}

// Goal: states follow each other, and the time of each is kept.
TEST(states_in_order)
{
    struct job *job = job_made("h.example", "x", 1);
    for (int step = JOB_DOWNLOADING; step <= JOB_FINISHED; step++) {
        job_set_state(job, (enum job_state)step, 1000 * (step + 1));
        assert_int_equal(job->state, step);
        assert_int_equal(job->entered_us[step], 1000 * (step + 1));
    }
    assert_true(job_us_between(job, JOB_DOWNLOADING, JOB_HELD) == 1000);
    job_free(job);
}

// Goal: every job can be finished from everywhere, and a state that was never entered has no time.
TEST(finished_from_anywhere)
{
    for (int from = JOB_QUEUED; from < JOB_FINISHED; from++) {
        struct job *job = job_made("h.example", "x", 1);
        for (int step = JOB_DOWNLOADING; step <= from; step++)
            job_set_state(job, (enum job_state)step, 5);
        job_set_state(job, JOB_FINISHED, 9);
        assert_true(job_us_between(job, JOB_QUEUED, JOB_FINISHED) >= 0);
        if (from < JOB_WRITING)
            assert_true(job_us_between(job, JOB_WRITING, JOB_FINISHED) == -1);
        job_free(job);
    }
}

struct wrong_step {
    enum job_state from, to;
};

static int take_wrong_step(void *context)
{
    const struct wrong_step *step = context;
    struct job *job = job_made("h.example", "x", 1);
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 1;
    for (int next = JOB_DOWNLOADING; next <= (int)step->from; next++)
        job_set_state(job, (enum job_state)next, 5);
    job_set_state(job, step->to, 6);
    return 0;
}

// Goal: a state that is skipped, repeated or gone back to is a broken program.
TEST(wrong_steps_abort)
{
    struct wrong_step steps[] = {{JOB_QUEUED, JOB_HELD},       {JOB_DOWNLOADING, JOB_DOWNLOADING},
                                 {JOB_HELD, JOB_DOWNLOADING},  {JOB_PROCESSING, JOB_QUEUED},
                                 {JOB_FINISHED, JOB_FINISHED}, {JOB_FINISHED, JOB_QUEUED}};
    for (size_t i = 0; i < COUNT(steps); i++) {
        const int status = in_child(take_wrong_step, &steps[i]);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

// Goal: the first failure stays, with its stage and its message.
TEST(first_failure_stays)
{
    struct job *job = job_made("h.example", "x", 1);
    job_set_state(job, JOB_DOWNLOADING, 2);
    job_fail(job, EF_HTTP_5XX, "status %d", 503);
    job_set_state(job, JOB_HELD, 3);
    job_fail(job, EF_CANCELLED, "other");
    job_fail(job, EF_INTERNAL, NULL);
    assert_int_equal(job->status, EF_HTTP_5XX);
    assert_int_equal(job->failed_in, JOB_DOWNLOADING);
    assert_string_equal(job->message, "status 503");
    job_free(job);
}

// Goal: without a format there is no message, and a long message is cut.
TEST(messages)
{
    struct job *job = job_made("h.example", "x", 1);
    char longer[1000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    job_fail(job, EF_TIMEOUT, NULL);
    assert_string_equal(job->message, "");
    job->status = EF_OK;
    job_fail(job, EF_TIMEOUT, "%s", longer);
    assert_int_equal(strlen(job->message), sizeof job->message - 1);
    job_free(job);
}

// Goal: all states have names, and values outside have one too.
TEST(state_names)
{
    for (int i = 0; i < JOB_STATE_COUNT; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(job_state_name((enum job_state)i),
                                    job_state_name((enum job_state)j));
    assert_string_equal(job_state_name(JOB_STATE_COUNT), "unknown");
    assert_string_equal(job_state_name((enum job_state) - 1), "unknown");
}

// Goal: a body grows by its first bytes on, and nothing can change it once it is sealed.
TEST(sealed_body)
{
    struct body body = BODY_NONE;
    assert_int_equal(body_append(&body, "abc", 3), 0);
    assert_int_equal(body_append(&body, "defg", 4), 0);
    assert_int_equal(body.bytes, 7);
    assert_int_equal(memory_file_seal(body.descriptor), 0);
    assert_int_equal(body_append(&body, "x", 1), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(ftruncate(body.descriptor, 1), -1);
    assert_int_equal(ftruncate(body.descriptor, 100), -1);
    assert_ptr_equal(mmap(NULL, 7, PROT_READ | PROT_WRITE, MAP_SHARED, body.descriptor, 0),
                     MAP_FAILED);
    char text[8];
    assert_int_equal(pread(body.descriptor, text, sizeof text, 0), 7);
    assert_memory_equal(text, "abcdefg", 7);
    body_close(&body);
    body_close(&body);
    assert_int_equal(body.descriptor, -1);
}

// Goal: a file that somebody still maps for writing cannot be sealed.
TEST(mapped_file_is_not_sealed)
{
    const int file = memory_file("unit-test");
    assert_int_equal(ftruncate(file, 100), 0);
    void *map = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_ptr_not_equal(map, MAP_FAILED);
    assert_int_equal(memory_file_seal(file), -1);
    assert_int_equal(errno, EBUSY);
    munmap(map, 100);
    assert_int_equal(memory_file_seal(file), 0);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_job),
        cmocka_unit_test(states_in_order),
        cmocka_unit_test(finished_from_anywhere),
        cmocka_unit_test(wrong_steps_abort),
        cmocka_unit_test(first_failure_stays),
        cmocka_unit_test(messages),
        cmocka_unit_test(state_names),
        cmocka_unit_test(sealed_body),
        cmocka_unit_test(mapped_file_is_not_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
