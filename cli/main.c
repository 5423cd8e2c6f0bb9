/* SPDX-License-Identifier: Apache-2.0 */
/* The program: finds the command and runs it. */
#include "base/std.h"

#include "cli/command.h"
#include "cli/json_print.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/version.h"
#include "net/coap.h"
#include "secure/secure.h"

static void print_help(FILE *out)
{
    fprintf(out, "lwm2m-portfolio: an LwM2M device with the OMA Portfolio object (16), the server "
                 "that talks\nto it, and the scenarios that prove both.\n\nExamples:\n"
                 "  lwm2m-portfolio run\n"
                 "  lwm2m-portfolio device -p vehicle -s coap://127.0.0.1:5683\n\n"
                 "Usage: lwm2m-portfolio COMMAND [OPTION...]\n\nCommands:\n");
    for (const struct command *const *at = commands; *at != NULL; at++)
        fprintf(out, "  %-11s %s\n", (*at)->name, (*at)->summary);
    fprintf(out,
            "\n\"lwm2m-portfolio COMMAND --help\" explains one. --version tells what this is.\n"
            "\nExit status: 0 passed, 1 a check failed, 2 usage, 3 a file is not valid, 4 the peer "
            "could not be\nreached or time ran out, 5 nothing was selected, 6 something is "
            "inconclusive, 70 a bug of ours,\n128 plus the number of the signal that ended it.\n");
}

static int print_version(void)
{
    struct buf text;
    buf_init(&text, 1000);
    coap_endpoint_version(&text);
    buf_puts(&text, "\n");
    secure_psa_version(&text);
    printf("lwm2m-portfolio %s\n%s\n", LWM2M_PORTFOLIO_VERSION, buf_text(&text));
    buf_release(&text);
    return EXIT_PASSED;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *const *at = commands; *at != NULL; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

static int refuse_word(const char *word)
{
    struct suggestion suggestion;
    struct buf hint;
    buf_init(&hint, 100);
    suggestion_init(&suggestion, word);
    for (const struct command *const *at = commands; *at != NULL; at++)
        suggestion_consider(&suggestion, (*at)->name);
    suggestion_put(&suggestion, &hint);
    if (word[0] == '-')
        complain(
            "options stand behind the command, \"%s\" does not; see \"lwm2m-portfolio --help\"",
            word);
    else
        complain("there is no command \"%s\"%s; see \"lwm2m-portfolio --help\"", word,
                 buf_text(&hint));
    buf_release(&hint);
    return EXIT_USAGE;
}

static int run_command(const struct command *command, const char *const *arguments)
{
    struct invocation invocation;
    int status = EXIT_USAGE;
    switch (options_parse(command, arguments, &invocation)) {
    case OPTIONS_RUN:
        status = command->run(&invocation);
        break;
    case OPTIONS_HELP:
        status = EXIT_PASSED;
        break;
    case OPTIONS_WRONG:
        break;
    }
    invocation_release(&invocation);
    return status;
}

static int start(const char *const *words)
{
    static const char *const help[] = {"--help", NULL};
    if (words[0] == NULL) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    bool asks_help = strcmp(words[0], "help") == 0;
    if (asks_help && words[1] != NULL)
        return find_command(words[1]) == NULL ? refuse_word(words[1])
                                              : run_command(find_command(words[1]), help);
    if (asks_help || strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0) {
        print_help(stdout);
        return EXIT_PASSED;
    }
    if (strcmp(words[0], "--version") == 0)
        return print_version();
    const struct command *command = find_command(words[0]);
    return command == NULL ? refuse_word(words[0]) : run_command(command, words + 1);
}

int main(int argc, char **argv)
{
    const char *const none[] = {NULL};
    output_start();
    signals_start();
    json_start();
    return output_end(start(argc > 1 ? (const char *const *)(argv + 1) : none));
}
