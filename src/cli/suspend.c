// SPDX-License-Identifier: MIT
#include "cli/suspend.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

// The handlers may run in any thread.
static atomic_uint lines;
static atomic_int descriptor;
static bool catches_stop;

static void set_handler(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

// Up so many lines, and everything below is gone; with what a handler may use.
static void erase(unsigned up)
{
    static const char behind[] = "A\033[J";
    char text[24] = "\r\033[", digits[12];
    size_t used = 3, count = 0;
    if (up == 0)
        return;
    for (; up > 0; up /= 10)
        digits[count++] = (char)('0' + up % 10);
    while (count > 0)
        text[used++] = digits[--count];
    for (size_t i = 0; i < sizeof behind - 1; i++)
        text[used++] = behind[i];
    if (write(atomic_load(&descriptor), text, used) < 0) {
        // It is not there any more, or takes nothing now.
    }
}

// Stops by the signal itself, so that whoever waits for us sees why, and that a process group
// without a shell is not stopped for ever.
static void on_stop(int number)
{
    const int error = errno;
    sigset_t mask, before;
    erase(atomic_exchange(&lines, 0));
    set_handler(number, SIG_DFL);
    sigemptyset(&mask);
    sigaddset(&mask, number);
    pthread_sigmask(SIG_UNBLOCK, &mask, &before);
    raise(number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    set_handler(number, on_stop);
    errno = error;
}

static void on_continue(int number)
{
    (void)number;
    atomic_store(&lines, 0);
}

void suspend_begin(int terminal)
{
    struct sigaction before;
    atomic_store(&descriptor, terminal);
    atomic_store(&lines, 0);
    catches_stop = sigaction(SIGTSTP, NULL, &before) == 0 && before.sa_handler == SIG_DFL;
    if (catches_stop)
        set_handler(SIGTSTP, on_stop);
    set_handler(SIGCONT, on_continue);
}

void suspend_end(void)
{
    if (catches_stop)
        set_handler(SIGTSTP, SIG_DFL);
    set_handler(SIGCONT, SIG_DFL);
}

void suspend_set_lines(unsigned count)
{
    atomic_store(&lines, count);
}

unsigned suspend_lines(void)
{
    return atomic_load(&lines);
}
