// SPDX-License-Identifier: MIT
#include "base/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int signal_numbers[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof signal_numbers / sizeof *signal_numbers };

// Signals are the process's, and so is this. The handler may run in any thread; the descriptor
// stays open, for the handler does.
static struct interrupt of_process = {.descriptor = -1};
static atomic_int first;    // signal
static atomic_int may_exit; // with this code; 0: it may not

bool interrupt_open(struct interrupt *interrupt)
{
    atomic_init(&interrupt->count, 0);
    interrupt->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return interrupt->descriptor >= 0;
}

void interrupt_close(struct interrupt *interrupt)
{
    if (interrupt->descriptor >= 0)
        close(interrupt->descriptor);
    interrupt->descriptor = -1;
}

void interrupt_raise(struct interrupt *interrupt)
{
    atomic_fetch_add(&interrupt->count, 1);
    interrupt_wake(interrupt);
}

void interrupt_wake(const struct interrupt *interrupt)
{
    const uint64_t one = 1;
    if (write(interrupt->descriptor, &one, sizeof one) < 0) {
        // It is readable already.
    }
}

unsigned interrupt_count(const struct interrupt *interrupt)
{
    return interrupt == NULL ? 0 : atomic_load(&interrupt->count);
}

int interrupt_descriptor(const struct interrupt *interrupt)
{
    return interrupt->descriptor;
}

void interrupt_taken(const struct interrupt *interrupt)
{
    uint64_t since;
    if (read(interrupt->descriptor, &since, sizeof since) < 0) {
        // None has come.
    }
}

static void on_signal(int number)
{
    const int error = errno;
    int none = 0;
    const int code = atomic_load(&may_exit);
    atomic_compare_exchange_strong(&first, &none, number);
    if (code != 0 && interrupt_count(&of_process) > 0)
        _exit(code);
    interrupt_raise(&of_process);
    errno = error;
}

bool interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (of_process.descriptor < 0 && !interrupt_open(&of_process))
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

struct interrupt *interrupt_of_process(void)
{
    return &of_process;
}

bool interrupt_is_termination(void)
{
    return atomic_load(&first) == SIGTERM;
}

void interrupt_may_exit(int code)
{
    atomic_store(&may_exit, code);
}
