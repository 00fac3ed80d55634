// SPDX-License-Identifier: MIT
// The loopback origin, from outside through plain sockets, and its two inner parts with a contract
// of their own (files, pace). Nothing here depends on how long anything takes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "origin/files.h"
#include "origin/origin.h"
#include "origin/pace.h"

#define PICTURE_BYTES 200000 // several blocks
#define REPLY_BYTES (PICTURE_BYTES + 4096)
#define CONNECTIONS 8

#define UNUSED __attribute__((unused))
#define TEST(name) static void name(UNUSED void **state)

static char folder[64]; // the served one; secret.txt is beside it
static char picture[PICTURE_BYTES];
static char reply[REPLY_BYTES]; // the last answer, terminated
static size_t reply_size;

// --- the folder -------------------------------------------------------------------------------

// Good until the next call.
static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(UNUSED void **state)
{
    snprintf(folder, sizeof folder, "/tmp/test_origin.XXXXXX");
    assert_non_null(mkdtemp(folder));
    strcat(folder, "/served");
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
    assert_int_equal(mkfifo(in_folder("pipe.txt"), 0600), 0);
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (char)(i * i >> 7);
    write_file("picture.JPG", picture, sizeof picture);
    write_file("a b%\xc3\xa9.txt", "odd", 3);
    write_file("empty.png", "", 0);
    write_file("back\\slash", "no", 2);
    write_file(".hidden", "no", 2);
    write_file("sub/inner", "inner", 5);
    write_file("../secret.txt", "no", 2);
    assert_int_equal(symlink("sub/inner", in_folder("inside.html")), 0);
    assert_int_equal(symlink("../secret.txt", in_folder("outside.txt")), 0);
    assert_int_equal(symlink("/etc/hostname", in_folder("absolute.txt")), 0);
    assert_int_equal(symlink("sub", in_folder("subway")), 0);
    return 0;
}

static int remove_one(const char *path, UNUSED const struct stat *status, UNUSED int type,
                      UNUSED struct FTW *walk)
{
    return remove(path);
}

static int remove_folder(UNUSED void **state)
{
    *strrchr(folder, '/') = '\0';
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

// --- talking ----------------------------------------------------------------------------------

static struct origin *start(double latency_s, uint64_t rate, unsigned max_parallel)
{
    const struct origin_options options = {.directory = folder,
                                           .latency_s = latency_s,
                                           .rate_bytes_per_s = rate,
                                           .max_parallel = max_parallel};
    struct origin *origin = origin_start(&options);
    assert_non_null(origin);
    assert_int_not_equal(origin_port(origin), 0);
    return origin;
}

static int open_connection(uint16_t port)
{
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(connection >= 0);
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    assert_int_equal(connect(connection, (const struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

static void ask(int connection, const char *method, const char *path)
{
    char text[512];
    const int length =
        snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", method, path);
    assert_int_equal(send(connection, text, (size_t)length, MSG_NOSIGNAL), length);
}

// The value of a header that the last answer must have. Good until the next call.
static const char *header(const char *name)
{
    static char value[256];
    char start_of_line[64];
    snprintf(start_of_line, sizeof start_of_line, "\r\n%s: ", name);
    const char *end = strstr(reply, "\r\n\r\n");
    const char *found = strstr(reply, start_of_line);
    assert_true(end && found && found < end);
    found += strlen(start_of_line);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(found, "\r"), found);
    return value;
}

// Reads the headers of one answer into `reply` and no more. Returns its status.
static int read_headers(int connection)
{
    reply_size = 0;
    do {
        assert_true(reply_size < sizeof reply - 1);
        assert_int_equal(recv(connection, reply + reply_size, 1, 0), 1);
        reply[++reply_size] = '\0';
    } while (!strstr(reply, "\r\n\r\n"));
    assert_memory_equal(reply, "HTTP/1.1 ", 9);
    return (int)strtol(reply + 9, NULL, 10);
}

static int read_answer(int connection)
{
    const int status = read_headers(connection);
    const size_t size = (size_t)strtoul(header("Content-Length"), NULL, 10);
    assert_true(size < sizeof reply - reply_size);
    if (size > 0) // a recv() of nothing would wait
        assert_int_equal(recv(connection, reply + reply_size, size, MSG_WAITALL), size);
    reply_size += size;
    reply[reply_size] = '\0';
    return status;
}

static const char *body(void)
{
    return strstr(reply, "\r\n\r\n") + 4;
}

static size_t body_size(void)
{
    return reply_size - (size_t)(body() - reply);
}

// One answer on a connection of its own.
static int get(const struct origin *origin, const char *path)
{
    const int connection = open_connection(origin_port(origin));
    ask(connection, "GET", path);
    const int status = read_answer(connection);
    close(connection);
    return status;
}

static void stop(struct origin *origin, uint64_t requests, uint64_t refused, unsigned most)
{
    struct origin_report report;
    assert_int_equal(origin_stop(origin, &report), 0);
    assert_int_equal(report.requests, requests);
    assert_int_equal(report.refused, refused);
    assert_int_equal(report.most_at_once, most);
}

// --- what is served ---------------------------------------------------------------------------

TEST(test_file)
{
    struct origin *origin = start(0.001, 4000000, 0);
    assert_int_equal(get(origin, "/picture.JPG"), 200);
    assert_int_equal(body_size(), sizeof picture);
    assert_memory_equal(body(), picture, sizeof picture);
    assert_string_equal(header("Content-Type"), "image/jpeg");
    assert_int_equal(*header("ETag"), '"');
    assert_non_null(strstr(header("Last-Modified"), " GMT"));

    assert_int_equal(get(origin, "/a%20b%25%c3%a9.txt?size=%00"), 200);
    assert_string_equal(body(), "odd");
    assert_string_equal(header("Content-Type"), "text/plain; charset=utf-8");
    assert_int_equal(get(origin, "/sub/inner"), 200);
    assert_string_equal(body(), "inner");
    assert_string_equal(header("Content-Type"), "application/octet-stream");
    assert_int_equal(get(origin, "/empty.png"), 200);
    assert_int_equal(body_size(), 0);
    stop(origin, 4, 0, 1);
}

TEST(test_head)
{
    struct origin *origin = start(0, 0, 0);
    const int connection = open_connection(origin_port(origin));
    ask(connection, "HEAD", "/picture.JPG");
    assert_int_equal(read_headers(connection), 200);
    assert_string_equal(header("Content-Length"), "200000");
    // The next answer follows at once, on the same connection: there was no body.
    ask(connection, "GET", "/sub/inner");
    assert_int_equal(read_answer(connection), 200);
    assert_string_equal(body(), "inner");
    close(connection);
    stop(origin, 2, 0, 1);
}

TEST(test_not_found)
{
    char paths[] = "/missing picture.JPG /. // //picture.JPG /picture.JPG/ /picture.JPG/x /sub "
                   "/sub/ /../secret.txt /%2e%2e/secret.txt /..%2fsecret.txt /%00 /.hidden "
                   "/sub/../../secret.txt /sub/../picture.JPG /sub//inner /%2ehidden /pipe.txt "
                   "/outside.txt /absolute.txt /back%5cslash /picture.JPG%00 /picture.JPG%00.txt";
    struct origin *origin = start(0, 0, 0);
    unsigned count = 0;
    for (char *path = strtok(paths, " "); path; path = strtok(NULL, " ")) {
        const int status = get(origin, path);
        if (status != 404)
            fail_msg("%s was answered with %d", path, status);
        count++;
    }
    assert_int_equal(count, 24);
    stop(origin, count, 0, 1);
}

TEST(test_other_methods)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "get"};
    struct origin *origin = start(0, 0, 0);
    const int connection = open_connection(origin_port(origin));
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        ask(connection, methods[i], "/picture.JPG");
        assert_int_equal(read_answer(connection), 405);
        assert_string_equal(header("Allow"), "GET, HEAD");
    }
    close(connection);
    stop(origin, sizeof methods / sizeof *methods, 0, 1);
}

// With the link that stays inside, so this needs openat2 (Linux 5.6).
TEST(test_listing)
{
    struct origin *origin = start(0, 0, 0);
    const unsigned port = origin_port(origin);
    assert_int_equal(get(origin, "/?sorted"), 200);
    assert_string_equal(header("Content-Type"), "text/plain; charset=utf-8");
    char expected[512];
    snprintf(expected, sizeof expected,
             "http://127.0.0.1:%u/a%%20b%%25%%C3%%A9.txt\nhttp://127.0.0.1:%u/empty.png\n"
             "http://127.0.0.1:%u/inside.html\nhttp://127.0.0.1:%u/picture.JPG\n",
             port, port, port, port);
    assert_string_equal(body(), expected);
    stop(origin, 1, 0, 1);
}

// --- how many at once -------------------------------------------------------------------------

// All of one more than the maximum are sent; the refused one, whichever it is, is the only answer,
// as the others are delayed for longer than any test may run.
TEST(test_refuses_one_too_many)
{
    struct origin *origin = start(60, 0, CONNECTIONS);
    struct pollfd all[CONNECTIONS + 1];
    for (size_t i = 0; i < CONNECTIONS + 1; i++) {
        all[i] = (struct pollfd){.fd = open_connection(origin_port(origin)), .events = POLLIN};
        ask(all[i].fd, "GET", "/sub/inner");
    }
    assert_int_equal(poll(all, CONNECTIONS + 1, -1), 1);
    for (size_t i = 0; i < CONNECTIONS + 1; i++)
        if (all[i].revents) {
            assert_int_equal(read_answer(all[i].fd), 503);
            assert_string_equal(header("Retry-After"), "1");
        }
    // The sleepers, with 60 seconds to go, do not delay this (the runner's timeout would tell).
    stop(origin, CONNECTIONS + 1, 1, CONNECTIONS);
    for (size_t i = 0; i < CONNECTIONS + 1; i++)
        close(all[i].fd);
}

// At a byte per second, all are still in flight when the last one's headers are there; and the stop
// comes in the middle of them.
TEST(test_counts_and_stops_paced_responses)
{
    struct origin *origin = start(0, 1, 0);
    int all[CONNECTIONS];
    for (size_t i = 0; i < CONNECTIONS; i++) {
        all[i] = open_connection(origin_port(origin));
        ask(all[i], "GET", "/picture.JPG");
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        assert_int_equal(read_headers(all[i]), 200);
    stop(origin, CONNECTIONS, 0, CONNECTIONS);
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(all[i]);
}

// A client that waits for each answer before the next request stays within a maximum of 1, although
// the connections, and so the server's threads, take turns.
TEST(test_place_is_free_when_the_answer_is_there)
{
    static const char *const paths[] = {"/picture.JPG", "/sub/inner", "/missing", "/",
                                        "/empty.png"};
    struct origin *origin = start(0, 0, 1);
    int connections[CONNECTIONS];
    for (size_t i = 0; i < CONNECTIONS; i++)
        connections[i] = open_connection(origin_port(origin));
    for (size_t i = 0; i < 1000; i++) {
        ask(connections[i % CONNECTIONS], "GET", paths[i % 5]);
        assert_int_not_equal(read_answer(connections[i % CONNECTIONS]), 503);
        if (i % 5 == 0)
            assert_memory_equal(body(), picture, sizeof picture);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(connections[i]);
    stop(origin, 1000, 0, 1);
}

// --- the process ------------------------------------------------------------------------------

// The only child of this process, or 0 where the kernel does not say.
static pid_t only_child(void)
{
    int child = 0;
    FILE *children = fopen("/proc/thread-self/children", "r");
    if (children && fscanf(children, "%d", &child) != 1)
        child = 0;
    if (children)
        fclose(children);
    return child;
}

TEST(test_start_fails)
{
    struct origin_options options = {.directory = folder};
    const struct origin_options bad[] = {
        {.directory = "/tmp/test_origin/does/not/exist"},
        {.directory = __FILE__},
        {.directory = folder, .latency_s = 601},
        {.directory = folder, .latency_s = -1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(origin_start(&bad[i]));
    struct origin *origin = start(0, 0, 0);
    options.port = origin_port(origin);
    assert_null(origin_start(&options));
    assert_int_equal(origin_serve(&options, stdout), -1);
    stop(origin, 0, 0, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // no child is left
    assert_int_equal(errno, ECHILD);
}

TEST(test_stop_of_nothing)
{
    struct origin_report report = {.requests = 1};
    assert_int_equal(origin_stop(NULL, &report), 0);
    assert_int_equal(report.requests, 0);
    assert_int_equal(origin_stop(NULL, NULL), 0);
    assert_int_equal(origin_stop(start(0, 0, 0), NULL), 0);
}

// What a terminal sends changes nothing; a child that is dead or does not answer is reaped.
TEST(test_signals_to_the_child)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGKILL, SIGSTOP};
    for (size_t i = 0; i < 5; i++) {
        struct origin *origin = start(0, 0, 0);
        struct origin_report report = {.requests = 1};
        const pid_t child = only_child();
        if (child > 0)
            kill(child, signals[i]);
        assert_int_equal(origin_stop(origin, &report), child > 0 && i >= 3 ? -1 : 0);
        assert_int_equal(report.requests, 0);
    }
}

TEST(test_serve_until_a_signal)
{
    int pipes[2];
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    const pid_t server = fork();
    if (server == 0) {
        const struct origin_options options = {.directory = folder};
        signal(SIGHUP, SIG_IGN);
        _exit(origin_serve(&options, fdopen(pipes[1], "w")) == 0 ? 0 : 1);
    }
    assert_true(server > 0);
    close(pipes[1]);
    FILE *announce = fdopen(pipes[0], "r");
    assert_non_null(announce);
    unsigned port = 0;
    assert_int_equal(fscanf(announce, "http://127.0.0.1:%u/", &port), 1);
    assert_int_equal(fgetc(announce), '\n');
    kill(server, SIGHUP); // ignored there, as under nohup

    const int connection = open_connection((uint16_t)port);
    ask(connection, "GET", "/sub/inner");
    assert_int_equal(read_answer(connection), 200);
    close(connection);
    kill(server, SIGTERM);
    int status = -1;
    assert_int_equal(waitpid(server, &status, 0), server);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    fclose(announce);
}

// --- files and pace ---------------------------------------------------------------------------

TEST(test_opening_without_openat2)
{
    static const char *const refused[] = {"missing",     "missing/inner", "picture.JPG/x",
                                          "outside.txt", "inside.html",   "subway/inner"};
    const int here = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(here >= 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(files_open_stepwise(here, refused[i]), -1);
    const int opened = files_open_stepwise(here, "sub/inner");
    assert_int_equal(read(opened, reply, 5), 5);
    assert_memory_equal(reply, "inner", 5);
    close(opened);
    close(here);
}

TEST(test_types)
{
    assert_string_equal(files_type("a.b/c.WebP"), "image/webp");
    assert_string_equal(files_type("a.png/c"), "application/octet-stream");
    assert_string_equal(files_type("x."), "application/octet-stream");
}

TEST(test_pace)
{
    struct sleeper sleeper;
    struct pace pace;
    assert_int_equal(sleeper_init(&sleeper), 0);
    assert_true(sleeper_until(&sleeper, 0));
    assert_true(sleeper_until(&sleeper, clock_us() + 1));
    pace_init(&pace, 0);
    assert_int_equal(pace_next(&pace, 0, 1000, &sleeper), 1000);
    pace_init(&pace, 2000); // 100 bytes in 50 ms
    assert_int_equal(pace_next(&pace, 0, 1000, &sleeper), 100);
    assert_int_equal(pace_next(&pace, 100, 7, &sleeper), 7);
    pace_init(&pace, 19); // less than a byte in 50 ms
    assert_int_equal(pace_next(&pace, 0, 1000, &sleeper), 1);
    pace_init(&pace, UINT64_MAX);
    assert_int_equal(pace_next(&pace, UINT64_MAX - 9, 9, &sleeper), 9);
    sleeper_stop(&sleeper);
    assert_false(sleeper_until(&sleeper, 0));
    assert_false(sleeper_until(&sleeper, INT64_MAX));
    assert_int_equal(pace_next(&pace, 0, 1, &sleeper), 0);
    sleeper_destroy(&sleeper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_other_methods),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_refuses_one_too_many),
        cmocka_unit_test(test_counts_and_stops_paced_responses),
        cmocka_unit_test(test_place_is_free_when_the_answer_is_there),
        cmocka_unit_test(test_start_fails),
        cmocka_unit_test(test_stop_of_nothing),
        cmocka_unit_test(test_signals_to_the_child),
        cmocka_unit_test(test_serve_until_a_signal),
        cmocka_unit_test(test_opening_without_openat2),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_pace),
    };
    return cmocka_run_group_tests_name("origin", tests, make_folder, remove_folder);
}
