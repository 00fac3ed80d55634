// SPDX-License-Identifier: MIT
#include "run/members.h"

#include "run/manifest_lines.h"
#include "run/package.h"
#include "run/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A path in a package, taken apart.
struct member_path {
    const char *folder; // with '/' behind it, or nothing: `folder_length` bytes
    int folder_length;
    char package[PACKAGE_NAME_BYTES];
    const char *member; // behind the '#'
    size_t key;         // bytes of it before its first dot
};

// Where its bytes are.
struct place {
    char file[LIMIT_PATH_BYTES];
    uint64_t offset, size;
};

struct entry {
    const char *name;
    uint64_t offset, size;
};

struct package_index {
    char *path;     // of the package
    uint64_t bytes; // of it
    char *text;
    struct entry *entries; // by name
    size_t count;
};

// ---- paths ----

// What stands before the name of the package. False when it is not in the folder of packages.
static bool take_folder(const char *path, const char *name, struct member_path *parts)
{
    static const char packages[] = PACKAGES_FOLDER "/";
    const size_t length = sizeof packages - 1, before = (size_t)(name - path);
    if (before < length || before >= LIMIT_PATH_BYTES ||
        memcmp(name - length, packages, length) != 0)
        return false;
    parts->folder = path;
    parts->folder_length = (int)(before - length);
    return before == length ||
           (name[-(ptrdiff_t)length - 1] == '/' && manifest_path_is_confined(path));
}

static bool take_apart(const char *path, struct member_path *parts)
{
    static const char extension[] = ".tar#";
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const size_t length = package_name_length(name);
    const char *member = name + length + sizeof extension - 1;
    if (length == 0 || strncmp(name + length, extension, sizeof extension - 1) != 0 ||
        !take_folder(path, name, parts))
        return false;
    memcpy(parts->package, name, length);
    parts->package[length] = '\0';
    parts->member = member;
    parts->key = strcspn(member, ".");
    return parts->key > 0 && parts->key < NAME_BYTES && strlen(member) < TAR_NAME_BYTES &&
           strchr(member, '\n') == NULL;
}

// The package's own path, with this extension. False when there is no room.
static bool package_path(const struct member_path *parts, const char *extension, char *path,
                         size_t size)
{
    const int length = snprintf(path, size, "%.*s" PACKAGES_FOLDER "/%s.%s", parts->folder_length,
                                parts->folder, parts->package, extension);
    return length >= 0 && (size_t)length < size;
}

bool member_path_is_right(const char *path)
{
    struct member_path parts;
    return take_apart(path, &parts);
}

bool member_package(const char *path, char *package, size_t size)
{
    struct member_path parts;
    return take_apart(path, &parts) && package_path(&parts, "tar", package, size);
}

bool member_key(const char *path, char *key, size_t size)
{
    struct member_path parts;
    if (!take_apart(path, &parts))
        return false;
    snprintf(key, size, "%.*s", (int)parts.key, parts.member);
    return true;
}

// ---- indexes ----

static void free_index(struct package_index *index)
{
    if (index == NULL)
        return;
    free(index->path);
    free(index->text);
    free(index->entries);
    free(index);
}

void members_free(struct members *members)
{
    for (size_t i = 0; i < LIMIT_PACKAGE_INDEXES; i++)
        free_index(members->indexes[i]);
    *members = (struct members){.directory = members->directory};
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

// Reads a whole small file. NULL when it cannot be.
static char *read_text(int directory, const char *path)
{
    struct stat status;
    char *text = NULL;
    const int file = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
        (uint64_t)status.st_size <= LIMIT_PACKAGE_INDEX_BYTES)
        text = malloc((size_t)status.st_size + 1);
    size_t used = 0;
    ssize_t size = 1;
    while (text != NULL && used < (size_t)status.st_size && size > 0) {
        size = read(file, text + used, (size_t)status.st_size - used);
        used += size > 0 ? (size_t)size : 0;
    }
    close(file);
    if (text != NULL)
        text[used] = '\0';
    return text;
}

// "OFFSET<TAB>SIZE<TAB>NAME" of every line.
static bool parse(struct package_index *index)
{
    size_t lines = 0;
    for (const char *at = index->text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    index->entries = calloc(lines + 1, sizeof *index->entries);
    if (index->entries == NULL)
        return false;
    char *line = index->text;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        struct entry *entry = &index->entries[index->count];
        char *at = line;
        *end = '\0';
        entry->offset = strtoull(at, &at, 10);
        entry->size = strtoull(at, &at, 10);
        entry->name = at + 1;
        index->count += *at == '\t' && entry->offset <= index->bytes &&
                        entry->size <= index->bytes - entry->offset;
    }
    qsort(index->entries, index->count, sizeof *index->entries, compare);
    return true;
}

// NULL while the package is not made.
static struct package_index *load(int directory, const struct member_path *parts)
{
    char path[LIMIT_PATH_BYTES];
    struct stat status;
    if (!package_path(parts, "tar", path, sizeof path) ||
        fstatat(directory, path, &status, 0) != 0 || !S_ISREG(status.st_mode))
        return NULL;
    struct package_index *index = calloc(1, sizeof *index);
    if (index == NULL)
        return NULL;
    index->path = strdup(path);
    index->bytes = (uint64_t)status.st_size;
    if (index->path != NULL && package_path(parts, "idx", path, sizeof path))
        index->text = read_text(directory, path);
    if (index->text != NULL && parse(index))
        return index;
    free_index(index);
    return NULL;
}

static const struct package_index *index_of(struct members *members,
                                            const struct member_path *parts)
{
    char path[LIMIT_PATH_BYTES];
    if (!package_path(parts, "tar", path, sizeof path))
        return NULL;
    for (size_t i = 0; i < LIMIT_PACKAGE_INDEXES; i++)
        if (members->indexes[i] != NULL && strcmp(members->indexes[i]->path, path) == 0)
            return members->indexes[i];
    struct package_index *index = load(members->directory, parts);
    if (index == NULL)
        return NULL;
    struct package_index **slot = &members->indexes[members->next++ % LIMIT_PACKAGE_INDEXES];
    free_index(*slot);
    *slot = index;
    return index;
}

// ---- finding ----

static bool find_packed(struct members *members, const struct member_path *parts,
                        struct place *place)
{
    const struct entry wanted = {.name = parts->member};
    const struct package_index *index = index_of(members, parts);
    const struct entry *entry =
        index == NULL || index->count == 0
            ? NULL
            : bsearch(&wanted, index->entries, index->count, sizeof wanted, compare);
    if (entry == NULL)
        return false;
    strcpy(place->file, index->path);
    place->offset = entry->offset;
    place->size = entry->size;
    return true;
}

static bool find_waiting(const struct members *members, const struct member_path *parts,
                         uint64_t index, struct place *place)
{
    char key[NAME_BYTES], waiting[SPOOL_PATH_BYTES];
    struct tar_member member;
    struct stat status;
    uint64_t at = 0;
    bool found = false;
    snprintf(key, sizeof key, "%.*s", (int)parts->key, parts->member);
    package_spool_path(parts->package, index, key, waiting);
    if ((size_t)parts->folder_length + strlen(waiting) >= sizeof place->file)
        return false;
    sprintf(place->file, "%.*s%s", parts->folder_length, parts->folder, waiting);
    const int file = openat(members->directory, place->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return false;
    const struct tar_source source = {.file = file};
    while (!found && tar_next(&source, &at, &member) == 1)
        found = strcmp(member.name, parts->member) == 0;
    found = found && fstat(file, &status) == 0 && at <= (uint64_t)status.st_size;
    close(file);
    if (found) {
        place->offset = member.offset;
        place->size = member.size;
    }
    return found;
}

static bool find(struct members *members, const char *path, uint64_t index, struct place *place)
{
    struct member_path parts;
    return take_apart(path, &parts) &&
           (find_packed(members, &parts, place) || find_waiting(members, &parts, index, place));
}

static int open_file(int directory, const char *path)
{
    return openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int open_whole(int directory, const char *path, uint64_t *size)
{
    struct stat status;
    const int file = open_file(directory, path);
    if (file < 0)
        return -1;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        *size = (uint64_t)status.st_size;
        return file;
    }
    close(file);
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return -1;
}

int members_open(struct members *members, const char *path, uint64_t index, uint64_t *size)
{
    struct place place;
    if (!member_path_is_right(path)) {
        if (manifest_path_is_confined(path))
            return open_whole(members->directory, path, size);
    } else if (find(members, path, index, &place)) {
        const int file = open_file(members->directory, place.file);
        if (file < 0 || lseek(file, (off_t)place.offset, SEEK_SET) >= 0) {
            *size = place.size;
            return file;
        }
        close(file);
    }
    errno = ENOENT;
    return -1;
}

bool members_stand(struct members *members, const char *path, uint64_t index, uint64_t bytes)
{
    struct stat there;
    struct place place;
    if (member_path_is_right(path))
        return find(members, path, index, &place) && place.size == bytes;
    return manifest_path_is_confined(path) && fstatat(members->directory, path, &there, 0) == 0 &&
           S_ISREG(there.st_mode) && (uint64_t)there.st_size == bytes;
}
