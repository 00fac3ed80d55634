// SPDX-License-Identifier: MIT
#include "cli/settings.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool is_named(const struct option *option, const char *name)
{
    return strcmp(option->long_name, name) == 0;
}

void settings_note(struct settings *settings, const struct option *option, const char *value,
                   const char *from)
{
    size_t at = settings->count;
    for (size_t i = 0; i < settings->count && !is_named(option, "header"); i++)
        if (settings->all[i].option == option)
            at = i;
    if (at == SETTINGS_MOST)
        return;
    struct setting *setting = &settings->all[at];
    settings->count += at == settings->count;
    setting->option = option;
    setting->value = value;
    snprintf(setting->from, sizeof setting->from, "%s", from);
}

const char *setting_shown(const struct setting *setting, char *out, size_t size)
{
    char name[64];
    if (is_named(setting->option, "proxy") && strchr(setting->value, '@') != NULL) {
        snprintf(out, size, "(not shown)");
    } else if (is_named(setting->option, "header")) {
        text_printable_n(setting->value, strcspn(setting->value, ":;"), name, sizeof name);
        snprintf(out, size, "%s: (not shown)", name);
    } else {
        text_printable(setting->value, out, size);
    }
    return out;
}
