// SPDX-License-Identifier: MIT
#include "run/members.h"

#include "run/manifest_lines.h"
#include "run/package.h"
#include "run/package_index.h"
#include "run/waiting.h"

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

// Its folder in the spool. As above.
static bool spool_path(const struct member_path *parts, char *path, size_t size)
{
    const int length = snprintf(path, size, "%.*s" SPOOL_FOLDER "/%s", parts->folder_length,
                                parts->folder, parts->package);
    return length >= 0 && (size_t)length < size;
}

// ---- indexes ----

void members_free(struct members *members)
{
    for (size_t i = 0; i < LIMIT_PACKAGE_INDEXES; i++)
        package_index_free(members->indexes[i]);
    *members = (struct members){.directory = members->directory};
}

// Of that path; NULL: it is not in memory.
static struct package_index **slot_of(struct members *members, const char *path)
{
    for (size_t i = 0; i < LIMIT_PACKAGE_INDEXES; i++)
        if (members->indexes[i] != NULL && strcmp(members->indexes[i]->path, path) == 0)
            return &members->indexes[i];
    return NULL;
}

static const struct package_index *keep(struct members *members, struct package_index *index)
{
    if (index == NULL)
        return NULL;
    struct package_index **slot = slot_of(members, index->path);
    if (slot == NULL)
        slot = &members->indexes[members->next++ % LIMIT_PACKAGE_INDEXES];
    package_index_free(*slot);
    *slot = index;
    return index;
}

// NULL while the package is not made.
static const struct package_index *index_of(struct members *members,
                                            const struct member_path *parts)
{
    char tar[LIMIT_PATH_BYTES], idx[LIMIT_PATH_BYTES];
    if (!package_path(parts, "tar", tar, sizeof tar) ||
        !package_path(parts, "idx", idx, sizeof idx))
        return NULL;
    struct package_index **slot = slot_of(members, tar);
    return slot != NULL ? *slot : keep(members, package_index_load(members->directory, tar, idx));
}

// ---- finding ----

static bool find_packed(const struct package_index *index, const struct member_path *parts,
                        struct place *place)
{
    const struct package_entry *entry = package_index_find(index, parts->member);
    if (entry == NULL)
        return false;
    strcpy(place->file, index->path);
    place->offset = entry->offset;
    place->size = entry->size;
    return true;
}

// A series may have grown since it was looked at.
static bool find_in_series(struct members *members, const struct member_path *parts,
                           struct place *place)
{
    char folder[LIMIT_PATH_BYTES];
    const int directory = members->directory;
    if (!spool_path(parts, folder, sizeof folder))
        return false;
    struct package_index **slot = slot_of(members, folder);
    const struct package_index *index = slot == NULL ? NULL : *slot;
    const struct package_entry *entry =
        index == NULL ? NULL : package_index_find(index, parts->member);
    if (entry == NULL &&
        (index == NULL || index->bytes != package_index_waiting_bytes(directory, folder))) {
        index = keep(members, package_index_load_waiting(directory, folder));
        entry = index == NULL ? NULL : package_index_find(index, parts->member);
    }
    if (entry == NULL)
        return false;
    const int length = snprintf(place->file, sizeof place->file, "%s/%s", folder, entry->file);
    place->offset = entry->offset;
    place->size = entry->size;
    return length >= 0 && (size_t)length < sizeof place->file;
}

// Of a sample that is not whole there is nothing: it will not be packed.
static bool find_in_sample(int file, const char *name, struct place *place)
{
    const struct tar_source source = {.file = file};
    struct waiting_sample sample;
    struct tar_member member;
    struct stat status;
    uint64_t at = 0;
    if (fstat(file, &status) != 0 ||
        waiting_next(file, (uint64_t)status.st_size, &at, &sample, &member) != 1)
        return false;
    for (at = 0; at < sample.bytes && tar_next(&source, &at, &member) == 1;)
        if (strcmp(member.name, name) == 0) {
            place->offset = member.offset;
            place->size = member.size;
            return true;
        }
    return false;
}

static bool find_in_file(const struct members *members, const struct member_path *parts,
                         uint64_t index, struct place *place)
{
    char key[NAME_BYTES], waiting[SPOOL_PATH_BYTES];
    snprintf(key, sizeof key, "%.*s", (int)parts->key, parts->member);
    package_spool_path(parts->package, index, key, waiting);
    if ((size_t)parts->folder_length + strlen(waiting) >= sizeof place->file)
        return false;
    sprintf(place->file, "%.*s%s", parts->folder_length, parts->folder, waiting);
    const int file =
        openat(members->directory, place->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return false;
    const bool found = find_in_sample(file, parts->member, place);
    close(file);
    return found;
}

static bool is_newer(int directory, const char *path, const char *other)
{
    struct stat one, two;
    return fstatat(directory, path, &one, 0) == 0 && fstatat(directory, other, &two, 0) == 0 &&
           waiting_compare_ages(&one.st_mtim, &two.st_mtim) > 0;
}

// A run with --refresh may have written it anew: then the newer one counts, as when it is packed.
static bool find_waiting(struct members *members, const struct member_path *parts, uint64_t index,
                         struct place *place)
{
    struct place in_file;
    const bool alone = find_in_file(members, parts, index, &in_file);
    const bool in_series = find_in_series(members, parts, place);
    if (alone && (!in_series || is_newer(members->directory, in_file.file, place->file)))
        *place = in_file;
    return alone || in_series;
}

// What waits for a package that is made has come too late: it is as good as not there.
static bool find(struct members *members, const char *path, uint64_t index, struct place *place)
{
    struct member_path parts;
    if (!take_apart(path, &parts))
        return false;
    const struct package_index *packed = index_of(members, &parts);
    return packed != NULL ? find_packed(packed, &parts, place)
                          : find_waiting(members, &parts, index, place);
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
