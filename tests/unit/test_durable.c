// SPDX-License-Identifier: MIT
// --fsync: what is on the disk, and in which order. The linker puts __wrap_fsync() and
// __wrap_renameat() in place of the system's.
#include "jobs.h"
#include "support.h"

#include "run/durable.h"
#include "run/outputs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct outputs outputs;
static char directory[600];
static char happened[4000]; // "sync PATH" and "name PATH", a line each, below the folder
static const char *broken;  // what cannot be synced

static void note(const char *what, const char *path)
{
    const size_t used = strlen(happened);
    snprintf(happened + used, sizeof happened - used, "%s %s\n", what, path);
}

int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor)
{
    char link[64];
    char path[700] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    assert_true(readlink(link, path, sizeof path - 1) > 0);
    const size_t above = strlen(folder());
    const char *below = strncmp(path, folder(), above) == 0 ? path + above : path;
    note("sync", strncmp(below, "/out/.partial-", 14) == 0 ? "a file" : below);
    errno = EIO;
    return broken != NULL && strcmp(below, broken) == 0 ? -1 : 0;
}

int __real_renameat(int from_directory, const char *from, int to_directory, const char *to);
int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to);

int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    note("name", to);
    return __real_renameat(from_directory, from, to_directory, to);
}

static void open_outputs(const struct run_options *wanted)
{
    struct run_options options = *wanted;
    snprintf(directory, sizeof directory, "%s/out", folder());
    options.output = directory;
    options.picture.detector_count = 1;
    broken = NULL;
    happened[0] = '\0';
    assert_int_equal(outputs_open(&outputs, &options), 0);
}

static struct job *processed(void)
{
    struct job *job = job_made("h.example", "x", 1);
    strcpy(job->name, "name");
    job_give_body(job, "abc", 3);
    job->answer = (struct wire_answer){.result = {.type = EF_TYPE_JPEG, .width = 1, .height = 1},
                                       .output_bytes = {5}};
    job->outputs[0] = memory_file("unit-test");
    assert_int_equal(write(job->outputs[0], "edges", 5), 5);
    return job;
}

static struct job *downloaded(void)
{
    struct job *job = job_made("h.example", "x", 1);
    strcpy(job->name, "name");
    assert_int_equal(outputs_open_body(&outputs, &job->body), 0);
    assert_int_equal(body_append(&job->body, "abc", 3), 0);
    job->answer.result.type = EF_TYPE_JPEG;
    return job;
}

// Goal: the directories that are made are on the disk before anything is in them.
TEST(directories)
{
    open_outputs(&(struct run_options){.fsync = true});
    assert_string_equal(happened, "sync \nsync /out\n");
    outputs_close(&outputs);
}

// Goal: each file is on the disk before it has its name, and the names are when the job is done.
TEST(commit)
{
    open_outputs(&(struct run_options){.fsync = true});
    struct job *job = processed();
    happened[0] = '\0';
    assert_int_equal(outputs_commit(&outputs, job), 0);
    assert_int_equal(job->status, EF_OK);
    assert_string_equal(happened, "sync a file\nname original/name.jpg\n"
                                  "sync a file\nname edges/name.png\n"
                                  "sync /out/original\nsync /out/edges\n");
    job_free(job);
    outputs_close(&outputs);
}

// Goal: a download alone is committed in the same order, and not on the loop.
TEST(download)
{
    open_outputs(&(struct run_options){.fsync = true, .part = PART_DOWNLOAD});
    assert_true(outputs_wait_for_disk(&outputs));
    struct job *job = downloaded();
    happened[0] = '\0';
    assert_int_equal(outputs_commit(&outputs, job), 0);
    assert_int_equal(job->status, EF_OK);
    assert_string_equal(happened, "sync a file\nname original/name.jpg\nsync /out/original\n");
    job_free(job);
    outputs_close(&outputs);
}

// Goal: what cannot be synced is a failure that stops the run, in both kinds of run.
TEST(failures)
{
    for (int part = PART_BOTH; part <= PART_DOWNLOAD; part++) {
        open_outputs(&(struct run_options){.fsync = true, .part = (enum run_part)part});
        struct job *job = part == PART_BOTH ? processed() : downloaded();
        broken = "/out/original";
        assert_int_equal(outputs_commit(&outputs, job), EIO);
        assert_int_equal(job->status, EF_OUTPUT_FAILED);
        job_free(job);
        outputs_close(&outputs);
    }
}

// Goal: a file that is not on the disk does not get its name.
TEST(failure_of_a_file)
{
    char temporary[700];
    open_outputs(&(struct run_options){.fsync = true, .part = PART_DOWNLOAD});
    struct job *job = downloaded();
    snprintf(temporary, sizeof temporary, "/out/%s/%s", outputs.partial_name, job->body.temporary);
    broken = temporary;
    assert_int_equal(outputs_commit(&outputs, job), EIO);
    assert_int_equal(job->status, EF_OUTPUT_FAILED);
    assert_false(is_in_folder("out/original/name.jpg"));
    job_free(job);
    outputs_close(&outputs);
}

// Goal: without --fsync nothing waits for the disk, nor with it when nothing is written.
TEST(not_asked_for)
{
    open_outputs(&(struct run_options){0});
    struct job *job = processed();
    assert_int_equal(outputs_commit(&outputs, job), 0);
    assert_null(strstr(happened, "sync"));
    assert_false(outputs_wait_for_disk(&outputs));
    job_free(job);
    outputs_close(&outputs);
    open_outputs(&(struct run_options){.fsync = true, .discard = true, .part = PART_DOWNLOAD});
    assert_false(outputs_wait_for_disk(&outputs));
    assert_string_equal(happened, "");
    outputs_close(&outputs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(directories, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(commit, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(download, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(failures, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(failure_of_a_file, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(not_asked_for, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
