// SPDX-License-Identifier: MIT
// Which options were set, and where: on the command line, by a variable, in a line of a file.
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/option.h"

enum { SETTINGS_MOST = 256, SETTING_FROM_BYTES = 128 };

struct setting {
    const struct option *option;
    const char *value; // as it was given; "" for a flag
    char from[SETTING_FROM_BYTES];
};

struct settings {
    struct setting all[SETTINGS_MOST];
    size_t count;
};

// A later one takes an earlier one's place, but for request headers, which add up.
void settings_note(struct settings *settings, const struct option *option, const char *value,
                   const char *from);

// The value in a form that can be shown: printable, and without what may be a secret.
const char *setting_shown(const struct setting *setting, char *out, size_t size);

#endif
