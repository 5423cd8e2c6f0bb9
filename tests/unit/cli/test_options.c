/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the commands are whole and consistent, and command lines are read as they say. */
#include "tests/unit/unit.h"

#include <unistd.h>

#include "cli/command.h"

enum { WORDS_MOST = 32 };

/* A command with a row of each kind. */
struct sample {
    struct common common;
    const char *text;
    struct texts texts;
    int64_t duration;
    double factor;
    uint16_t id;
    int descriptor;
};

static const struct option sample_options[] = {
    {"text", 't', OPTION_TEXT, offsetof(struct sample, text), "TEXT", "a text", COMPLETE_NOTHING},
    {"more", 'm', OPTION_TEXTS, offsetof(struct sample, texts), "TEXT", "texts", COMPLETE_NOTHING},
    {"time", '\0', OPTION_DURATION, offsetof(struct sample, duration), "TIME", "a time",
     COMPLETE_NOTHING},
    {"factor", '\0', OPTION_FACTOR, offsetof(struct sample, factor), "F", "a factor",
     COMPLETE_NOTHING},
    {"id", '\0', OPTION_ID, offsetof(struct sample, id), "N", "an id", COMPLETE_NOTHING},
    {"fd", '\0', OPTION_DESCRIPTOR, offsetof(struct sample, descriptor), "N", "a descriptor",
     COMPLETE_NOTHING},
    OPTION_JSON("as JSON"),
    OPTIONS_COMMON,
    OPTIONS_END,
};

static int run_nothing(const struct invocation *invocation)
{
    UNUSED(invocation);
    return EXIT_PASSED;
}

static const struct command sample = {
    .name = "sample",
    .summary = "for tests",
    .operands = "[FILE]...",
    .examples = {"lwm2m-portfolio sample", "lwm2m-portfolio sample x"},
    .options = sample_options,
    .size = sizeof(struct sample),
    .run = run_nothing,
};

static const struct command bare = {
    .name = "bare",
    .summary = "takes no operands",
    .operands = "",
    .examples = {"lwm2m-portfolio bare", "lwm2m-portfolio bare -v"},
    .options = sample_options,
    .size = sizeof(struct sample),
    .run = run_nothing,
};

/* What a command says is looked at by people, not here. */
static void be_silent(void)
{
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
}

static enum options_result parse(const char *const *words, struct invocation *out)
{
    return options_parse(&sample, words, out);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(every_command_has_a_summary_and_two_examples)
{
    ck_assert_ptr_nonnull(commands[0]);
    for (const struct command *const *at = commands; *at != NULL; at++) {
        const struct command *command = *at;
        ck_assert_msg(command->name[0] != '\0' && command->summary[0] != '\0', "%s", command->name);
        ck_assert(command->run != NULL);
        ck_assert_ptr_nonnull(command->operands);
        for (size_t i = 0; i < COUNT_OF(command->examples); i++) {
            ck_assert_msg(command->examples[i] != NULL, "%s has no example %zu", command->name, i);
            ck_assert_ptr_nonnull(strstr(command->examples[i], command->name));
        }
        ck_assert_str_ne(command->examples[0], command->examples[1]);
    }
}
END_TEST

START_TEST(every_option_has_help_and_a_place_of_its_own)
{
    for (const struct command *const *at = commands; *at != NULL; at++) {
        const struct option *options = (*at)->options;
        for (size_t i = 0; options[i].name != NULL; i++) {
            bool is_bare = options[i].kind == OPTION_FLAG || options[i].kind == OPTION_COUNT;
            ck_assert_msg(options[i].help != NULL && options[i].help[0] != '\0', "--%s",
                          options[i].name);
            ck_assert_msg(is_bare == (options[i].value == NULL), "--%s", options[i].name);
            ck_assert_msg(options[i].offset < (*at)->size, "--%s", options[i].name);
            ck_assert_int_lt(options[i].completion, COMPLETIONS);
        }
    }
}
END_TEST

START_TEST(no_option_is_there_twice)
{
    for (const struct command *const *at = commands; *at != NULL; at++) {
        const struct option *options = (*at)->options;
        for (size_t i = 0; options[i].name != NULL; i++) {
            ck_assert_str_ne(options[i].name, "help");
            ck_assert_int_ne(options[i].letter, 'h');
            for (size_t k = 0; k < i; k++) {
                ck_assert_str_ne(options[i].name, options[k].name);
                ck_assert_uint_ne(options[i].offset, options[k].offset);
                if (options[i].letter != '\0')
                    ck_assert_int_ne(options[i].letter, options[k].letter);
            }
        }
    }
}
END_TEST

START_TEST(every_command_can_be_quiet)
{
    for (const struct command *const *at = commands; *at != NULL; at++) {
        bool found = false;
        for (const struct option *option = (*at)->options; option->name != NULL; option++)
            found = found || strcmp(option->name, "quiet") == 0;
        ck_assert_msg(found, "%s", (*at)->name);
    }
}
END_TEST

/* The words of an example that begins with the program's name; quotes and redirections do not stand
 * in those. */
static size_t split(char *example, const char **words)
{
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(example, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        ck_assert_uint_lt(count, WORDS_MOST - 1);
        words[count++] = word;
    }
    words[count] = NULL;
    return count;
}

START_TEST(examples_are_command_lines)
{
    be_silent();
    for (const struct command *const *at = commands; *at != NULL; at++)
        for (size_t i = 0; i < COUNT_OF((*at)->examples); i++) {
            const char *words[WORDS_MOST];
            struct invocation invocation;
            char *example = xstrdup((*at)->examples[i]);
            bool is_plain = strncmp(example, "lwm2m-portfolio ", 16) == 0 &&
                            strpbrk(example, "|<>()\"'") == NULL;
            if (is_plain) {
                ck_assert_uint_ge(split(example, words), 2);
                ck_assert_str_eq(words[1], (*at)->name);
                ck_assert_msg(options_parse(*at, words + 2, &invocation) == OPTIONS_RUN, "%s",
                              (*at)->examples[i]);
                invocation_release(&invocation);
            }
            free(example);
        }
}
END_TEST

START_TEST(reads_every_kind_of_option)
{
    struct invocation invocation;
    const char *const *words =
        WORDS("-t", "one", "--text=two", "-m", "a", "file", "-m", "b", "--time", "1.5s", "--factor",
              "0.5", "--id", "65534", "--fd=3", "--json", "-vv", "-q", "-", "--", "-x");
    ck_assert_int_eq(parse(words, &invocation), OPTIONS_RUN);
    const struct sample *options = invocation.options;
    ck_assert_str_eq(options->text, "two");
    ck_assert_uint_eq(options->texts.count, 2);
    ck_assert_str_eq(options->texts.items[0], "a");
    ck_assert_str_eq(options->texts.items[1], "b");
    ck_assert_int_eq(options->duration, 1500);
    ck_assert_double_eq(options->factor, 0.5);
    ck_assert_uint_eq(options->id, 65534);
    ck_assert_int_eq(options->descriptor, 3);
    ck_assert(options->common.json);
    ck_assert_int_eq(options->common.verbose, 2);
    ck_assert(options->common.quiet);
    ck_assert_uint_eq(invocation.operands.count, 3);
    ck_assert_str_eq(invocation.operands.items[0], "file");
    ck_assert_str_eq(invocation.operands.items[1], "-");
    ck_assert_str_eq(invocation.operands.items[2], "-x");
    invocation_release(&invocation);
}
END_TEST

START_TEST(what_is_not_given_is_zero)
{
    struct invocation invocation;
    const char *const none[] = {NULL};
    ck_assert_int_eq(parse(none, &invocation), OPTIONS_RUN);
    const struct sample *options = invocation.options;
    ck_assert_ptr_null(options->text);
    ck_assert_uint_eq(options->texts.count, 0);
    ck_assert_int_eq(options->duration, 0);
    ck_assert_uint_eq(invocation.operands.count, 0);
    invocation_release(&invocation);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
    const char *const *const lines[] = {
        WORDS("--nosuch"),      WORDS("-x"),
        WORDS("--text"),        WORDS("--time", "5"),
        WORDS("--time", "0s"),  WORDS("--time", ""),
        WORDS("--factor", "0"), WORDS("--factor", "x"),
        WORDS("--id", "-1"),    WORDS("--id", "65535"),
        WORDS("--fd", "0"),     WORDS("--json=1"),
    };
    be_silent();
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct invocation invocation;
        ck_assert_msg(parse(lines[i], &invocation) == OPTIONS_WRONG, "line %zu", i);
        invocation_release(&invocation);
    }
}
END_TEST

START_TEST(refuses_operands_where_none_are_taken)
{
    struct invocation invocation;
    be_silent();
    ck_assert_int_eq(options_parse(&bare, WORDS("file"), &invocation), OPTIONS_WRONG);
    invocation_release(&invocation);
}
END_TEST

START_TEST(refuses_too_many_operands_and_texts)
{
    const char *words[2 * TEXTS_MOST + 4] = {NULL};
    struct invocation invocation;
    be_silent();
    for (size_t i = 0; i <= TEXTS_MOST; i++)
        words[i] = "file";
    ck_assert_int_eq(parse(words, &invocation), OPTIONS_WRONG);
    invocation_release(&invocation);
    for (size_t i = 0; i <= TEXTS_MOST; i++) {
        words[2 * i] = "-m";
        words[2 * i + 1] = "x";
    }
    ck_assert_int_eq(parse(words, &invocation), OPTIONS_WRONG);
    invocation_release(&invocation);
}
END_TEST

START_TEST(help_is_no_run)
{
    struct invocation invocation;
    be_silent();
    ck_assert_int_eq(parse(WORDS("--nosuch", "--help"), &invocation), OPTIONS_WRONG);
    invocation_release(&invocation);
    ck_assert_int_eq(parse(WORDS("--help", "--nosuch"), &invocation), OPTIONS_HELP);
    invocation_release(&invocation);
    ck_assert_int_eq(parse(WORDS("-h"), &invocation), OPTIONS_HELP);
    invocation_release(&invocation);
}
END_TEST

START_TEST(suggests_the_nearest_word)
{
    static const char *const words[] = {"device", "verify", "server"};
    static const struct {
        const char *word, *meant;
    } rows[] = {{"devcie", "device"}, {"serve", "server"},  {"verfy", "verify"},
                {"xyzzy", NULL},      {"device", "device"}, {"", NULL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct suggestion suggestion;
        suggestion_init(&suggestion, rows[i].word);
        for (size_t k = 0; k < COUNT_OF(words); k++)
            suggestion_consider(&suggestion, words[k]);
        if (rows[i].meant == NULL)
            ck_assert_ptr_null(suggestion.best);
        else
            ck_assert_str_eq(suggestion.best, rows[i].meant);
    }
}
END_TEST

START_TEST(suggests_nothing_for_a_long_word)
{
    char word[200];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    struct suggestion suggestion;
    struct buf text;
    buf_init(&text, 100);
    suggestion_init(&suggestion, word);
    suggestion_consider(&suggestion, "device");
    suggestion_put(&suggestion, &text);
    ck_assert_uint_eq(text.len, 0);
    suggestion_init(&suggestion, "devise");
    suggestion_consider(&suggestion, word);
    suggestion_consider(&suggestion, "device");
    suggestion_put(&suggestion, &text);
    ck_assert_str_eq(buf_text(&text), " (did you mean \"device\"?)");
    buf_release(&text);
}
END_TEST

UNIT_MAIN("options", every_command_has_a_summary_and_two_examples,
          every_option_has_help_and_a_place_of_its_own, no_option_is_there_twice,
          every_command_can_be_quiet, examples_are_command_lines, reads_every_kind_of_option,
          what_is_not_given_is_zero, refuses_what_makes_no_sense,
          refuses_operands_where_none_are_taken, refuses_too_many_operands_and_texts,
          help_is_no_run, suggests_the_nearest_word, suggests_nothing_for_a_long_word)
