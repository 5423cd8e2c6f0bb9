/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the trace how a bootstrap server leads its clients, a sentence for each step. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/sim.h"
#include "scenario/scenario.h"

enum { SENTENCE_MOST = 1 << 17, DIAGNOSTIC_MOST = 400 };

/* What an event says, beside its sentence. */
struct step {
    enum event_kind kind;
    const char *path, *code;
};

/* Releases SENTENCE. */
static void emit(struct trace *trace, const struct bs_session *session, const struct step *step,
                 struct buf *sentence)
{
    struct event event = event_of(step->kind, "server");
    event.peer = session->peer->name;
    event.path = step->path;
    event.code = step->code;
    event.text = buf_text(sentence);
    trace_emit(trace, &event);
    buf_release(sentence);
}

static void begin_sentence(struct buf *out, const char *words, const struct bs_session *session)
{
    buf_init(out, SENTENCE_MOST);
    buf_printf(out, "%s \"", words);
    buf_put_plain(out, bytes_of(session->endpoint));
    buf_puts(out, "\"");
}

static void on_request(void *arg, const struct bs_session *session)
{
    struct buf sentence;
    const struct step step = {.kind = EVENT_BOOTSTRAP, .path = "/bs"};
    begin_sentence(&sentence, "client", session);
    buf_puts(&sentence, " asks for a bootstrap");
    if (session->format >= 0)
        buf_printf(&sentence, ", preferably as %s", codec_find(session->format)->name);
    emit(arg, session, &step, &sentence);
}

/* No value is shown but those of objects that hold no secrets. */
static bool is_shown(const struct operation *operation)
{
    enum { SERVER_OBJECT = 1, ACCESS_OBJECT = 2 };
    unsigned object = operation->path.id[0];
    bool is_open =
        operation->path.depth > 0 && (object == SERVER_OBJECT || object == ACCESS_OBJECT);
    return operation->kind == OPERATION_DISCOVER || (operation->kind == OPERATION_READ && is_open);
}

/* What an error says of itself (RFC 7252, 5.5.2). */
static void put_diagnostic(const struct outcome *outcome, struct buf *out)
{
    struct bytes text = buf_bytes(&outcome->payload);
    if (code_is_success(outcome->code) || text.len == 0 || text.len > DIAGNOSTIC_MOST ||
        !utf8_plain(text))
        return;
    buf_puts(out, ": ");
    buf_put(out, text);
}

static void put_answer(const struct operation *operation, enum status status,
                       const struct outcome *outcome, struct buf *out)
{
    char code[CODE_TEXT];
    if (status != ST_OK || outcome->code == 0)
        buf_puts(out, outcome->problem[0] == '\0' ? status_text(status) : outcome->problem);
    else if (is_shown(operation) && code_is_success(outcome->code))
        outcome_explain(outcome, operation->path, out);
    else
        buf_printf(out, "%s %s", code_text(outcome->code, code), code_phrase(outcome->code));
    if (status == ST_OK && outcome->code != 0)
        put_diagnostic(outcome, out);
}

static void on_step(void *arg, const struct bs_session *session, const struct operation *operation,
                    enum status status, const struct outcome *outcome)
{
    struct buf sentence;
    char path[PATH_TEXT], code[CODE_TEXT];
    bool is_answered = status == ST_OK && outcome->code != 0;
    bool is_finish = operation->kind == OPERATION_FINISH;
    const struct step step = {
        .kind = is_answered && code_is_success(outcome->code) ? EVENT_BOOTSTRAP : EVENT_WARNING,
        .path = is_finish ? "/bs" : path_text(operation->path, path),
        .code = is_answered ? code_text(outcome->code, code) : NULL,
    };
    begin_sentence(&sentence, "bootstrap of client", session);
    buf_printf(&sentence, ": %s%s%s => ", operation_name(operation->kind), is_finish ? "" : " ",
               is_finish ? "" : step.path);
    put_answer(operation, status, outcome, &sentence);
    emit(arg, session, &step, &sentence);
}

static void on_end(void *arg, const struct bs_session *session, enum bs_end end)
{
    struct buf sentence;
    const struct step step = {.kind = end == BS_FINISHED ? EVENT_BOOTSTRAP : EVENT_WARNING};
    begin_sentence(&sentence, "bootstrap of client", session);
    buf_printf(&sentence, "%s: %s", end == BS_FINISHED ? "" : " failed", bs_end_text(end));
    emit(arg, session, &step, &sentence);
}

void bootstrap_log(struct bsserver_config *config, struct trace *trace)
{
    config->on_request = on_request;
    config->on_step = on_step;
    config->on_end = on_end;
    config->arg = trace;
}
