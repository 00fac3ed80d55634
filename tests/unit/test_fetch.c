// SPDX-License-Identifier: MIT
// The download stage on a real loop with a real server, where the system refuses to watch sockets.
#include "jobs.h"
#include "support.h"

#include "run/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS = 6 };

static unsigned refusals; // how many of the next sockets cannot be watched

int __real_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t socket);
int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t socket);

int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t socket)
{
    if (refusals > 0) {
        refusals--;
        return UV_ENOSPC;
    }
    return __real_uv_poll_init_socket(loop, poll, socket);
}

// Answers every connection once.
static void serve(int listener)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: "
                                 "close\r\n\r\nhello";
    char request[4096];
    for (;;) {
        const int connection = accept(listener, NULL, NULL);
        if (read(connection, request, sizeof request) > 0 &&
            write(connection, answer, sizeof answer - 1) < 0)
            _exit(1);
        close(connection);
    }
}

static unsigned start_server(pid_t *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, JOBS), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    *server = fork();
    if (*server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener);
    }
    close(listener);
    return ntohs(address.sin_port);
}

static struct {
    struct budget budget;
    struct job *done[JOBS];
    size_t finished;
} scene;

static void on_fetched(UNUSED void *context, struct job *job)
{
    budget_settle(&scene.budget, &job->body.share);
    scene.done[scene.finished++] = job;
}

static void start_jobs(struct fetch *fetch, unsigned port)
{
    for (uint64_t i = 0; i < JOBS; i++) {
        char host[32];
        snprintf(host, sizeof host, "127.0.0.1:%u", port);
        struct job *job = job_made(host, "x", i + 1);
        assert_true(budget_begin(&scene.budget, &job->body.share));
        job_set_state(job, JOB_DOWNLOADING, 1);
        assert_int_equal(fetch_start(fetch, job), EF_OK);
    }
}

// Goal: a socket that cannot be watched costs its transfer; the others go on.
TEST(unwatched_sockets)
{
    const struct run_options options = {.allow_private = true,
                                        .connect_timeout = 20,
                                        .stall_timeout = 20,
                                        .timeout = 20,
                                        .max_bytes = 1000,
                                        .proxy = ""};
    struct transfer_settings settings;
    uv_loop_t loop;
    pid_t server;
    size_t failed = 0;
    const unsigned port = start_server(&server);
    alarm(50);
    assert_int_equal(uv_loop_init(&loop), 0);
    budget_init(&scene.budget, 100000, 1000, 100);
    assert_true(transfer_settings_init(&settings, &options, &scene.budget));
    struct fetch *fetch = fetch_open(&loop, &settings, JOBS, on_fetched, NULL);
    assert_non_null(fetch);
    refusals = 2;
    start_jobs(fetch, port);
    while (scene.finished < JOBS)
        uv_run(&loop, UV_RUN_ONCE);
    for (size_t i = 0; i < JOBS; i++) {
        struct job *job = scene.done[i];
        if (job->status != EF_OK) {
            assert_int_equal(job->status, EF_INTERNAL);
            assert_non_null(strstr(job->message, "socket"));
            failed++;
        }
        budget_release(&scene.budget, &job->body.share);
        job_free(job);
    }
    assert_in_range(failed, 1, 2);
    fetch_close(fetch);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    transfer_settings_free(&settings);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(unwatched_sockets)};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failures;
}
