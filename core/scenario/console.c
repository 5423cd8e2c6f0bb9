/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a scenario performed at once, for a person or a pipe. */
#include "base/std.h"

#include "scenario/explain_impl.h"

struct console {
    struct checker checker; /* its source is that of the line at hand */
    struct source source;
    struct saved saved;
    struct server_actor *server; /* (borrowed) or NULL */
    struct device_actor *device; /* (borrowed) or NULL */
    struct speaker speaker;
    char *endpoint; /* (owned) whom operations go to; NULL: the only client */
    unsigned lines;
};

struct console *console_new(const struct claims *claims, const struct oracle *oracle,
                            struct server_actor *server, struct device_actor *device,
                            const char *words)
{
    struct console *console = xalloc(sizeof *console);
    checker_init(&console->checker, &console->source, claims, oracle);
    console->server = server;
    console->device = device;
    console->speaker = (struct speaker){device != NULL, server != NULL, words};
    console->checker.meets_strangers = server != NULL && device == NULL;
    console->endpoint = claims == NULL ? NULL : xstrdup(claims->endpoint);
    return console;
}

void console_free(struct console *console)
{
    if (console == NULL)
        return;
    names_release(&console->checker.names);
    saved_release(&console->saved);
    free(console->endpoint);
    free(console);
}

static enum status judge(struct console *console, const struct step *step,
                         const struct outcome *outcome, struct error *error)
{
    struct comparer comparer = {console->checker.oracle, &console->saved};
    struct finding finding = compare_outcome(&comparer, step, outcome);
    struct buf wanted;
    saved_keep(&console->saved, step->save, outcome, step->path, true);
    if (finding.result == COMPARISON_MET)
        return ST_OK;
    buf_init(&wanted, EXPLANATION_MOST);
    wanted_explain(step, &wanted);
    error_set(error, "expected %.300s%s%s", buf_text(&wanted),
              finding.reason[0] == '\0' ? "" : ": ", finding.reason);
    buf_release(&wanted);
    return ST_REFUSED;
}

static enum status perform_operation(struct console *console, const struct step *step,
                                     struct buf *answer, struct error *error)
{
    struct outcome outcome;
    struct operation operation;
    enum status status = ST_INVALID;
    outcome_init(&outcome);
    if (operation_fill(step, &console->saved, &operation)) {
        operation.limit_ms = step->has_within ? step->within_ms : 0;
        status = console->server->ops->perform(console->server, console->endpoint, &operation,
                                               &outcome, error);
    } else {
        error_set(error, "nothing was saved as \"$%.100s\"", step->sends);
    }
    bool is_silent = status == ST_TIMEOUT || status == ST_UNREACHABLE;
    if (is_silent && expectation_accepts_silence(&step->expectation)) {
        buf_puts(answer, "no answer\n");
        status = ST_OK;
    } else if (status == ST_OK) {
        outcome_explain(&outcome, step->path, answer);
        buf_puts(answer, "\n");
        status = judge(console, step, &outcome, error);
    }
    records_release(&operation.values);
    outcome_release(&outcome);
    return status;
}

static enum status perform(struct console *console, const struct step *step, struct buf *answer,
                           struct error *error)
{
    switch (step->verb->kind) {
    case STEP_OPERATION:
        if (console->server != NULL)
            return perform_operation(console, step, answer, error);
        break;
    case STEP_CONTROL:
        if (console->server != NULL)
            return console->server->ops->control(console->server,
                                                 (enum server_control)step->verb->what, error);
        break;
    case STEP_STIMULUS:
        if (console->device != NULL)
            return console->device->ops->stimulate(console->device, &step->stimulus, answer, error);
        break;
    case STEP_LINK:
    case STEP_EXPECT:
    case STEP_WAIT:
        break;
    }
    error_set(error, "'%s' cannot be used here; write it in a scenario", step->verb->words);
    return ST_INVALID;
}

static enum status read_let(struct console *console, const struct words *words)
{
    struct let let;
    if (let_parse(&console->source, words, &let))
        checker_let(&console->checker, &let);
    return ST_OK;
}

static enum status read_step(struct console *console, const struct words *words, struct buf *answer,
                             struct error *error)
{
    struct step step = {0};
    enum status status = ST_INVALID;
    bool is_read = step_parse(&console->source, words, &console->speaker, &step);
    if (is_read && step.at.len > 0)
        source_error(&console->source, step.at.data,
                     "'at' is for scenarios; here is one server only, so leave it out");
    else if (is_read && step.verb->kind == STEP_OPERATION && step.verb->what == OPERATION_FINISH)
        source_error(&console->source, step.line.data,
                     "'finish' is for scenarios; a bootstrap file ends with it by itself");
    else if (is_read)
        checker_step(&console->checker, &step);
    if (console->source.errors->errors == 0)
        status = perform(console, &step, answer, error);
    step_uncheck(&step);
    return status;
}

enum status console_line(struct console *console, struct bytes line, struct buf *answer,
                         struct error *error)
{
    struct words words;
    struct error_list errors;
    enum status status = ST_OK;
    error_list_init(&errors);
    error_clear(error);
    console->source = (struct source){
        .file = "", .text = line, .first_line = ++console->lines, .errors = &errors};
    if (!utf8_valid(line) || memchr(line.data, '\0', line.len) != NULL)
        source_error(&console->source, line.data, "the line is not UTF-8 text");
    else if (!lex_words(&console->source, line, &words) || words.count == 0)
        status = ST_OK;
    else if (bytes_is(words.items[0], "let"))
        status = read_let(console, &words);
    else
        status = read_step(console, &words, answer, error);
    if (errors.count > 0) {
        *error = errors.items[0];
        status = ST_INVALID;
    }
    console->source.errors = NULL;
    error_list_release(&errors);
    return status;
}
