// SPDX-License-Identifier: MIT
#include "cli/child.h"

#include "base/log.h"
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static volatile sig_atomic_t child; // for the handler; one at a time

// What comes from a terminal has come to the child, too.
static void send_on(int number, siginfo_t *info, void *unused)
{
    (void)unused;
    const int error = errno;
    if (info->si_code != SI_KERNEL)
        kill((pid_t)child, number);
    errno = error;
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_SURROUNDINGS;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    for (size_t i = 0; i < NUMBERS; i++)
        if (WTERMSIG(status) == numbers[i]) // before it has begun to catch them
            return EXIT_INTERRUPTED;
    return EXIT_SURROUNDINGS;
}

// With the signals blocked.
static int wait_and_send_on(pid_t pid, const sigset_t *mask)
{
    struct sigaction action = {.sa_sigaction = send_on, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before[NUMBERS];
    child = pid;
    for (size_t i = 0; i < NUMBERS; i++)
        if (sigaction(numbers[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    const int code = wait_for(pid);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaction(numbers[i], &before[i], NULL);
    return code;
}

int child_run(int (*body)(void *context), void *context)
{
    const pid_t parent = getpid();
    sigset_t ours, mask;
    sigemptyset(&ours);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaddset(&ours, numbers[i]);
    fflush(NULL); // or the child would print it again
    sigprocmask(SIG_BLOCK, &ours, &mask);
    const pid_t pid = fork();
    if (pid > 0)
        return wait_and_send_on(pid, &mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        exit(getppid() == parent ? body(context) : EXIT_SURROUNDINGS);
    }
    log_error("no process for a run:");
    return EXIT_SURROUNDINGS;
}
