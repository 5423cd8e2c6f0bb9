/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, read and explained by popt from the tables of the commands. */
#include <popt.h>

#include "base/std.h"

#include "cli/command.h"

enum { HELP_VALUE = 'h', FIRST_VALUE = 256, OPTIONS_MOST = 64 };

struct parsing {
    struct invocation *out;
    struct poptOption table[OPTIONS_MOST + 2];
    const char **arguments; /* (owned) as popt wants them: with a name in front */
    poptContext context;    /* (owned) */
    struct buf name;        /* (owned) of the command, as popt shows it */
};

int usage_error(const struct command *command, const char *format, ...)
{
    va_list values;
    fprintf(stderr, "lwm2m-portfolio %s: ", command->name);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fprintf(stderr, "; see \"lwm2m-portfolio %s --help\"\n", command->name);
    return EXIT_USAGE;
}

static void put_options(const struct option *options, struct poptOption *out)
{
    size_t count = 0;
    for (; options[count].name != NULL; count++) {
        const struct option *option = &options[count];
        bool has_value = option->value != NULL;
        assert(count < OPTIONS_MOST);
        out[count] = (struct poptOption){
            .longName = option->name,
            .shortName = option->letter,
            .argInfo = has_value ? POPT_ARG_STRING : POPT_ARG_NONE,
            .val = FIRST_VALUE + (int)count,
            .descrip = option->help,
            .argDescrip = option->value,
        };
    }
    out[count] = (struct poptOption){
        .longName = "help", .shortName = 'h', .val = HELP_VALUE, .descrip = "show this help"};
}

static void start(struct parsing *parsing, const char *const *arguments)
{
    const struct command *command = parsing->out->command;
    size_t count = 0;
    while (arguments[count] != NULL)
        count++;
    parsing->arguments = xarray(count + 2, sizeof *parsing->arguments);
    buf_init(&parsing->name, 64);
    buf_printf(&parsing->name, "lwm2m-portfolio %s", command->name);
    parsing->arguments[0] = buf_text(&parsing->name);
    for (size_t i = 0; i < count; i++)
        parsing->arguments[i + 1] = arguments[i];
    put_options(command->options, parsing->table);
    parsing->context = poptGetContext(NULL, (int)count + 1, parsing->arguments, parsing->table, 0);
}

static void end(struct parsing *parsing)
{
    poptFreeContext(parsing->context);
    buf_release(&parsing->name);
    free(parsing->arguments);
}

static void print_help(const struct parsing *parsing)
{
    const struct command *command = parsing->out->command;
    struct buf usage;
    buf_init(&usage, 256);
    buf_printf(&usage, "[OPTION...]%s%s", command->operands[0] == '\0' ? "" : " ",
               command->operands);
    printf("lwm2m-portfolio %s: %s\n\nExamples:\n", command->name, command->summary);
    for (size_t i = 0; i < COUNT_OF(command->examples); i++)
        printf("  %s\n", command->examples[i]);
    printf("\n");
    poptSetOtherOptionHelp(parsing->context, buf_text(&usage));
    poptPrintHelp(parsing->context, stdout, 0);
    if (command->details != NULL)
        printf("\n%s", command->details);
    buf_release(&usage);
}

/* --- values --------------------------------------------------------------------------------------
 */

static void texts_add(struct texts *texts, const char *text)
{
    texts->items = xgrow(texts->items, texts->count + 1, sizeof *texts->items);
    texts->items[texts->count++] = text;
}

static bool read_factor(const char *text, double *out)
{
    return parse_number(bytes_of(text), out) && *out > 0;
}

static bool read_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    return parse_decimal(bytes_of(text), out) && *out >= least && *out <= most;
}

/* False: TEXT is no value for OPTION. */
static bool store(const struct option *option, const char *text, void *member)
{
    int64_t number = 0;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_COUNT:
        ++*(int *)member;
        return true;
    case OPTION_TEXT:
        *(const char **)member = text;
        return true;
    case OPTION_TEXTS:
        if (((struct texts *)member)->count == TEXTS_MOST)
            return false;
        texts_add(member, text);
        return true;
    case OPTION_DURATION:
        return parse_duration(bytes_of(text), member) && *(int64_t *)member > 0;
    case OPTION_FACTOR:
        return read_factor(text, member);
    case OPTION_ID:
        if (!read_number(text, 0, 65534, &number))
            return false;
        *(uint16_t *)member = (uint16_t)number;
        return true;
    case OPTION_NUMBER:
    case OPTION_DESCRIPTOR:
        if (!read_number(text, 1, INT_MAX, &number))
            return false;
        *(int *)member = (int)number;
        return true;
    }
    return false;
}

/* What a value of this kind looks like. */
static const char *shape_of(enum option_kind kind)
{
    static const char *const shapes[] = {
        [OPTION_FLAG] = "nothing",
        [OPTION_COUNT] = "nothing",
        [OPTION_TEXT] = "a text",
        [OPTION_TEXTS] = "fewer than 1000 of them",
        [OPTION_DURATION] = "a number with a unit, such as 300ms or 30s",
        [OPTION_FACTOR] = "a number above 0, such as 2 or 0.5",
        [OPTION_ID] = "a number from 0 to 65534",
        [OPTION_NUMBER] = "a number above 0",
        [OPTION_DESCRIPTOR] = "the number of an open file descriptor",
    };
    return shapes[kind];
}

/* Takes TEXT over; options and operands point to it. */
static void keep(struct invocation *invocation, char *text)
{
    invocation->values =
        xgrow(invocation->values, invocation->value_count + 1, sizeof *invocation->values);
    invocation->values[invocation->value_count++] = text;
}

static bool take_value(const struct parsing *parsing, const struct option *option)
{
    struct invocation *out = parsing->out;
    char *text = poptGetOptArg(parsing->context);
    if (text != NULL)
        keep(out, text);
    if (store(option, text, (uint8_t *)out->options + option->offset))
        return true;
    usage_error(out->command, "\"%s\" is no value for --%s; it takes %s", text == NULL ? "" : text,
                option->name, shape_of(option->kind));
    return false;
}

/* --- errors --------------------------------------------------------------------------------------
 */

static void report_unknown(const struct parsing *parsing, const char *word)
{
    const struct command *command = parsing->out->command;
    struct suggestion suggestion;
    struct buf hint;
    buf_init(&hint, 128);
    suggestion_init(&suggestion, word[0] == '-' && word[1] == '-' ? word + 2 : word);
    for (const struct option *option = command->options; option->name != NULL; option++)
        suggestion_consider(&suggestion, option->name);
    if (suggestion.best != NULL)
        buf_printf(&hint, " (did you mean \"--%s\"?)", suggestion.best);
    usage_error(command, "there is no option \"%s\"%s", word, buf_text(&hint));
    buf_release(&hint);
}

static void report_error(const struct parsing *parsing, int reason)
{
    const char *word = poptBadOption(parsing->context, POPT_BADOPTION_NOALIAS);
    if (reason == POPT_ERROR_BADOPT)
        report_unknown(parsing, word);
    else if (reason == POPT_ERROR_NOARG)
        usage_error(parsing->out->command, "a value is missing behind \"%s\"", word);
    else
        usage_error(parsing->out->command, "\"%s\": %s", word, poptStrerror(reason));
}

static enum options_result read_options(const struct parsing *parsing)
{
    int value;
    while ((value = poptGetNextOpt(parsing->context)) >= 0) {
        if (value == HELP_VALUE) {
            print_help(parsing);
            return OPTIONS_HELP;
        }
        if (!take_value(parsing, &parsing->out->command->options[value - FIRST_VALUE]))
            return OPTIONS_WRONG;
    }
    if (value == -1)
        return OPTIONS_RUN;
    report_error(parsing, value);
    return OPTIONS_WRONG;
}

static enum options_result read_operands(const struct parsing *parsing)
{
    struct invocation *out = parsing->out;
    const char *word;
    while ((word = poptGetArg(parsing->context)) != NULL) {
        if (out->command->operands[0] == '\0') {
            usage_error(out->command, "\"%s\" is too much: only options are taken", word);
            return OPTIONS_WRONG;
        }
        if (out->operands.count == TEXTS_MOST) {
            usage_error(out->command, "more than %d operands", TEXTS_MOST);
            return OPTIONS_WRONG;
        }
        keep(out, xstrdup(word));
        texts_add(&out->operands, out->values[out->value_count - 1]);
    }
    return OPTIONS_RUN;
}

enum options_result options_parse(const struct command *command, const char *const *arguments,
                                  struct invocation *out)
{
    struct parsing parsing = {.out = out};
    *out = (struct invocation){.command = command, .options = xalloc(command->size)};
    start(&parsing, arguments);
    enum options_result result = read_options(&parsing);
    if (result == OPTIONS_RUN)
        result = read_operands(&parsing);
    end(&parsing);
    return result;
}

static void release_lists(const struct invocation *invocation)
{
    const struct option *option = invocation->command->options;
    for (; option->name != NULL; option++)
        if (option->kind == OPTION_TEXTS) {
            struct texts *texts =
                (struct texts *)(void *)((uint8_t *)invocation->options + option->offset);
            free(texts->items);
        }
}

void invocation_release(struct invocation *invocation)
{
    release_lists(invocation);
    for (size_t i = 0; i < invocation->value_count; i++)
        free(invocation->values[i]);
    free(invocation->values);
    free(invocation->operands.items);
    free(invocation->options);
    *invocation = (struct invocation){.command = invocation->command};
}
