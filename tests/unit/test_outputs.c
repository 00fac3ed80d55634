// SPDX-License-Identifier: MIT
// The output directory: whole files under final names, and nothing left over.
#include "jobs.h"
#include "support.h"

#include "run/outputs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct outputs outputs;
static struct run_options options;
static char directory[600];

static int open_outputs(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    snprintf(directory, sizeof directory, "%s/a/b/out", folder());
    options = (struct run_options){.output = directory,
                                   .picture = {.detector_count = 1, .format = EF_FORMAT_BMP}};
    return outputs_open(&outputs, &options);
}

static int close_outputs(void **state)
{
    outputs_close(&outputs);
    return folder_remove(state);
}

static void give_output(struct job *job, unsigned i, const char *edges)
{
    job->outputs[i] = memory_file("unit-test");
    assert_int_equal(write(job->outputs[i], edges, strlen(edges)), strlen(edges));
    job->answer.output_bytes[i] = strlen(edges);
}

// A job as the pool gives it back.
static struct job *processed(const char *name, const char *body, const char *edges)
{
    struct job *job = job_made("h.example", "x", 1);
    strcpy(job->name, name);
    job_give_body(job, body, strlen(body));
    job->answer = (struct wire_answer){.status = EF_OK,
                                       .result = {.type = EF_TYPE_JPEG, .width = 1, .height = 1}};
    give_output(job, 0, edges);
    return job;
}

static void assert_file(const char *path, const char *text)
{
    size_t size;
    char *found = read_file(path, &size);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(found, text, size);
    free(found);
}

// Goal: the directories are made, however deep, and opening them again is no fault.
TEST(directories)
{
    struct outputs again;
    assert_true(is_in_folder("a/b/out/original"));
    assert_true(is_in_folder("a/b/out/edges"));
    assert_int_equal(outputs_open(&again, &options), 0);
    assert_string_not_equal(again.partial_name, outputs.partial_name);
    outputs_close(&again);
}

// Goal: both files stand whole under the job's name, with their sizes and digests.
TEST(commit)
{
    struct job *job = processed("name", "abc", "hello");
    assert_int_equal(outputs_commit(&outputs, job), 0);
    assert_int_equal(job->status, EF_OK);
    assert_string_equal(job->original.path, "original/name.jpg");
    assert_string_equal(job->edges[0].path, "edges/name.bmp");
    assert_int_equal(job->original.bytes, 3);
    assert_int_equal(job->edges[0].bytes, 5);
    assert_string_equal(job->original.sha256, // FIPS 180-2, appendix B.1
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(job->edges[0].sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e7304"
                                              "336"
                                              "2938b9824");
    assert_file("a/b/out/original/name.jpg", "abc");
    assert_file("a/b/out/edges/name.bmp", "hello");
    job_free(job);
}

// Goal: of several maps each stands under its detector's name.
TEST(several_maps)
{
    struct outputs several;
    options.picture.detectors[1] = EF_DETECTOR_CANNY;
    options.picture.detectors[2] = EF_DETECTOR_SOBEL;
    options.picture.detector_count = 3;
    assert_int_equal(outputs_open(&several, &options), 0);
    struct job *job = processed("name", "abc", "first");
    give_output(job, 1, "the second");
    give_output(job, 2, "3");
    assert_int_equal(outputs_commit(&several, job), 0);
    assert_int_equal(job->status, EF_OK);
    assert_true(is_in_folder("a/b/out/original/name.jpg"));
    assert_string_equal(job->edges[1].path, "edges/name.canny.bmp");
    assert_int_equal(job->edges[1].bytes, 10);
    assert_null(job->edges[3].path);
    job_free(job);
    assert_file("a/b/out/edges/name.neighbor.bmp", "first");
    assert_file("a/b/out/edges/name.canny.bmp", "the second");
    assert_file("a/b/out/edges/name.sobel.bmp", "3");
    assert_false(is_in_folder("a/b/out/edges/name.bmp"));
    outputs_close(&several);
}

// Goal: a file that stands there is replaced as a whole.
TEST(replaces)
{
    struct job *first = processed("name", "a longer body", "longer edges");
    struct job *second = processed("name", "b", "e");
    assert_int_equal(outputs_commit(&outputs, first), 0);
    assert_int_equal(outputs_commit(&outputs, second), 0);
    assert_file("a/b/out/original/name.jpg", "b");
    assert_file("a/b/out/edges/name.bmp", "e");
    job_free(first);
    job_free(second);
}

// Goal: without originals there is no original, nor a directory for them.
TEST(no_originals)
{
    struct outputs other;
    char path[700];
    snprintf(path, sizeof path, "%s/bare", folder());
    const struct run_options bare = {
        .output = path, .no_originals = true, .picture = {.detector_count = 1}};
    struct job *job = processed("name", "abc", "hello");
    assert_int_equal(outputs_open(&other, &bare), 0);
    assert_int_equal(outputs_commit(&other, job), 0);
    assert_null(job->original.path);
    assert_false(is_in_folder("bare/original"));
    assert_file("bare/edges/name.png", "hello");
    outputs_close(&other);
    job_free(job);
}

// Goal: with --discard outputs are measured, and no directory is made.
TEST(discarding)
{
    char path[700];
    struct outputs other;
    struct run_options discard = options;
    snprintf(path, sizeof path, "%s/nowhere", folder());
    discard.output = path;
    discard.discard = true;
    assert_int_equal(outputs_open(&other, &discard), 0);
    struct job *job = processed("name", "abc", "hello");
    assert_int_equal(outputs_commit(&other, job), 0);
    assert_int_equal(job->status, EF_OK);
    assert_int_equal(job->edges[0].bytes, 5);
    assert_null(job->edges[0].path);
    job_free(job);
    outputs_close(&other);
    assert_false(is_in_folder("nowhere"));
}

// Goal: what stands in the way of one name is that job's failure alone.
TEST(name_in_the_way)
{
    struct job *job = processed("name", "abc", "hello");
    assert_int_equal(mkdir(in_folder("a/b/out/edges/name.bmp"), 0700), 0);
    write_file("a/b/out/edges/name.bmp/x", "x");
    assert_int_equal(outputs_commit(&outputs, job), 0);
    assert_int_equal(job->status, EF_OUTPUT_FAILED);
    assert_true(job->message[0] != '\0');
    job_free(job);
}

// Goal: what every job would meet is told to the caller as its errno.
TEST(surroundings_fail)
{
    struct job *job = processed("name", "abc", "hello");
    assert_int_equal(remove(in_folder("a/b/out/original")), 0);
    assert_int_equal(outputs_commit(&outputs, job), ENOENT);
    assert_int_equal(job->status, EF_OUTPUT_FAILED);
    job_free(job);
}

struct limited {
    struct outputs *outputs;
    struct job *job;
};

static int commit_limited(void *context)
{
    struct limited *limited = context;
    const struct rlimit tiny = {2, 2};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &tiny) != 0)
        return 1;
    if (outputs_commit(limited->outputs, limited->job) != EFBIG)
        return 2;
    return limited->job->status == EF_OUTPUT_FAILED ? 0 : 3;
}

// Goal: a file that could not be written to its end does not stand, not even under another name.
TEST(half_written)
{
    struct limited limited = {&outputs, processed("name", "abc", "hello")};
    assert_int_equal(in_child(commit_limited, &limited), 0);
    assert_false(is_in_folder("a/b/out/original/name.jpg"));
    char path[800];
    snprintf(path, sizeof path, "a/b/out/%s", outputs.partial_name);
    assert_int_equal(rmdir(in_folder(path)), 0); // empty
    job_free(limited.job);
}

// Goal: closing leaves no temporary directory.
TEST(closing)
{
    char path[800];
    snprintf(path, sizeof path, "a/b/out/%s", outputs.partial_name);
    assert_true(is_in_folder(path));
    outputs_close(&outputs);
    assert_false(is_in_folder(path));
    outputs_close(&outputs);
}

// Goal: what a killed run has left is removed; what a living one has locked stays; files and
// directories of other names stay.
TEST(abandoned_partials)
{
    struct outputs again;
    char locked[800];
    snprintf(locked, sizeof locked, "a/b/out/%s", outputs.partial_name);
    assert_int_equal(mkdir(in_folder("a/b/out/.partial-00beef"), 0700), 0);
    assert_int_equal(mkdir(in_folder("a/b/out/partial-keep"), 0700), 0);
    write_file("a/b/out/.partial-00beef/7", "half a picture");
    write_file("a/b/out/.partial-file", "somebody's");
    assert_int_equal(outputs_open(&again, &options), 0);
    assert_false(is_in_folder("a/b/out/.partial-00beef"));
    assert_true(is_in_folder(locked));
    assert_true(is_in_folder("a/b/out/partial-keep"));
    assert_true(is_in_folder("a/b/out/.partial-file"));
    outputs_close(&again);
}

// Goal: a symbolic link called .partial-* is not followed.
TEST(partial_that_is_a_link)
{
    struct outputs again;
    assert_int_equal(mkdir(in_folder("elsewhere"), 0700), 0);
    write_file("elsewhere/keep", "x");
    char target[700];
    snprintf(target, sizeof target, "%s/elsewhere", folder());
    assert_int_equal(symlink(target, in_folder("a/b/out/.partial-link")), 0);
    assert_int_equal(outputs_open(&again, &options), 0);
    assert_true(is_in_folder("elsewhere/keep"));
    outputs_close(&again);
}

static int open_unwritable(void *context)
{
    struct outputs other;
    if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        return 0;
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 1;
    return outputs_open(&other, context) == -1 && other.directory == -1 && other.partial == -1 ? 0
                                                                                               : 1;
}

// Goal: a directory that cannot be written is a message before the run, with nothing left open.
TEST(unwritable_directory)
{
    char path[700];
    const struct run_options closed = {.output = path};
    snprintf(path, sizeof path, "%s/closed/out", folder());
    assert_int_equal(mkdir(in_folder("closed"), 0500), 0);
    assert_int_equal(chmod(folder(), 0755), 0);
    assert_int_equal(in_child(open_unwritable, (void *)(uintptr_t)&closed), 0);
    assert_false(is_in_folder("closed/out"));
}

static int open_impossible(void *context)
{
    struct outputs other;
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 1;
    return outputs_open(&other, context) == -1 ? 0 : 1;
}

// Goal: so is a file in the place of a directory, and a path that is too long.
TEST(impossible_directory)
{
    char path[LIMIT_PATH_BYTES + 100];
    const struct run_options impossible = {.output = path};
    write_file("file", "x");
    snprintf(path, sizeof path, "%s/file/out", folder());
    assert_int_equal(in_child(open_impossible, (void *)(uintptr_t)&impossible), 0);
    snprintf(path, sizeof path, "%s/a/b/in-the-way", folder());
    assert_int_equal(mkdir(path, 0700), 0);
    write_file("a/b/in-the-way/edges", "x");
    assert_int_equal(in_child(open_impossible, (void *)(uintptr_t)&impossible), 0);
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(in_child(open_impossible, (void *)(uintptr_t)&impossible), 0);
}

#define WITH_OUTPUTS(test) cmocka_unit_test_setup_teardown(test, open_outputs, close_outputs)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OUTPUTS(directories),          WITH_OUTPUTS(commit),
        WITH_OUTPUTS(several_maps),         WITH_OUTPUTS(replaces),
        WITH_OUTPUTS(no_originals),         WITH_OUTPUTS(discarding),
        WITH_OUTPUTS(name_in_the_way),      WITH_OUTPUTS(surroundings_fail),
        WITH_OUTPUTS(half_written),         WITH_OUTPUTS(closing),
        WITH_OUTPUTS(abandoned_partials),   WITH_OUTPUTS(partial_that_is_a_link),
        WITH_OUTPUTS(unwritable_directory), WITH_OUTPUTS(impossible_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
