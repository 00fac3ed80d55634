// SPDX-License-Identifier: MIT
#include "base/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int signal_numbers[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof signal_numbers / sizeof *signal_numbers };

// Signals are the process's, and so is this. The handler may run in any thread.
static atomic_uint count;
static atomic_int first;    // signal
static atomic_int may_exit; // with this code; 0: it may not
static int descriptor = -1; // an eventfd; stays open, for the handler does

static void on_signal(int number)
{
    const int error = errno;
    const uint64_t one = 1;
    int none = 0;
    const int code = atomic_load(&may_exit);
    atomic_compare_exchange_strong(&first, &none, number);
    if (atomic_fetch_add(&count, 1) > 0 && code != 0)
        _exit(code);
    if (write(descriptor, &one, sizeof one) < 0) {
        // It is readable already.
    }
    errno = error;
}

bool interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (descriptor < 0)
        descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor < 0)
        return false;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&action.sa_mask, signal_numbers[i]);
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction before;
        if (signal_numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 &&
            before.sa_handler == SIG_IGN)
            continue; // nohup
        sigaction(signal_numbers[i], &action, NULL);
    }
    return true;
}

unsigned interrupt_count(void)
{
    return atomic_load(&count);
}

bool interrupt_is_termination(void)
{
    return atomic_load(&first) == SIGTERM;
}

int interrupt_descriptor(void)
{
    return descriptor;
}

void interrupt_taken(void)
{
    uint64_t since;
    if (read(descriptor, &since, sizeof since) < 0) {
        // None has come.
    }
}

void interrupt_may_exit(int code)
{
    atomic_store(&may_exit, code);
}
