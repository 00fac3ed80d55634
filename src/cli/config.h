// SPDX-License-Identifier: MIT
// Options in files and in the environment; edgefetch.conf(5).
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli/option.h"

#include <stdbool.h>
#include <stddef.h>

// The texts of the files that were read, which the target points into.
struct config_files {
    char *user; // of $XDG_CONFIG_HOME
    char *here; // of the current directory
};

// Reads both files, as far as they are there, and stores what concerns the command. False after a
// message. config_files_free() has to follow in any case, when the target is no longer used.
bool config_read_files(const struct option_set *set, struct config_files *files);
void config_files_free(struct config_files *files);

// The same from the variables EDGEFETCH_...
bool config_read_environment(const struct option_set *set);

// Whether EDGEFETCH_NO_CONFIG says that files are not to be read. False after a message.
bool config_is_off(bool *off);

// One file: `size` bytes, and one more that may be written. It is cut into names and values in
// place, to which the target will point. `label` names it in messages, and has to be printable. A
// file that is not `trusted` may not set what weakens safety or writes elsewhere.
bool config_read_text(const struct option_set *set, char *text, size_t size, const char *label,
                      bool trusted);

#endif
