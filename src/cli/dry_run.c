// SPDX-License-Identifier: MIT
#include "cli/dry_run.h"

#include "base/json_line.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "run/preview.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const whats[PREVIEW_WHATS] = {[PREVIEW_DO] = "do",
                                                 [PREVIEW_REFRESH] = "refresh",
                                                 [PREVIEW_SKIP] = "skip",
                                                 [PREVIEW_FAIL] = "fail"};

static void print_line(struct json_line *line)
{
    char *text = json_line_finish(line);
    fputs(text != NULL ? text : "", stdout);
    free(text);
}

// ---- settings ----

static void print_settings(const struct cli *cli)
{
    char shown[LIMIT_PATH_BYTES];
    puts("# settings; all others are at their defaults");
    for (size_t i = 0; i < cli->settings.count; i++) {
        const struct setting *setting = &cli->settings.all[i];
        char from[4 * SETTING_FROM_BYTES];
        const bool flag = setting->value[0] == '\0' && setting->option->argument == NULL;
        printf("#   %s%s%s  (%s)\n", setting->option->long_name, flag ? "" : " = ",
               setting_shown(setting, shown, sizeof shown),
               text_printable(setting->from, from, sizeof from));
    }
    printf("# into %s\n", text_printable(cli->run.output, shown, sizeof shown));
}

static void print_settings_json(const struct cli *cli)
{
    char shown[LIMIT_PATH_BYTES];
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "output", cli->run.output);
    json_line_array(&line, "settings");
    for (size_t i = 0; i < cli->settings.count; i++) {
        const struct setting *setting = &cli->settings.all[i];
        json_line_object(&line, NULL);
        json_line_string(&line, "option", setting->option->long_name);
        json_line_string(&line, "value", setting_shown(setting, shown, sizeof shown));
        json_line_string(&line, "from", setting->from);
        json_line_object_end(&line);
    }
    json_line_array_end(&line);
    json_line_object_end(&line);
    print_line(&line);
}

// ---- URLs ----

static void tell(void *context, const struct preview_line *line)
{
    (void)context;
    const char *name = line->what == PREVIEW_FAIL ? line->message : line->name;
    printf("%s\t%s\t%s\n", whats[line->what], name[0] != '\0' ? name : "-", line->url);
}

static void tell_json(void *context, const struct preview_line *preview)
{
    (void)context;
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "url", preview->url);
    json_line_integer(&line, "index", (int64_t)preview->index);
    json_line_string(&line, "would", whats[preview->what]);
    if (preview->name[0] != '\0')
        json_line_string(&line, "name", preview->name);
    if (preview->message[0] != '\0')
        json_line_string(&line, "message", preview->message);
    json_line_object_end(&line);
    print_line(&line);
}

static void print_sums(const struct preview_sums *sums)
{
    printf("# %llu to do", (unsigned long long)sums->count[PREVIEW_DO]);
    if (sums->count[PREVIEW_REFRESH] > 0)
        printf(", %llu to ask whether they have changed",
               (unsigned long long)sums->count[PREVIEW_REFRESH]);
    printf(", %llu done before, %llu cannot be used", (unsigned long long)sums->count[PREVIEW_SKIP],
           (unsigned long long)sums->count[PREVIEW_FAIL]);
    if (sums->duplicates > 0)
        printf("; %llu duplicates", (unsigned long long)sums->duplicates);
    if (sums->elsewhere > 0)
        printf("; %llu of other shards", (unsigned long long)sums->elsewhere);
    printf("\n");
}

int dry_run(const struct cli *cli)
{
    struct preview_sums sums;
    const bool comments = !cli->json && !cli->quiet;
    if (cli->json)
        print_settings_json(cli);
    else if (comments)
        print_settings(cli);
    if (preview(&cli->run, cli->json ? tell_json : tell, NULL, &sums) != 0)
        return EXIT_SURROUNDINGS;
    if (comments)
        print_sums(&sums);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        log_error("standard output:");
        return EXIT_SURROUNDINGS;
    }
    if (sums.list_failed)
        return EXIT_SURROUNDINGS;
    return sums.count[PREVIEW_FAIL] > 0 ? EXIT_SOME_FAILED : EXIT_ALL_DONE;
}
