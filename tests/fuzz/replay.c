// SPDX-License-Identifier: MIT
// Runs a fuzz target over the files of folders, in builds without a fuzzer. The name of each is
// written before, so that the last one is the culprit.
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096 };

static void replay_file(const char *path)
{
    FILE *const file = fopen(path, "rb");
    struct stat about;
    CHECK(file != NULL && fstat(fileno(file), &about) == 0);
    const size_t size = (size_t)about.st_size;
    uint8_t *const data = fuzz_alloc(size); // ends with the file, for the sanitizers
    CHECK(fread(data, 1, size, file) == size);
    fclose(file);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static unsigned replay_folder(const char *folder)
{
    DIR *const stream = opendir(folder);
    if (stream == NULL)
        perror(folder);
    CHECK(stream != NULL);
    unsigned files = 0;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        char path[PATH_BYTES];
        if (entry->d_name[0] == '.')
            continue;
        CHECK(snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < PATH_BYTES);
        replay_file(path);
        files++;
    }
    closedir(stream);
    return files;
}

int main(int count, char **folders)
{
    unsigned files = 0;
    for (int i = 1; i < count; i++)
        files += replay_folder(folders[i]);
    printf("%u files\n", files);
    return files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
