// SPDX-License-Identifier: MIT
// Completion for bash, without the package bash-completion's functions: it need not be loaded.
#include "describe/describe.h"

#include <stdio.h>

static const char *kind_name(enum described_value kind)
{
    static const char *const names[] = {
        [VALUE_NONE] = "none",           [VALUE_TEXT] = "text", [VALUE_FILE] = "file",
        [VALUE_DIRECTORY] = "directory", [VALUE_WORD] = "word", [VALUE_WORDS] = "words"};
    return names[kind];
}

static void print_value(const struct option *option)
{
    const enum described_value kind = describe_value(option);
    if (kind == VALUE_NONE)
        return;
    printf("        ");
    if (option->short_name != '\0')
        printf("-%c | ", option->short_name);
    printf("--%s) takes=%s", option->long_name, kind_name(kind));
    if (kind == VALUE_WORD || kind == VALUE_WORDS) {
        printf(" words='");
        describe_words(option);
        printf("'");
    }
    printf(" ;;\n");
}

static void print_command(const struct command_row *row)
{
    printf("    %s)\n        arguments=%s\n        options='", row->name,
           kind_name(describe_arguments(row)));
    for (size_t i = 0; i < cli_option_count; i++) {
        const struct option *option = &cli_options[i];
        if (!describe_is_option(option) || (option->commands & (unsigned)row->command) == 0)
            continue;
        if (option->short_name != '\0')
            printf("-%c ", option->short_name);
        printf("--%s ", option->long_name);
    }
    printf("'\n        case $option in\n");
    for (size_t i = 0; i < cli_option_count; i++)
        if (describe_is_option(&cli_options[i]) &&
            (cli_options[i].commands & (unsigned)row->command) != 0)
            print_value(&cli_options[i]);
    printf("        esac\n        ;;\n");
}

static const char begin[] = "# bash completion for edgefetch, made from its table of options\n"
                            "\n"
                            "# Says of a command and an option which options there are, what the "
                            "option takes, and what\n"
                            "# stands behind the options.\n"
                            "_edgefetch_table() { # COMMAND OPTION\n"
                            "    local option=$2\n"
                            "    takes=none words=\n"
                            "    case $1 in\n";

static const char middle[] = "    esac\n"
                             "}\n"
                             "\n"
                             "_edgefetch_files() { # -f or -d\n"
                             "    compopt -o filenames 2>/dev/null\n"
                             "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$current\")\n"
                             "}\n"
                             "\n"
                             "_edgefetch() {\n"
                             "    local current=${COMP_WORDS[COMP_CWORD]} "
                             "previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
                             "    local before= command=run commands='";

static const char end[] =
    "'\n"
    "    local options takes words arguments\n"
    "    # '=' is a word of its own, unless COMP_WORDBREAKS is without it.\n"
    "    if [[ $current == = ]]; then\n"
    "        current=\n"
    "    elif [[ $previous == = ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    elif [[ $current == --*=* ]]; then\n"
    "        before=${current%%=*}= previous=${current%%=*} current=${current#*=}\n"
    "    fi\n"
    "    if [[ COMP_CWORD -gt 1 && \" $commands \" == *\" ${COMP_WORDS[1]} \"* ]]; then\n"
    "        command=${COMP_WORDS[1]}\n"
    "    fi\n"
    "    _edgefetch_table \"$command\" \"$previous\"\n"
    "    if [[ $takes == words && $current == *,* ]]; then\n"
    "        before+=${current%,*}, current=${current##*,}\n"
    "    fi\n"
    "    COMPREPLY=()\n"
    "    case $takes in\n"
    "    word | words) mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$words\" -- "
    "\"$current\") ;;\n"
    "    file) _edgefetch_files -f ;;\n"
    "    directory) _edgefetch_files -d ;;\n"
    "    none)\n"
    "        if [[ $current == -* ]]; then\n"
    "            mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
    "            return\n"
    "        fi\n"
    "        case $arguments in\n"
    "        file) _edgefetch_files -f ;;\n"
    "        directory) _edgefetch_files -d ;;\n"
    "        esac\n"
    "        if [[ COMP_CWORD -eq 1 ]]; then\n"
    "            local -a files=(\"${COMPREPLY[@]}\")\n"
    "            mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$current\")\n"
    "            COMPREPLY+=(\"${files[@]}\")\n"
    "        fi\n"
    "        ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "complete -F _edgefetch edgefetch\n";

void describe_bash(void)
{
    fputs(begin, stdout);
    for (size_t i = 0; i < cli_command_count; i++)
        print_command(&cli_commands[i]);
    fputs(middle, stdout);
    describe_commands(~0u, " ");
    fputs(end, stdout);
}
