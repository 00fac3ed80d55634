// SPDX-License-Identifier: MIT
// Where in the manifest the original of a URL is told of, for a run that only processes: about 40
// bytes a URL, while the paths themselves stay in the file until they are needed.
#ifndef RUN_ORIGINALS_H
#define RUN_ORIGINALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A line of the manifest.
struct line_place {
    uint64_t offset; // of its first byte
    uint32_t bytes;  // with its newline
};

// Open addressing with linear probing, at most 75 % full. `url` is 64 bits of a digest; 0: free.
struct originals {
    struct original_slot {
        uint64_t url;
        struct line_place place;
    } * slots;
    size_t capacity, used;
};

// All zero is an empty table. Frees the memory and makes it one again.
void originals_free(struct originals *originals);

// Notes the newest line about a URL whose original stands. False when out of memory.
bool originals_note(struct originals *originals, const char *url, struct line_place place);

// False when there is none. The line may be another URL's, though hardly ever: look at it.
bool originals_find(const struct originals *originals, const char *url, struct line_place *place);

#endif
