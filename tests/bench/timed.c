// SPDX-License-Identifier: MIT
// Runs a program and writes what it cost into a file: wall ms, CPU ms (with all its children), the
// largest process's kB, and its exit code. A small program does this, because a process begins with
// the largest size of the one that started it, and Python's would hide that of most downloaders.
//
//     timed FILE COMMAND [ARGUMENT...]
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double time_ms(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: timed FILE COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    const double started = now_ms();
    const pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("timed");
        return 1;
    }
    const double wall = now_ms() - started;
    FILE *const file = fopen(argv[1], "w");
    if (!file) {
        perror(argv[1]);
        return 1;
    }
    fprintf(file, "%.2f %.2f %ld %d\n", wall, time_ms(used.ru_utime) + time_ms(used.ru_stime),
            used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(file) == 0 ? 0 : 1;
}
