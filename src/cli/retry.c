// SPDX-License-Identifier: MIT
// The manifest is read once, for which line about each URL counts; those that failed become a list
// in a file, and the list is run as any other. What the reading has taken is given back before.
#include "cli/retry.h"

#include "base/log.h"
#include "base/text.h"
#include "run/descriptors.h"
#include "run/manifest.h"
#include "run/manifest_head.h"
#include "run/manifest_lines.h"
#include "run/newest.h"
#include "run/todo.h"

#include <stdio.h>
#include <unistd.h>

static bool look(void *context, const json_t *line, bool *wanted)
{
    const struct cli *cli = context;
    *wanted = classes_have(cli->only, line);
    return true;
}

// A URL that failed may have been ok before, and then had a name.
static bool add(struct todo *todo, int manifest, const struct newest *newest, size_t i)
{
    struct line_place place;
    json_t *line = manifest_line_at(manifest, newest_place(newest, i));
    json_t *before = NULL;
    if (newest_before(newest, manifest_text(line, "url"), &place))
        before = manifest_line_at(manifest, place);
    const bool ok = line != NULL && todo_add(todo, line, before);
    if (line == NULL)
        log_error("%s was changed while it was read", MANIFEST_NAME);
    json_decref(before);
    json_decref(line);
    return ok;
}

// False after a message. Without anything to do the list stays closed.
static bool make_list(struct cli *cli, int manifest, struct todo *todo)
{
    struct newest newest = {0};
    size_t count = 0;
    bool ok = newest_read(&newest, manifest, look, cli);
    if (ok)
        count = newest_choose(&newest);
    if (count > 0)
        ok = todo_open(todo, cli->run.output);
    for (size_t i = 0; i < count && ok; i++)
        ok = add(todo, manifest, &newest, i);
    newest_free(&newest);
    return ok;
}

static void say_unusable(const struct todo *todo)
{
    if (todo->unusable > 0)
        log_warning("%llu %s no URL that can be downloaded, and left out: correct the list, or, "
                    "for local pictures, run 'edgefetch edges' again",
                    (unsigned long long)todo->unusable, todo->unusable == 1 ? "is" : "are");
}

static int nothing_to_do(const struct cli *cli, const struct todo *todo, const char *shown)
{
    if (!cli->quiet)
        fprintf(cli->json ? stderr : stdout, "nothing to do: no %sURL of %s has failed%s\n",
                todo->unusable > 0 ? "other " : "", shown, cli->only != 0 ? " in this way" : "");
    return fflush(stdout) == 0 ? EXIT_ALL_DONE : EXIT_SURROUNDINGS;
}

static int run_again(struct cli *cli, const struct cli_program *program, struct todo *todo,
                     char *label)
{
    struct list_source source;
    if (!todo_source(todo, label, &source))
        return EXIT_SURROUNDINGS;
    cli->run.lists = &source;
    cli->run.list_count = 1;
    return cli_run(cli, program);
}

int command_retry(struct cli *cli, const struct cli_program *program)
{
    char shown[LIMIT_PATH_BYTES];
    struct todo todo = {0};
    int directory, manifest;
    if (cli->argument_count > 1) {
        log_error("retry takes one directory: 'edgefetch retry DIR'");
        return EXIT_USAGE;
    }
    descriptors_raise();
    cli->run.output = cli->arguments[0];
    text_printable(cli->run.output, shown, sizeof shown);
    if (!manifest_find(cli->run.output, &directory, &manifest))
        return EXIT_SURROUNDINGS;
    const bool listed =
        manifest_may_grow(manifest, cli->run.output) && make_list(cli, manifest, &todo);
    close(manifest);
    close(directory);
    int code = EXIT_SURROUNDINGS;
    if (listed) {
        say_unusable(&todo);
        code = todo.count == 0 ? nothing_to_do(cli, &todo, shown)
                               : run_again(cli, program, &todo, shown);
    }
    todo_close(&todo);
    return code;
}
