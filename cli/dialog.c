/* SPDX-License-Identifier: Apache-2.0 */
/* Takes lines from stdin to the console, and answers to stdout. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include <unistd.h>

#include "base/excerpt.h"
#include "cli/command.h"
#include "cli/dialog.h"
#include "cli/json_print.h"
#include "cli/output.h"
#include "cli/redact.h"

enum { TURN_MS = 1000, ANSWER_MOST = 1 << 20 };

/* What came of a line. */
struct answer {
    enum status status;
    struct buf text; /* (owned) */
    struct error error;
};

/* --- words that every dialog knows ---------------------------------------------------------- */

static enum status do_help(struct dialog *dialog, struct bytes rest, struct buf *answer,
                           struct error *error);

static enum status do_quit(struct dialog *dialog, struct bytes rest, struct buf *answer,
                           struct error *error)
{
    UNUSED(rest);
    UNUSED(answer);
    UNUSED(error);
    dialog->is_left = true;
    return ST_OK;
}

static enum status do_wait(struct dialog *dialog, struct bytes rest, struct buf *answer,
                           struct error *error)
{
    struct world *world = dialog->config.world;
    int64_t ms = 0;
    UNUSED(answer);
    if (!parse_duration(rest, &ms)) {
        error_set(error, "\"%.*s\" is no time; write a number with a unit such as 300ms or 2s",
                  (int)rest.len, (const char *)rest.data);
        return ST_INVALID;
    }
    int64_t until = clock_now(world->clock) + ms;
    int64_t left;
    while (!world_is_stopped(world) && (left = until - clock_now(world->clock)) > 0)
        loop_turn(world->loop, left);
    return ST_OK;
}

static const struct dialog_word common_words[] = {
    {"wait", "wait TIME                       lets time pass: 300ms, 2s", do_wait},
    {"help", "help", do_help},
    {"quit", "quit", do_quit},
};

static enum status do_help(struct dialog *dialog, struct bytes rest, struct buf *answer,
                           struct error *error)
{
    UNUSED(rest);
    UNUSED(error);
    buf_puts(answer, dialog->config.help);
    for (const struct dialog_word *word = dialog->config.words; word->word != NULL; word++)
        buf_printf(answer, "%s\n", word->help);
    for (size_t i = 0; i < COUNT_OF(common_words); i++)
        buf_printf(answer, "%s\n", common_words[i].help);
    return ST_OK;
}

static const struct dialog_word *find_word(const struct dialog *dialog, struct bytes name)
{
    for (const struct dialog_word *word = dialog->config.words; word->word != NULL; word++)
        if (bytes_is(name, word->word))
            return word;
    for (size_t i = 0; i < COUNT_OF(common_words); i++)
        if (bytes_is(name, common_words[i].word))
            return &common_words[i];
    return NULL;
}

/* --- a line --------------------------------------------------------------------------------- */

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && isblank(text.data[0]))
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && isblank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* The first word of LINE; *OUT_REST is what stands behind it. */
static struct bytes first_word(struct bytes line, struct bytes *out_rest)
{
    size_t len = 0;
    while (len < line.len && !isblank(line.data[len]))
        len++;
    *out_rest = trim((struct bytes){line.data + len, line.len - len});
    return (struct bytes){line.data, len};
}

static void perform(struct dialog *dialog, struct bytes line, struct answer *answer)
{
    struct bytes rest;
    const struct dialog_word *word = find_word(dialog, first_word(line, &rest));
    if (word == NULL && dialog->config.before != NULL)
        dialog->config.before(dialog->config.arg);
    if (word != NULL)
        answer->status = word->act(dialog, rest, &answer->text, &answer->error);
    else
        answer->status = console_line(dialog->console, line, &answer->text, &answer->error);
    if (answer->status != ST_OK && answer->error.text[0] == '\0')
        error_set(&answer->error, "%s", status_text(answer->status));
}

/* --- what is said about it ------------------------------------------------------------------ */

static int exit_of(enum status status)
{
    static const int statuses[] = {
        [ST_OK] = EXIT_PASSED,        [ST_INVALID] = EXIT_FILE,       [ST_LIMIT] = EXIT_FILE,
        [ST_NOT_FOUND] = EXIT_FAILED, [ST_UNSUPPORTED] = EXIT_FAILED, [ST_IO] = EXIT_FAILED,
        [ST_UNREACHABLE] = EXIT_PEER, [ST_TIMEOUT] = EXIT_PEER,       [ST_REFUSED] = EXIT_FAILED,
        [ST_CANCELLED] = EXIT_PASSED,
    };
    return statuses[status];
}

/* That a check failed counts more than that a peer was silent, and that more than a wrong line. */
static void remember(struct dialog *dialog, int status)
{
    static const int ranks[] = {EXIT_PASSED, EXIT_FILE, EXIT_PEER, EXIT_FAILED};
    size_t old = 0;
    size_t new = 0;
    for (size_t i = 0; i < COUNT_OF(ranks); i++) {
        old = ranks[i] == dialog->exit_status ? i : old;
        new = ranks[i] == status ? i : new;
    }
    dialog->exit_status = ranks[old > new ? old : new];
}

static void print_problem(const struct dialog *dialog, struct bytes line,
                          const struct answer *answer)
{
    struct buf text;
    buf_init(&text, ANSWER_MOST);
    if (!dialog->is_terminal)
        buf_printf(&text, "stdin:%u: ", dialog->line);
    buf_printf(&text, "%s%s\n", answer->status == ST_REFUSED ? "" : "error: ", answer->error.text);
    if (answer->error.column > 0 && !dialog->config.redact)
        excerpt_put(line, 1, answer->error.column, &text);
    fputs(buf_text(&text), stderr);
    buf_release(&text);
}

static void print_text(const struct dialog *dialog, struct bytes line, struct answer *answer)
{
    if (!dialog->is_terminal && !dialog->config.quiet)
        printf("> %.*s\n", (int)line.len, (const char *)line.data);
    fputs(buf_text(&answer->text), stdout);
    output_check();
    if (answer->status != ST_OK)
        print_problem(dialog, line, answer);
}

static void print_json(const struct dialog *dialog, struct bytes line, struct answer *answer)
{
    cJSON *object = json_new();
    cJSON_AddStringToObject(object, "event", "answer");
    cJSON_AddNumberToObject(object, "utc_ms", (double)clock_utc(dialog->config.world->clock));
    cJSON_AddNumberToObject(object, "line", dialog->line);
    json_text(object, "input", line);
    cJSON_AddBoolToObject(object, "ok", answer->status == ST_OK);
    struct bytes text = buf_bytes(&answer->text);
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    json_text(object, "text", text);
    if (answer->status != ST_OK)
        json_text(object, "error", bytes_of(answer->error.text));
    json_print(object);
    output_check();
}

static void redact_error(struct error *error)
{
    struct buf text;
    buf_init(&text, ANSWER_MOST);
    redact_put(bytes_of(error->text), &text);
    error_set(error, "%s", buf_text(&text));
    buf_release(&text);
}

static void answer_line(struct dialog *dialog, struct bytes line)
{
    struct answer answer = {.status = ST_OK};
    struct buf shown;
    buf_init(&answer.text, ANSWER_MOST);
    buf_init(&shown, ANSWER_MOST);
    error_clear(&answer.error);
    perform(dialog, line, &answer);
    buf_put(&shown, line);
    if (dialog->config.redact) {
        redact_text(&answer.text);
        redact_text(&shown);
        redact_error(&answer.error);
    }
    if (dialog->config.json)
        print_json(dialog, buf_bytes(&shown), &answer);
    else
        print_text(dialog, buf_bytes(&shown), &answer);
    remember(dialog, exit_of(answer.status));
    buf_release(&shown);
    buf_release(&answer.text);
}

static void refuse_line(struct dialog *dialog)
{
    complain("line %u of stdin is longer than %d octets; it is left out", dialog->line, INPUT_MOST);
    remember(dialog, EXIT_FILE);
}

/* --- the dialog ----------------------------------------------------------------------------- */

void dialog_start(struct dialog *dialog, const struct dialog_config *config,
                  struct console *console)
{
    *dialog = (struct dialog){.config = *config, .console = console};
    dialog->is_terminal = isatty(STDIN_FILENO) == 1;
    input_init(&dialog->input, config->world->loop, STDIN_FILENO, INPUT_MOST);
    if (dialog->is_terminal && !config->quiet && !config->json)
        fprintf(stderr, "type \"help\" to see what can be typed, Ctrl-C to leave\n");
}

void dialog_end(struct dialog *dialog)
{
    input_release(&dialog->input);
}

bool dialog_is_left(const struct dialog *dialog)
{
    return dialog->is_left || world_is_stopped(dialog->config.world);
}

bool dialog_turn(struct dialog *dialog)
{
    struct buf text;
    buf_init(&text, INPUT_MOST + 1);
    bool has_line = input_line(&dialog->input, &text);
    if (has_line) {
        dialog->line++;
        struct bytes line = trim(buf_bytes(&text));
        if (text.bad)
            refuse_line(dialog);
        else if (line.len > 0 && line.data[0] != '#')
            answer_line(dialog, line);
    }
    buf_release(&text);
    if (dialog_is_left(dialog) || (!has_line && input_over(&dialog->input)))
        return false;
    if (!has_line)
        loop_turn(dialog->config.world->loop, TURN_MS);
    return true;
}
