// SPDX-License-Identifier: MIT
// The manifest: the fields of a line, and what reading one back makes of it.
#include "jobs.h"
#include "support.h"

#include "base/log.h"
#include "run/manifest.h"
#include "run/manifest_head.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct run_options options = {
    .picture = {.detector_count = 1, .threshold = 30, .format = EF_FORMAT_PNG}};

// Added to the jobs' times.
static const int64_t EPOCH_US = 1700000000000000;

// ---- lines ----

static struct job *ok_job(void)
{
    struct job *job = job_made("h.example", "a.jpg", 7);
    job_begin_attempt(job, 1000 * (JOB_DOWNLOADING + 1));
    for (int step = JOB_HELD; step <= JOB_FINISHED; step++)
        job_set_state(job, (enum job_state)step, 1000 * (step + 1));
    job->http = (struct job_http){.status = 200,
                                  .version = "2",
                                  .address = "192.0.2.1",
                                  .type = "image/jpeg",
                                  .etag = "\"x\"",
                                  .last_modified = "yesterday",
                                  .final_url = strdup("http://h.example/b.jpg"),
                                  .dns_us = 100,
                                  .connect_us = 200,
                                  .tls_us = 350,
                                  .first_byte_us = 600,
                                  .done_us = 1000};
    job->answer = (struct wire_answer){.status = EF_OK,
                                       .result = {.type = EF_TYPE_JPEG,
                                                  .width = 10,
                                                  .height = 20,
                                                  .edge_sum = {255 * 50, 255 * 100},
                                                  .decode_us = 1500,
                                                  .detect_us = 2,
                                                  .encode_us = 3}};
    job->original = (struct job_file){strdup("original/a.jpg"), 1234, "abc"};
    job->edges[0] = (struct job_file){strdup("edges/a.png"), 99, "def"};
    return job;
}

// A line that must be one line of JSON, as an object that the caller releases.
static json_t *parse(char *line)
{
    assert_non_null(line);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    for (const char *c = line; *c != '\0'; c++)
        assert_true(*c >= 0x20 || *c == '\n'); // ASCII, without controls
    json_t *object = json_loads(line, 0, NULL);
    assert_true(json_is_object(object));
    free(line);
    return object;
}

static void assert_text(const json_t *object, const char *key, const char *text)
{
    const char *found = json_string_value(json_object_get(object, key));
    if (found == NULL || strcmp(found, text) != 0)
        fail_msg("%s is %s, not %s", key, found == NULL ? "missing" : found, text);
}

static void assert_number(const json_t *object, const char *key, double number)
{
    const json_t *found = json_object_get(object, key);
    if (!json_is_number(found) || json_number_value(found) < number - 1e-9 ||
        json_number_value(found) > number + 1e-9)
        fail_msg("%s is not %g", key, number);
}

// Goal: the first line says what wrote it and in which schema.
TEST(header)
{
    json_t *object = parse(manifest_head_write(&(struct shard){0}));
    assert_text(object, "edgefetch", EDGEFETCH_VERSION);
    assert_number(object, "schema", MANIFEST_SCHEMA);
    json_decref(object);
}

static void assert_file(const json_t *file, const char *path, double bytes, const char *sha256)
{
    assert_text(file, "path", path);
    assert_number(file, "bytes", bytes);
    assert_text(file, "sha256", sha256);
}

// Goal: all the fields of DESIGN section 6, for a picture that is done.
TEST(line_of_a_done_job)
{
    static const char *const times[] = {"at",     "queued", "download", "dns",   "connect",
                                        "tls",    "wait",   "body",     "held",  "process",
                                        "decode", "detect", "encode",   "write", "total"};
    struct job *job = ok_job();
    json_t *object = parse(manifest_line(job, &options, EPOCH_US));
    assert_text(object, "url", "http://h.example/a.jpg");
    assert_number(object, "index", 7);
    assert_text(object, "status", "ok");
    assert_number(object, "attempts", 1);
    assert_number(object, "width", 10);
    assert_number(object, "height", 20);
    assert_text(object, "type", "jpeg");
    assert_null(json_object_get(object, "error"));
    const json_t *http = json_object_get(object, "http");
    assert_number(http, "status", 200);
    assert_text(http, "version", "2");
    assert_text(http, "final_url", "http://h.example/b.jpg");
    assert_text(http, "address", "192.0.2.1");
    assert_text(http, "type", "image/jpeg");
    assert_text(http, "etag", "\"x\"");
    assert_text(http, "last_modified", "yesterday");
    assert_file(json_object_get(object, "original"), "original/a.jpg", 1234, "abc");
    const json_t *edges = json_array_get(json_object_get(object, "edges"), 0);
    assert_file(edges, "edges/a.png", 99, "def");
    assert_text(edges, "detector", "neighbor");
    assert_number(edges, "threshold", 30);
    assert_text(edges, "format", "png");
    assert_number(edges, "density", 0.25);
    const json_t *ms = json_object_get(object, "ms");
    for (size_t i = 0; i < COUNT(times); i++)
        if (!json_is_number(json_object_get(ms, times[i])))
            fail_msg("ms has no %s", times[i]);
    assert_number(ms, "at", 1700000000000.0 + (double)job->entered_us[JOB_QUEUED] / 1000);
    assert_number(ms, "download", 1); // a state lasts one here
    assert_number(ms, "process", 1);
    assert_number(ms, "dns", 0.1);
    assert_number(ms, "tls", 0.15);
    assert_number(ms, "wait", 0.25);
    assert_number(ms, "body", 0.4);
    assert_number(ms, "decode", 1.5);
    assert_number(ms, "total", 5.999);
    json_decref(object);
    job_free(job);
}

// Goal: several maps have an entry each, with what matters for its detector and nothing else.
TEST(line_of_several_maps)
{
    struct run_options several = options;
    struct job *job = ok_job();
    job->edges[1] = (struct job_file){strdup("edges/a.canny.png"), 5, "123"};
    several.picture.detectors[1] = EF_DETECTOR_CANNY;
    several.picture.detector_count = 2;
    several.picture.low = 100;
    several.picture.blur = 1.5;
    json_t *object = parse(manifest_line(job, &several, EPOCH_US));
    const json_t *list = json_object_get(object, "edges");
    assert_int_equal(json_array_size(list), 2);
    const json_t *neighbor = json_array_get(list, 0);
    const json_t *canny = json_array_get(list, 1);
    assert_null(json_object_get(neighbor, "blur"));
    assert_null(json_object_get(neighbor, "low"));
    assert_file(canny, "edges/a.canny.png", 5, "123");
    assert_text(canny, "detector", "canny");
    assert_number(canny, "low", 100);
    assert_number(canny, "blur", 1.5);
    assert_number(canny, "density", 0.5);
    assert_true(json_is_false(json_object_get(canny, "l2gradient")));
    assert_null(json_object_get(canny, "threshold"));
    json_decref(object);
    job_free(job);
}

// Goal: a failure has its stage, code and message, and nothing of what was not done.
TEST(line_of_a_failed_job)
{
    struct job *job = job_made("h.example", "x", 2);
    job_begin_attempt(job, 1000);
    job_fail(job, EF_TIMEOUT, NULL);
    job_set_state(job, JOB_FINISHED, 2000);
    json_t *object = parse(manifest_line(job, &options, EPOCH_US));
    assert_text(object, "status", "failed");
    assert_text(object, "stage", "download");
    assert_text(json_object_get(object, "error"), "code", "timeout");
    assert_text(json_object_get(object, "error"), "message", ef_status_sentence(EF_TIMEOUT));
    assert_null(json_object_get(object, "edges"));
    assert_null(json_object_get(object, "original"));
    assert_null(json_object_get(object, "width"));
    assert_null(json_object_get(json_object_get(object, "ms"), "decode"));
    json_decref(object);
    job_free(job);
}

// Goal: a job that was cancelled before its download has neither an attempt nor an answer.
TEST(line_of_a_cancelled_job)
{
    struct job *job = job_made("h.example", "caf\xC3\xA9\x1B", 2);
    job_fail(job, EF_CANCELLED, NULL);
    job_set_state(job, JOB_FINISHED, 2000);
    json_t *object = parse(manifest_line(job, &options, EPOCH_US));
    assert_text(object, "status", "cancelled");
    assert_text(object, "url", "http://h.example/caf\xC3\xA9\x1B");
    assert_number(object, "attempts", 0);
    assert_null(json_object_get(object, "http"));
    json_decref(object);
    job_free(job);
    object = parse(manifest_skipped_line("http://h/1", false));
    assert_text(object, "url", "http://h/1");
    assert_text(object, "status", "skipped");
    json_decref(object);
}

// ---- reading back ----

#define HEADER "{\"edgefetch\":\"0.1.0\",\"schema\":1}\n"
#define OK_LINE(url)                                                                               \
    "{\"url\":\"" url "\",\"status\":\"ok\",\"original\":{\"path\":\"original/a.jpg\","            \
    "\"bytes\":3},\"edges\":[{\"path\":\"edges/a.png\",\"bytes\":5,\"detector\":\"neighbor\","     \
    "\"threshold\":30,\"format\":\"png\"}]}\n"
#define STATUS_LINE(url, status) "{\"url\":\"" url "\",\"status\":\"" status "\"}\n"

static struct ledger ledger;
static int directory;

static int make_directory(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    log_set_level(LOG_QUIET);
    assert_int_equal(mkdir(in_folder("original"), 0700), 0);
    assert_int_equal(mkdir(in_folder("edges"), 0700), 0);
    write_file("original/a.jpg", "abc");
    write_file("edges/a.png", "hello");
    directory = open(folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory >= 0 ? 0 : -1;
}

static int remove_directory(void **state)
{
    close(directory);
    ledger_free(&ledger);
    return folder_remove(state);
}

static void load(const char *text, const struct run_options *with)
{
    ledger_free(&ledger);
    ledger = (struct ledger){0};
    write_file(MANIFEST_NAME, text);
    const int file = manifest_open(directory, with, &ledger);
    assert_true(file >= 0);
    close(file);
}

static bool is_done(const char *url)
{
    return ledger_see(&ledger, url) == LEDGER_DONE;
}

static bool is_done_with(const struct run_options *with)
{
    load(HEADER OK_LINE("http://h/1"), with);
    return is_done("http://h/1");
}

// Goal: a manifest that is not there, or is empty, is begun; one that is there is appended to.
TEST(opening)
{
    size_t size;
    int file = manifest_open(directory, &options, &ledger);
    assert_true(file >= 0);
    assert_int_equal(write(file, "tail\n", 5), 5);
    close(file);
    char *text = read_file(MANIFEST_NAME, &size);
    assert_int_equal(strncmp(text, "{\"edgefetch\":", 13), 0);
    assert_string_equal(strchr(text, '\n'), "\ntail\n");
    free(text);
    load("", &options);
    text = read_file(MANIFEST_NAME, &size);
    assert_ptr_equal(strchr(text, '\n'), text + size - 1);
    free(text);
    load(HEADER "x\n", &options);
    file = manifest_open(directory, &options, &ledger);
    assert_int_equal(write(file, "y\n", 2), 2);
    close(file);
    text = read_file(MANIFEST_NAME, &size);
    assert_string_equal(text, HEADER "x\ny\n");
    free(text);
}

// Goal: done is ok with the same detector, parameters and format; others are not.
TEST(done_with_the_same_parameters)
{
    struct run_options other = options;
    assert_true(is_done_with(&options));
    other.picture.threshold = 31;
    assert_false(is_done_with(&other));
    other.picture.threshold = -1; // 30
    other.picture.low = 7;        // canny's
    assert_true(is_done_with(&other));
    other.picture.detectors[1] = EF_DETECTOR_SOBEL;
    other.picture.detector_count = 2;
    assert_false(is_done_with(&other));
    other = options;
    other.picture.resize_width = other.picture.resize_height = 9;
    assert_false(is_done_with(&other));
    other = options;
    other.picture.format = EF_FORMAT_JPG;
    assert_false(is_done_with(&other));
}

// Goal: done needs the files, with the recorded sizes; the original only when it is wanted.
TEST(done_with_its_files)
{
    struct run_options bare = options;
    bare.no_originals = true;
    write_file("original/a.jpg", "abcd");
    assert_false(is_done_with(&options));
    assert_true(is_done_with(&bare));
    assert_int_equal(remove(in_folder("original/a.jpg")), 0);
    assert_false(is_done_with(&options));
    assert_true(is_done_with(&bare));
    write_file("original/a.jpg", "abc");
    assert_true(is_done_with(&options));
    write_file("edges/a.png", "hell");
    assert_false(is_done_with(&options));
    assert_false(is_done_with(&bare));
    assert_int_equal(remove(in_folder("edges/a.png")), 0);
    assert_int_equal(mkdir(in_folder("edges/a.png"), 0700), 0);
    assert_false(is_done_with(&bare));
}

// Goal: the newest line counts; but cancelled undoes nothing.
TEST(newest_line_counts)
{
    load(HEADER OK_LINE("http://h/1") STATUS_LINE("http://h/1", "cancelled"), &options);
    assert_true(is_done("http://h/1"));
    load(HEADER OK_LINE("http://h/1") STATUS_LINE("http://h/1", "failed"), &options);
    assert_false(is_done("http://h/1"));
    load(HEADER STATUS_LINE("http://h/1", "failed") OK_LINE("http://h/1"), &options);
    assert_true(is_done("http://h/1"));
    load(HEADER STATUS_LINE("http://h/1", "cancelled"), &options);
    assert_false(is_done("http://h/1"));
}

// Goal: a torn last line is cut off, wherever it was torn, and what follows is a line of its own.
TEST(torn_last_line)
{
    static const char line[] = OK_LINE("http://h/2");
    for (size_t kept = 1; kept < sizeof line - 1; kept += 7) {
        char text[2048];
        size_t size;
        snprintf(text, sizeof text, "%s%.*s", HEADER OK_LINE("http://h/1"), (int)kept, line);
        load(text, &options);
        assert_true(is_done("http://h/1"));
        assert_false(is_done("http://h/2"));
        char *found = read_file(MANIFEST_NAME, &size);
        assert_string_equal(found, HEADER OK_LINE("http://h/1"));
        free(found);
    }
}

// Goal: a manifest that another run has is not touched.
TEST(of_another_run)
{
    static const char text[] = HEADER OK_LINE("http://h/1") "{\"url\":";
    size_t size;
    struct ledger other_ledger = {0};
    write_file(MANIFEST_NAME, text);
    const int other = open(in_folder(MANIFEST_NAME), O_RDONLY | O_CLOEXEC);
    const int opened = open(folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct run_options with_output = {.output = "somewhere"};
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(manifest_open(opened, &with_output, &other_ledger), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    char *found = read_file(MANIFEST_NAME, &size);
    assert_string_equal(found, text);
    free(found);
    close(opened);
    close(other);
    ledger_free(&other_ledger);
}

// Goal: a manifest of which only a part of the first line was written is begun anew.
TEST(torn_first_line)
{
    size_t size;
    load("{\"edgefetch\":\"0.", &options);
    char *text = read_file(MANIFEST_NAME, &size);
    json_t *object = parse(text); // frees it
    assert_number(object, "schema", MANIFEST_SCHEMA);
    json_decref(object);
}

// Goal: lines that are not ours are passed over: no JSON, other JSON, NUL bytes, too long.
TEST(foreign_lines)
{
    char *text = malloc(4 * LIMIT_MANIFEST_LINE_BYTES);
    assert_non_null(text);
    strcpy(text, HEADER "not json\n[]\n7\n{}\n{\"url\":7}\n{\"url\":\"\"}\n\n" OK_LINE("http://h/"
                                                                                       "1"));
    const size_t used = strlen(text);
    memset(text + used, 'x', 3 * LIMIT_MANIFEST_LINE_BYTES);
    strcpy(text + used + 3 * LIMIT_MANIFEST_LINE_BYTES, "\n" OK_LINE("http://h/2"));
    load(text, &options);
    assert_true(is_done("http://h/1"));
    assert_true(is_done("http://h/2"));
    free(text);
}

// Goal: NUL bytes, as a crashed file system leaves them, cost their line and not the rest.
TEST(nul_bytes)
{
    static const char text[] = HEADER OK_LINE("http://h/1") "\0\0\0\0\0\0\n" OK_LINE("http://h/2");
    FILE *file = fopen(in_folder(MANIFEST_NAME), "w");
    assert_int_equal(fwrite(text, 1, sizeof text - 1, file), sizeof text - 1);
    fclose(file);
    const int descriptor = manifest_open(directory, &options, &ledger);
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_true(is_done("http://h/1"));
    assert_true(is_done("http://h/2"));
    size_t size;
    char *kept = read_file(MANIFEST_NAME, &size);
    assert_int_equal(size, sizeof text - 1);
    free(kept);
}

static int open_newer(UNUSED void *context)
{
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 1;
    return manifest_open(directory, &options, &ledger) == -1 ? 0 : 1;
}

// Goal: a manifest of a newer schema is left alone.
TEST(newer_schema)
{
    static const char text[] = "{\"edgefetch\":\"9.0\",\"schema\":2}\n" OK_LINE("http://h/1");
    size_t size;
    write_file(MANIFEST_NAME, text);
    assert_int_equal(in_child(open_newer, NULL), 0);
    char *found = read_file(MANIFEST_NAME, &size);
    assert_string_equal(found, text);
    free(found);
}

// Goal: the names of the manifest are taken by their URLs.
TEST(names_are_taken)
{
    const struct name_request other = {.url = "http://h/2", .stem = "a", .host = "h", .given = "a"};
    const struct name_request same = {.url = "http://h/1", .stem = "a", .host = "h", .given = "a"};
    char name[NAME_BYTES];
    load(HEADER OK_LINE("http://h/1"), &options);
    assert_true(ledger_name(&ledger, &same, name));
    assert_string_equal(name, "a");
    assert_true(ledger_name(&ledger, &other, name));
    assert_string_not_equal(name, "a");
}

// Goal: odd values are harmless.
TEST(hostile_values)
{
    load(HEADER "{\"url\":\"http://h/1\",\"status\":\"ok\",\"original\":{\"path\":\"original/"
                "a.jpg\","
                "\"bytes\":-1},\"edges\":[{\"path\":\"edges/a.png\",\"bytes\":1e300,"
                "\"detector\":\"neighbor\",\"threshold\":30,\"format\":\"png\"},7,null,[]]}\n"
                "{\"url\":\"http://h/2\",\"status\":7,\"edges\":{}}\n"
                "{\"url\":\"http://h/3\",\"status\":\"ok\",\"edges\":[{\"path\":\"\"}]}\n",
         &options);
    assert_false(is_done("http://h/1"));
    assert_false(is_done("http://h/2"));
    assert_false(is_done("http://h/3"));
}

// Goal: a path that could lead out of the directory counts for nothing, although there is a file.
TEST(paths_stay_below)
{
    struct run_options bare = options;
    char absolute[700];
    snprintf(absolute, sizeof absolute, "%s/edges/a.png", folder());
    const char *const paths[] = {absolute, "edges/../edges/a.png", "edges/a.png"};
    bare.no_originals = true;
    for (size_t i = 0; i < COUNT(paths); i++) {
        char text[2048];
        snprintf(text, sizeof text,
                 "%s{\"url\":\"http://h/1\",\"status\":\"ok\",\"edges\":[{\"path\":\"%s\","
                 "\"bytes\":5,\"detector\":\"neighbor\",\"threshold\":30,\"format\":\"png\"}]}\n",
                 HEADER, paths[i]);
        load(text, &bare);
        assert_int_equal(is_done("http://h/1"), i + 1 == COUNT(paths));
    }
}

#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header),
        cmocka_unit_test(line_of_a_done_job),
        cmocka_unit_test(line_of_several_maps),
        cmocka_unit_test(line_of_a_failed_job),
        cmocka_unit_test(line_of_a_cancelled_job),
        WITH_DIRECTORY(opening),
        WITH_DIRECTORY(done_with_the_same_parameters),
        WITH_DIRECTORY(done_with_its_files),
        WITH_DIRECTORY(newest_line_counts),
        WITH_DIRECTORY(torn_last_line),
        WITH_DIRECTORY(of_another_run),
        WITH_DIRECTORY(torn_first_line),
        WITH_DIRECTORY(foreign_lines),
        WITH_DIRECTORY(nul_bytes),
        WITH_DIRECTORY(newer_schema),
        WITH_DIRECTORY(names_are_taken),
        WITH_DIRECTORY(hostile_values),
        WITH_DIRECTORY(paths_stay_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
