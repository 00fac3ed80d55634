// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include "base/limits.h"
#include "base/log.h"
#include "cli/suspend.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FRAME_BYTES = BLOCK_BYTES + 16 * 1024 }; // a block with its escapes, below a message

#define ERASE_LINE_END "\033[K"
#define ERASE_BELOW "\033[J"

struct terminal {
    struct block block; // that stands there, or is to
    unsigned columns;   // of the terminal it was drawn on
    // What the terminal has not taken yet of the last frame; nothing else goes before it.
    size_t frame_used, frame_sent;
    char frame[FRAME_BYTES];
};

// ---- what the terminal can do ----

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

bool terminal_can_draw(void)
{
    static const char *const poor[] = {"", "dumb", "unknown", "emacs"};
    const char *term = variable("TERM");
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
        if (strcmp(term, poor[i]) == 0)
            return false;
    return isatty(STDERR_FILENO) == 1 && log_never_waits();
}

static bool has_colour(void)
{
    static const char *const families[] = {"xterm", "screen", "tmux",    "rxvt",
                                           "linux", "vte",    "konsole", "alacritty",
                                           "kitty", "foot",   "cygwin",  "st-"};
    const char *term = variable("TERM");
    if (variable("NO_COLOR")[0] != '\0')
        return false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strncmp(term, families[i], strlen(families[i])) == 0)
            return true;
    return strstr(term, "color") != NULL || variable("COLORTERM")[0] != '\0';
}

// The first one that is set decides, as in setlocale(3); the program's own locale is another
// matter.
static bool has_unicode(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = variable(names[i]);
        if (value[0] != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

static unsigned number_of(const char *name, unsigned otherwise)
{
    const unsigned long value = strtoul(variable(name), NULL, 10);
    return value > 0 && value < 10000 ? (unsigned)value : otherwise;
}

struct block_style terminal_style(void)
{
    enum { COLUMNS = 80, ROWS = 24 }; // of a terminal that does not tell
    struct winsize size = {0};
    struct block_style style = {.colour = has_colour(), .unicode = has_unicode()};
    const bool told = ioctl(log_descriptor(), TIOCGWINSZ, &size) == 0;
    style.columns = told && size.ws_col > 0 ? size.ws_col : number_of("COLUMNS", COLUMNS);
    style.rows = told && size.ws_row > 0 ? size.ws_row : number_of("LINES", ROWS);
    if (style.columns > LIMIT_STATUS_COLUMNS)
        style.columns = LIMIT_STATUS_COLUMNS;
    return style;
}

// A terminal that is not ours to ask has nobody else in front of us.
static bool in_foreground(void)
{
    const pid_t group = tcgetpgrp(log_descriptor());
    return group < 0 || group == getpgrp();
}

// ---- frames ----

static void add(struct terminal *terminal, const char *text, size_t size)
{
    if (size > sizeof terminal->frame - terminal->frame_used)
        size = sizeof terminal->frame - terminal->frame_used;
    memcpy(terminal->frame + terminal->frame_used, text, size);
    terminal->frame_used += size;
}

static void add_text(struct terminal *terminal, const char *text)
{
    add(terminal, text, strlen(text));
}

// To the beginning of the block that stands there.
static void add_return(struct terminal *terminal)
{
    char up[24];
    const unsigned lines = suspend_lines();
    add_text(terminal, "\r");
    if (lines > 0) {
        snprintf(up, sizeof up, "\033[%uA", lines);
        add_text(terminal, up);
    }
}

// Over what stands there, so that nothing flickers; and nothing of that is left.
static void add_block(struct terminal *terminal)
{
    const struct block *block = &terminal->block;
    const char *line = block->text, *end = block->text + block->used, *newline;
    for (; line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL;
         line = newline + 1) {
        add(terminal, line, (size_t)(newline - line));
        add_text(terminal, ERASE_LINE_END "\r\n");
    }
    add_text(terminal, ERASE_BELOW);
}

// False while there is something that the terminal has not taken.
static bool send(struct terminal *terminal, int wait_ms)
{
    terminal->frame_sent += log_write(terminal->frame + terminal->frame_sent,
                                      terminal->frame_used - terminal->frame_sent, wait_ms);
    if (terminal->frame_sent < terminal->frame_used)
        return false;
    terminal->frame_used = terminal->frame_sent = 0;
    return true;
}

void terminal_show(struct terminal *terminal, const struct block *block,
                   const struct block_style *style)
{
    const bool same = terminal->block.used == block->used && terminal->columns == style->columns &&
                      memcmp(terminal->block.text, block->text, block->used) == 0;
    if (!send(terminal, 0) || !in_foreground() || (same && suspend_lines() == block->lines))
        return;
    terminal->block.lines = block->lines;
    terminal->block.used = block->used;
    memcpy(terminal->block.text, block->text, block->used);
    terminal->columns = style->columns;
    add_return(terminal);
    add_block(terminal);
    suspend_set_lines(block->lines);
    send(terminal, 0);
}

// A message goes where the block stands, and the block below it.
static bool take_message(void *context, const char *line, size_t size, int wait_ms)
{
    struct terminal *terminal = context;
    if (!send(terminal, wait_ms))
        return false;
    if (suspend_lines() == 0)
        return log_write(line, size, wait_ms) == size;
    add_return(terminal);
    add_text(terminal, ERASE_BELOW);
    add(terminal, line, size);
    add_block(terminal);
    send(terminal, wait_ms);
    return true;
}

struct terminal *terminal_open(void)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    if (terminal == NULL)
        return NULL;
    suspend_begin(log_descriptor());
    log_take(take_message, terminal);
    return terminal;
}

void terminal_close(struct terminal *terminal)
{
    if (terminal == NULL)
        return;
    log_take(NULL, NULL);
    if (send(terminal, WAIT_MESSAGE_MS) && suspend_lines() > 0) {
        add_return(terminal);
        add_text(terminal, ERASE_BELOW);
        send(terminal, WAIT_MESSAGE_MS);
    }
    suspend_end();
    free(terminal);
}
