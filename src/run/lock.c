// SPDX-License-Identifier: MIT
#include "run/lock.h"

#include <errno.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

// proc(5): "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF"; device numbers are hexadecimal.
static pid_t holder_of(int descriptor)
{
    char line[256];
    struct stat file;
    pid_t holder = 0;
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL)
        return 0;
    while (fstat(descriptor, &file) == 0 && holder == 0 &&
           fgets(line, sizeof line, locks) != NULL) {
        int pid;
        unsigned major_number, minor_number;
        unsigned long long inode;
        if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%llu", &pid, &major_number, &minor_number,
                   &inode) == 4 &&
            inode == file.st_ino && major_number == major(file.st_dev) &&
            minor_number == minor(file.st_dev))
            holder = pid;
    }
    fclose(locks);
    return holder > 0 ? holder : 0;
}

bool lock_take(int descriptor, pid_t *holder)
{
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return true;
    *holder = holder_of(descriptor);
    return false;
}
