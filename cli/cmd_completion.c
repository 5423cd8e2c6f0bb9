/* SPDX-License-Identifier: Apache-2.0 */
/* Command `completion`: a script for the shell, from the tables of the commands. */
#include "base/std.h"

#include "cli/command.h"

struct completion_options {
    struct common common;
};

static const struct option options[] = {OPTIONS_COMMON, OPTIONS_END};

/* What the shell runs to get candidates; each adds to those before it. */
static const struct {
    const char *words; /* a list, or a command in $(...) */
    bool files;
} offers[COMPLETIONS] = {
    [COMPLETE_NOTHING] = {"", false},
    [COMPLETE_FILES] = {"", true},
    [COMPLETE_PROFILES] = {"$(lwm2m-portfolio list -q profiles 2>/dev/null)", true},
    [COMPLETE_SCENARIOS] = {"$(lwm2m-portfolio list -q scenarios 2>/dev/null)", true},
    [COMPLETE_SUITES] = {"$(lwm2m-portfolio list -q suites 2>/dev/null)", false},
    [COMPLETE_DEFECTS] = {"$(lwm2m-portfolio list -q defects 2>/dev/null)", false},
    [COMPLETE_TOPICS] = {"profiles scenarios rules interpretations suites states formats defects",
                         false},
    [COMPLETE_NAMES] = {"$(lwm2m-portfolio list -q profiles 2>/dev/null; "
                        "lwm2m-portfolio list -q scenarios 2>/dev/null; "
                        "lwm2m-portfolio list -q rules 2>/dev/null; "
                        "lwm2m-portfolio list -q interpretations 2>/dev/null)",
                        false},
    [COMPLETE_CHALLENGE_RULES] = {"minimal int64 text", false},
    [COMPLETE_SHELLS] = {"bash", false},
    [COMPLETE_REPORTS] = {"merge", true},
};

static void print_offer(const char *indent, enum completion completion)
{
    printf("%swords=\"%s\"; files=%s\n", indent, offers[completion].words,
           offers[completion].files ? "yes" : "");
}

static void print_values(const struct command *command)
{
    printf("        case $previous in\n");
    for (const struct option *option = command->options; option->name != NULL; option++) {
        if (option->value == NULL)
            continue;
        if (option->letter != '\0')
            printf("        -%c | --%s)\n", option->letter, option->name);
        else
            printf("        --%s)\n", option->name);
        print_offer("            ", option->completion);
        printf("            ;;\n");
    }
    printf("        *)\n");
    print_offer("            ", command->operand);
    printf("            [[ $current == -* ]] && words=\"--help");
    for (const struct option *option = command->options; option->name != NULL; option++)
        printf(" --%s", option->name);
    printf("\" && files=\n            ;;\n        esac\n");
}

static void print_bash(void)
{
    printf("# bash completion of lwm2m-portfolio; made by \"lwm2m-portfolio completion bash\"\n"
           "_lwm2m_portfolio() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    local words files=\n"
           "    # bash takes --option=value apart at the equals sign.\n"
           "    [[ $current == \"=\" ]] && current=\n"
           "    [[ $previous == \"=\" ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    case $COMP_CWORD:${COMP_WORDS[1]} in\n"
           "    1:*)\n"
           "        words=\"--help --version help");
    for (const struct command *const *at = commands; *at != NULL; at++)
        printf(" %s", (*at)->name);
    printf("\"\n        ;;\n");
    for (const struct command *const *at = commands; *at != NULL; at++) {
        printf("    *:%s)\n", (*at)->name);
        print_values(*at);
        printf("        ;;\n");
    }
    printf("    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    [[ -n $files ]] && COMPREPLY+=($(compgen -f -- \"$current\"))\n"
           "}\n"
           "complete -o filenames -F _lwm2m_portfolio lwm2m-portfolio\n");
}

static int run(const struct invocation *invocation)
{
    const struct texts *operands = &invocation->operands;
    if (operands->count != 1 || strcmp(operands->items[0], "bash") != 0)
        return usage_error(invocation->command, "name the shell: bash");
    print_bash();
    return EXIT_PASSED;
}

const struct command command_completion = {
    .name = "completion",
    .summary = "print a script that lets the shell complete commands and options",
    .operands = "bash",
    .operand = COMPLETE_SHELLS,
    .examples = {"source <(lwm2m-portfolio completion bash)",
                 "lwm2m-portfolio completion bash >~/.local/share/bash-completion/completions/"
                 "lwm2m-portfolio"},
    .options = options,
    .size = sizeof(struct completion_options),
    .run = run,
};
