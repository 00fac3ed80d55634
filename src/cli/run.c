// SPDX-License-Identifier: MIT
// One run from its first process to its exit code; what is the same for all commands that do one.
#include "cli/cli.h"
#include "cli/page.h"
#include "cli/sandbox_choice.h"
#include "cli/stats.h"
#include "cli/summary.h"
#include "cli/usage.h"
#include "cli/watch.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

// What stands around a run.
struct frame {
    struct usage before;
    struct sandbox sandbox;
    struct forkserver *forkserver;
    struct page page;
    int trace; // descriptor, or -1
};

static int code_of_surroundings(const struct cli *cli, const struct run_result *result)
{
    return cli->run.shard.count > 0 && !result->damaged_list ? EXIT_TRY_AGAIN : EXIT_SURROUNDINGS;
}

static int exit_code_of(const struct cli *cli, const struct run_result *result)
{
    if (interrupt_count(cli->run.interrupt) > 0) // also by a signal that came behind the run
        return shard_interrupt_code(&cli->run.shard);
    if (result->surroundings)
        return code_of_surroundings(cli, result);
    if (result->trace_failed)
        return EXIT_SURROUNDINGS;
    if (result->gave_up)
        return EXIT_GAVE_UP;
    return result->tally.failed + result->tally.cancelled > 0 ? EXIT_SOME_FAILED : EXIT_ALL_DONE;
}

static bool open_trace(const char *path, int *descriptor)
{
    char shown[LIMIT_PATH_BYTES];
    *descriptor = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (path == NULL || *descriptor >= 0)
        return true;
    log_error("%s cannot be written:", text_printable(path, shown, sizeof shown));
    return false;
}

// Main, its threads and the workers wake each other several times a picture. As batch processes
// they wait for each other's turn to end, instead of interrupting it: that is a third of main's
// time where pictures are small. What the user has chosen (chrt) stays, and where it is refused it
// only takes longer.
static void schedule_as_batch(void)
{
    const struct sched_param none = {0};
    if (sched_getscheduler(0) == SCHED_OTHER)
        sched_setscheduler(0, SCHED_BATCH, &none);
}

// The fork servers come first of all: they must be forked before curl, the loop or any thread
// exists. False after a message; frame_close() has to follow in any case.
static bool frame_open(struct frame *frame, const struct cli *cli,
                       const struct cli_program *program)
{
    *frame = (struct frame){.before = usage_now(), .trace = -1};
    schedule_as_batch();
    signal(SIGCHLD, SIG_DFL); // some parents leave it ignored, and the fork server is waited for
    if (!sandbox_choose(&cli->run, &frame->sandbox))
        return false;
    frame->forkserver = forkserver_start(program->worker, &frame->sandbox);
    frame->page = page_begin(cli, program, &frame->sandbox);
    if (frame->forkserver == NULL) {
        log_error("the fork server cannot be started:");
        return false;
    }
    if (!interrupt_catch()) {
        log_error("signals cannot be caught:");
        return false;
    }
    log_never_wait();
    signal(SIGXFSZ, SIG_IGN); // and a limit on file sizes
    signal(SIGPIPE, SIG_IGN); // a reader that leaves is an error of that write
    return open_trace(cli->trace, &frame->trace);
}

static void frame_close(struct frame *frame)
{
    forkserver_stop(frame->forkserver);
    page_end(&frame->page);
    if (frame->trace >= 0)
        close(frame->trace);
}

// Returns engine_run()'s 0 or -1.
static int run(struct frame *frame, const struct cli *cli, struct run_result *result)
{
    struct watch watch;
    struct run_observer observer = watch_open(cli, &watch);
    observer.trace = frame->trace;
    observer.sample = cli->trace_sample;
    page_observe(&frame->page, &observer);
    const int begun = engine_run(&cli->run, frame->forkserver, &observer, result);
    watch_close(&watch);
    interrupt_may_exit(shard_interrupt_code(&cli->run.shard));
    const struct forkserver_usage workers = forkserver_stop(frame->forkserver);
    frame->forkserver = NULL;
    usage_note(&frame->before, &workers, result);
    result->sandbox = frame->sandbox.walls;
    return begun;
}

// Stats, summary and page. Returns the exit code.
static int tell(struct frame *frame, const struct cli *cli, const struct run_result *result)
{
    if (cli->stats != NULL && stats_write(result, cli->stats) != 0)
        return EXIT_SURROUNDINGS;
    if (!cli->quiet) {
        summary_print(cli->json ? stderr : stdout, result);
        if (fflush(stdout) != 0) {
            log_error("standard output:");
            return EXIT_SURROUNDINGS;
        }
    }
    if (page_write(&frame->page, cli, result) != 0)
        return EXIT_SURROUNDINGS;
    return exit_code_of(cli, result);
}

int cli_run(const struct cli *cli, const struct cli_program *program)
{
    struct frame frame;
    struct run_result result;
    int code = EXIT_SURROUNDINGS;
    if (frame_open(&frame, cli, program)) {
        if (run(&frame, cli, &result) == 0) {
            code = tell(&frame, cli, &result);
        } else if (interrupt_count(cli->run.interrupt) > 0) {
            log_info("stopped before anything was begun");
            code = shard_interrupt_code(&cli->run.shard);
        } else if (result.not_yet && cli->run.shard.count > 0) {
            code = EXIT_TRY_AGAIN;
        }
    }
    frame_close(&frame);
    return code;
}
