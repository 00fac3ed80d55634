// SPDX-License-Identifier: MIT
// What sandbox_enter() takes away, looked at from inside a child process. A child's exit status is
// the number of the line that found fault, or 0.
#include "support.h"

#include "base/limits.h"
#include "proc/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_PIXELS = 1000000 };

// For children: cmocka's assertions would jump back into the parent's test.
#define NEED(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static int enter(enum sandbox_level level)
{
    struct sandbox sandbox = {.max_pixels = MAX_PIXELS, .job_seconds = 5, .cpu_seconds = 20};
    const char *failed = "";
    sandbox_prepare(&sandbox, level);
    return sandbox_enter(&sandbox, &failed);
}

static bool is_limited(__rlimit_resource_t resource, uint64_t value)
{
    struct rlimit limit;
    return getrlimit(resource, &limit) == 0 && limit.rlim_cur == value && limit.rlim_max == value;
}

static bool status_has(const char *line)
{
    char text[8192];
    const int file = open("/proc/self/status", O_RDONLY);
    const ssize_t size = file < 0 ? -1 : read(file, text, sizeof text - 1);
    close(file);
    text[size < 0 ? 0 : size] = '\0';
    return strstr(text, line) != NULL;
}

static int check_limits(UNUSED void *context)
{
    NEED(!status_has("NoNewPrivs:\t1\n"));
    NEED(enter(SANDBOX_LIMITS) == 0);
    NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    NEED(prctl(PR_GET_DUMPABLE) == 0);
    NEED(is_limited(RLIMIT_CORE, 0));
    NEED(is_limited(RLIMIT_NPROC, 0));
    NEED(is_limited(RLIMIT_NOFILE, LIMIT_WORKER_FILES));
    NEED(is_limited(RLIMIT_FSIZE, LIMIT_OUTPUT_BYTES));
    if (!SANITIZED)
        NEED(is_limited(RLIMIT_AS,
                        LIMIT_WORKER_BASE_BYTES + LIMIT_WORKER_BYTES_PER_PIXEL * MAX_PIXELS));
    return 0;
}

// Goal: every limit is in force, for good (the hard limit too), and there are no new privileges.
TEST(limits_in_force)
{
    assert_int_equal(in_child(check_limits, NULL), 0);
}

static int check_status(UNUSED void *context)
{
    NEED(enter(SANDBOX_LIMITS) == 0);
    NEED(status_has("NoNewPrivs:\t1\n"));
    NEED(status_has("CapEff:\t0000000000000000\n") && status_has("CapPrm:\t0000000000000000\n"));
    return 0;
}

// Goal: the kernel says so as well.
TEST(no_new_privileges)
{
    assert_int_equal(in_child(check_status, NULL), 0);
}

static int check_memory(UNUSED void *context)
{
    NEED(enter(SANDBOX_LIMITS) == 0);
    void *fits = malloc(MIB(16));
    NEED(fits != NULL);
    free(fits);
    void *volatile too_much = malloc(MIB(512));
    NEED(too_much == NULL && errno == ENOMEM);
    return 0;
}

// Goal: memory beyond what the pixel limit justifies is refused, not granted and then killed for.
TEST(memory)
{
    if (SANITIZED)
        skip();
    assert_int_equal(in_child(check_memory, NULL), 0);
}

static int check_files(UNUSED void *context)
{
    NEED(enter(SANDBOX_LIMITS) == 0);
    int opened = 0;
    while (opened < 2 * LIMIT_WORKER_FILES && dup(STDERR_FILENO) >= 0)
        opened++;
    NEED(opened < LIMIT_WORKER_FILES && errno == EMFILE);
    return 0;
}

// Goal: no more than a few descriptors.
TEST(descriptors)
{
    assert_int_equal(in_child(check_files, NULL), 0);
}

static int check_file_size(UNUSED void *context)
{
    const int file = memfd_create("unit-test", MFD_CLOEXEC);
    NEED(file >= 0 && enter(SANDBOX_LIMITS) == 0);
    NEED(pwrite(file, "x", 1, LIMIT_OUTPUT_BYTES - 1) == 1);
    NEED(pwrite(file, "x", 1, LIMIT_OUTPUT_BYTES) == -1);
    NEED(errno == EFBIG);
    return 0;
}

// Goal: a file beyond the largest output is an error that can be reported, not a signal.
TEST(file_size)
{
    assert_int_equal(in_child(check_file_size, NULL), 0);
}

static int check_cpu(UNUSED void *context)
{
    struct rlimit limit;
    NEED(enter(SANDBOX_LIMITS) == 0);
    NEED(getrlimit(RLIMIT_CPU, &limit) == 0);
    NEED(limit.rlim_cur == 25 && limit.rlim_max == 26);
    return 0;
}

// Goal: of CPU time there is a worker's share and one picture more.
TEST(cpu_time)
{
    assert_int_equal(in_child(check_cpu, NULL), 0);
}

static int open_file(UNUSED void *context)
{
    return enter(SANDBOX_FULL) == 0 && open("/dev/null", O_RDONLY) >= 0 ? 1 : 2;
}

static int abort_self(UNUSED void *context)
{
    NEED(enter(SANDBOX_FULL) == 0);
    abort();
}

static bool has(enum sandbox_wall wall)
{
    struct sandbox sandbox = {.max_pixels = MAX_PIXELS, .job_seconds = 5, .cpu_seconds = 20};
    return (sandbox_prepare(&sandbox, SANDBOX_FULL) & wall) == 0;
}

// Goal: with seccomp a forbidden call is the end; abort() is told as what it is.
TEST(forbidden_call)
{
    if (!has(SANDBOX_WALL_SECCOMP))
        skip();
    int status = in_child(open_file, NULL);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    status = in_child(abort_self, NULL);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static int check_landlock(UNUSED void *context)
{
    struct sandbox sandbox = {.walls = SANDBOX_WALL_LIMITS | SANDBOX_WALL_LANDLOCK,
                              .max_pixels = MAX_PIXELS,
                              .job_seconds = 5,
                              .cpu_seconds = 20};
    const char *failed;
    NEED(sandbox_enter(&sandbox, &failed) == 0);
    NEED(open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES);
    NEED(open("/", O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES);
    return 0;
}

// Goal: with Landlock alone a file is denied.
TEST(forbidden_file)
{
    if (!has(SANDBOX_WALL_LANDLOCK))
        skip();
    assert_int_equal(in_child(check_landlock, NULL), 0);
}

// Goal: to try what the system has changes nothing here.
TEST(trying_is_harmless)
{
    struct sandbox sandbox = {.max_pixels = MAX_PIXELS, .job_seconds = 5, .cpu_seconds = 20};
    const unsigned missing = sandbox_prepare(&sandbox, SANDBOX_BEST);
    assert_int_equal(missing | sandbox.walls, SANDBOX_WALLS);
    assert_int_equal(missing & sandbox.walls, 0);
    assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    assert_int_equal(sandbox_prepare(&sandbox, SANDBOX_LIMITS), 0);
    assert_int_equal(sandbox.walls, SANDBOX_WALL_LIMITS);
    assert_int_equal(sandbox_prepare(&sandbox, SANDBOX_OFF), 0);
    assert_int_equal(sandbox.walls, 0);
}

// Goal: walls have names, and so has their absence.
TEST(names)
{
    char names[SANDBOX_NAMES_BYTES];
    assert_string_equal(sandbox_names(SANDBOX_WALLS, names), "limits, landlock, seccomp");
    assert_string_equal(sandbox_names(SANDBOX_WALL_SECCOMP, names), "seccomp");
    assert_string_equal(sandbox_names(0, names), "off");
}

static int check_off(UNUSED void *context)
{
    NEED(enter(SANDBOX_OFF) == 0);
    NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
    NEED(prctl(PR_GET_DUMPABLE) == 1);
    NEED(!is_limited(RLIMIT_NOFILE, LIMIT_WORKER_FILES));
    return 0;
}

// Goal: without a sandbox nothing changes.
TEST(off)
{
    assert_int_equal(in_child(check_off, NULL), 0);
}

static int check_lower_limit(UNUSED void *context)
{
    const struct rlimit fewer = {4, 4}; // less than what the sandbox would set: not to be raised
    NEED(setrlimit(RLIMIT_NOFILE, &fewer) == 0);
    if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        return 0;
    NEED(enter(SANDBOX_LIMITS) == 0);
    NEED(is_limited(RLIMIT_NOFILE, 4));
    return 0;
}

// Goal: a limit that a batch system has set lower stays, and is no failure.
TEST(lower_limit_stays)
{
    assert_int_equal(in_child(check_lower_limit, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_in_force),
        cmocka_unit_test(no_new_privileges),
        cmocka_unit_test(memory),
        cmocka_unit_test(descriptors),
        cmocka_unit_test(file_size),
        cmocka_unit_test(cpu_time),
        cmocka_unit_test(forbidden_call),
        cmocka_unit_test(forbidden_file),
        cmocka_unit_test(trying_is_harmless),
        cmocka_unit_test(names),
        cmocka_unit_test(off),
        cmocka_unit_test(lower_limit_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
