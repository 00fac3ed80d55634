// SPDX-License-Identifier: MIT
#include "origin/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

// O_NONBLOCK: opening a FIFO must not wait for its writer. O_NOCTTY: nor may a device do anything.
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

// openat2 gives up when a directory is renamed under it.
#define OPEN_ATTEMPTS 8

#define TEXT_TYPE "text/plain; charset=utf-8"

static const struct {
    const char *extension;
    const char *type;
} types[] = {
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"png", "image/png"},
    {"gif", "image/gif"},
    {"bmp", "image/bmp"},
    {"webp", "image/webp"},
    {"pnm", "image/x-portable-anymap"},
    {"ppm", "image/x-portable-pixmap"},
    {"pgm", "image/x-portable-graymap"},
    {"tga", "image/x-tga"},
    {"html", "text/html; charset=utf-8"},
    {"txt", TEXT_TYPE},
    {"json", "application/json"},
};

const char *files_type(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(dot + 1, types[i].extension) == 0)
            return types[i].type;
    return "application/octet-stream";
}

bool files_path_allowed(const char *path)
{
    if (strchr(path, '\\'))
        return false;
    for (;;) {
        if (*path == '\0' || *path == '/' || *path == '.')
            return false;
        const char *slash = strchr(path, '/');
        if (!slash)
            return true;
        path = slash + 1;
    }
}

// Follows symbolic links that stay inside. Returns a descriptor, or -1 with errno.
static int open_beneath(int folder, const char *path)
{
    const struct open_how how = {
        .flags = OPEN_FLAGS,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long opened = -1;
    for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
        opened = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (opened >= 0 || errno != EAGAIN)
            break;
    }
    return (int)opened;
}

int files_open_stepwise(int folder, const char *path)
{
    char copy[LIMIT_PATH_BYTES];
    const size_t length = strlen(path);
    if (length >= sizeof copy) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(copy, path, length + 1);

    // O_NOFOLLOW speaks of the last component only, so every component is opened as the last one.
    char *component = copy;
    int at = folder;
    for (;;) {
        char *slash = strchr(component, '/');
        if (slash)
            *slash = '\0';
        const int flags = slash ? O_PATH | O_DIRECTORY | O_CLOEXEC : OPEN_FLAGS;
        const int opened = openat(at, component, flags | O_NOFOLLOW);
        const int error = errno;
        if (at != folder)
            close(at);
        errno = error;
        if (opened < 0 || !slash)
            return opened;
        at = opened;
        component = slash + 1;
    }
}

// Fills `file` from an open descriptor. Returns 0, or -1 with errno.
static int describe(int descriptor, const char *type, struct file *file)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return -1;
    if (!S_ISREG(status.st_mode)) {
        errno = ENOENT;
        return -1;
    }
    *file = (struct file){
        .descriptor = descriptor,
        .size = (uint64_t)status.st_size,
        .modified = status.st_mtim,
        .type = type,
    };
    return 0;
}

int files_open(int folder, const char *path, struct file *file)
{
    if (!files_path_allowed(path)) {
        errno = ENOENT;
        return -1;
    }
    int opened = open_beneath(folder, path);
    if (opened < 0 && (errno == ENOSYS || errno == EPERM))
        opened = files_open_stepwise(folder, path);
    if (opened < 0)
        return -1;
    if (describe(opened, files_type(path), file) == 0)
        return 0;
    const int error = errno;
    close(opened);
    errno = error;
    return -1;
}

static int listed(const struct dirent *entry)
{
    const bool may_be_file =
        entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
    return may_be_file && files_path_allowed(entry->d_name);
}

// By bytes: the order must not depend on the locale, as that of alphasort() does.
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void print_url(FILE *page, uint16_t port, const char *name)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~"; // RFC 3986, 2.3
    fprintf(page, "http://127.0.0.1:%u/", (unsigned)port);
    for (; *name; name++)
        if (strchr(unreserved, *name))
            fputc(*name, page);
        else
            fprintf(page, "%%%02X", (unsigned)(unsigned char)*name);
    fputc('\n', page);
}

static void print_urls(FILE *page, int folder, uint16_t port, struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct file file;
        if (entries[i]->d_type == DT_REG) {
            print_url(page, port, name);
        } else if (files_open(folder, name, &file) == 0) {
            close(file.descriptor);
            print_url(page, port, name);
        }
    }
}

// A stream that writes to `*descriptor`, a new file in memory, which outlives it.
static FILE *page_open(int *descriptor)
{
    *descriptor = memfd_create("listing", MFD_CLOEXEC);
    if (*descriptor < 0)
        return NULL;
    const int copy = fcntl(*descriptor, F_DUPFD_CLOEXEC, 0);
    FILE *page = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (page)
        return page;
    const int error = errno;
    if (copy >= 0)
        close(copy);
    close(*descriptor);
    errno = error;
    return NULL;
}

int files_list(int folder, uint16_t port, struct file *file)
{
    int descriptor;
    FILE *page = page_open(&descriptor);
    if (!page)
        return -1;
    // As long as the folder: it is our own user's, not a visitor's.
    struct dirent **entries = NULL;
    const int count = scandirat(folder, ".", &entries, listed, by_name);
    int error = count < 0 ? errno : 0;
    if (count >= 0)
        print_urls(page, folder, port, entries, count);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);

    if (ferror(page) && error == 0)
        error = ENOSPC; // which write failed is long forgotten
    if (fclose(page) != 0 && error == 0)
        error = errno;
    if (error == 0 && describe(descriptor, TEXT_TYPE, file) == 0)
        return 0;
    if (error == 0)
        error = errno;
    close(descriptor);
    errno = error;
    return -1;
}
