// SPDX-License-Identifier: MIT
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder_path[512];

uint64_t chance_next(struct chance *chance)
{
    uint64_t z = (chance->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t chance_below(struct chance *chance, uint64_t bound)
{
    return chance_next(chance) % bound;
}

bool chance_in(struct chance *chance, uint64_t bound)
{
    return chance_below(chance, bound) == 0;
}

void chance_fill(struct chance *chance, void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)chance_next(chance);
}

struct guarded guarded_make(const void *bytes, size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t usable = (size + page - 1) / page * page;
    struct guarded guarded = {.size = size, .mapped = usable + page};
    guarded.mapping =
        mmap(NULL, guarded.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(guarded.mapping, MAP_FAILED);
    assert_int_equal(mprotect((uint8_t *)guarded.mapping + usable, page, PROT_NONE), 0);
    guarded.bytes = (uint8_t *)guarded.mapping + usable - size;
    if (bytes != NULL)
        memcpy(guarded.bytes, bytes, size);
    return guarded;
}

void guarded_free(struct guarded *guarded)
{
    munmap(guarded->mapping, guarded->mapped);
    *guarded = (struct guarded){0};
}

int folder_make(UNUSED void **state)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder_path, sizeof folder_path, "%s/edgefetch-unit-XXXXXX",
             base != NULL && base[0] != '\0' ? base : "/tmp");
    return mkdtemp(folder_path) != NULL ? 0 : -1;
}

static int remove_one(const char *path, UNUSED const struct stat *status, UNUSED int type,
                      UNUSED struct FTW *walk)
{
    return remove(path);
}

int folder_remove(UNUSED void **state)
{
    return nftw(folder_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *folder(void)
{
    return folder_path;
}

const char *in_folder(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    return path;
}

void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

char *read_file(const char *name, size_t *size)
{
    struct stat status;
    const int file = open(in_folder(name), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0 && fstat(file, &status) == 0);
    *size = (size_t)status.st_size;
    char *text = calloc(1, *size + 1);
    assert_non_null(text);
    assert_int_equal(read(file, text, *size), *size);
    close(file);
    return text;
}

bool is_in_folder(const char *name)
{
    struct stat status;
    return lstat(in_folder(name), &status) == 0;
}

size_t open_descriptors(void)
{
    DIR *listing = opendir("/proc/self/fd");
    size_t count = 0;
    assert_non_null(listing);
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count;
}

int in_child(int (*body)(void *context), void *context)
{
    int status = 0;
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(body(context));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}
