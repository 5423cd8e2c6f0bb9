/* SPDX-License-Identifier: Apache-2.0 */
/* What came and what was expected, in words for people. */
#include "base/std.h"

#include "scenario/explain_impl.h"

enum { RECORDS_SHOWN = 32, PAYLOAD_SHOWN = 600 };

static void put_code(unsigned code, struct buf *out)
{
    if (code == 0)
        buf_puts(out, "no answer");
    else if (code == CODE_RESET)
        buf_puts(out, "reset");
    else
        buf_printf(out, "%u.%02u", code >> 5, code & 31);
}

/* --- what came ------------------------------------------------------------------------- */
/* The path of a record as it would stand in a set about PATH: ids below it, else from the root. */
static void put_key(struct path path, struct path record, struct buf *out)
{
    char text[PATH_TEXT];
    unsigned first = path_covers(path, record) ? path.depth : 0;
    if (first == 0) {
        buf_puts(out, path_text(record, text));
        return;
    }
    for (unsigned i = first; i < record.depth; i++)
        buf_printf(out, "%s%u", i == first ? "" : "/", (unsigned)record.id[i]);
}

static void put_value(const struct value *value, struct buf *out)
{
    if (value->type == VALUE_NONE)
        buf_puts(out, "empty");
    else
        value_format(value, out);
}

static void put_records(const struct records *records, struct path path, struct buf *out)
{
    buf_puts(out, "{");
    for (size_t i = 0; i < records->count && i < RECORDS_SHOWN; i++) {
        buf_puts(out, i == 0 ? "" : ",");
        put_key(path, records->items[i].path, out);
        buf_puts(out, "=");
        put_value(&records->items[i].value, out);
    }
    if (records->count > RECORDS_SHOWN)
        buf_printf(out, ", and %zu more", records->count - RECORDS_SHOWN);
    buf_puts(out, "}");
}

/* Links are shown as they are; anything that is no text, as octets. */
static void put_payload(struct bytes payload, struct buf *out)
{
    if (utf8_plain(payload) && payload.len <= PAYLOAD_SHOWN) {
        buf_put(out, payload);
        return;
    }
    struct value value = value_octets(VALUE_OPAQUE, payload);
    value_format(&value, out);
    value_release(&value);
}

static void put_content(const struct outcome *outcome, struct path path, struct buf *out)
{
    const struct records *records = &outcome->values;
    bool is_single = records->count == 1 && path_equal(records->items[0].path, path);
    if (outcome->decoded && is_single && records->items[0].value.type != VALUE_NONE) {
        buf_puts(out, " ");
        value_format(&records->items[0].value, out);
    } else if (outcome->decoded && records->count > 0 && !is_single) {
        buf_puts(out, " ");
        put_records(records, path, out);
    } else if (outcome->decoded) {
        buf_puts(out, " empty");
    } else if (outcome->payload.len > 0) {
        buf_puts(out, " ");
        put_payload(buf_bytes(&outcome->payload), out);
    }
}

void outcome_explain(const struct outcome *outcome, struct path path, struct buf *out)
{
    char text[PATH_TEXT];
    put_code(outcome->code, out);
    if (outcome->has_location)
        buf_printf(out, " %s", path_text(outcome->location, text));
    if (outcome->judgement != JUDGEMENT_NONE)
        buf_printf(out, " %s", judgement_name(outcome->judgement));
    put_content(outcome, path, out);
}

/* Each with a blank before it. */
static void put_paths(const struct records *paths, struct buf *out)
{
    char text[PATH_TEXT];
    for (size_t i = 0; i < paths->count; i++)
        buf_printf(out, " %s", path_text(paths->items[i].path, text));
}

void heard_explain(const struct heard *heard, struct buf *out)
{
    static const char *const names[] = {
        [ACTOR_REGISTERED] = "register",
        [ACTOR_UPDATED] = "update",
        [ACTOR_DEREGISTERED] = "deregister",
        [ACTOR_EXPIRED] = "expiry",
        [ACTOR_NOTIFIED] = "notify",
        [ACTOR_SENT] = "send",
        [ACTOR_REQUESTED] = "request",
        [ACTOR_SECURED] = "secured",
        [ACTOR_FAILED] = "failure",
        [ACTOR_ASKED] = "request",
        [ACTOR_TOLD] = "notify",
        [ACTOR_POSTED] = "send",
        [ACTOR_REPLIED] = "answer",
    };
    char text[PATH_TEXT];
    buf_puts(out, names[heard->kind]);
    if (heard->kind == ACTOR_NOTIFIED && heard->paths.count > 0) {
        buf_puts(out, " composite");
        put_paths(&heard->paths, out);
        buf_puts(out, " ");
        outcome_explain(&heard->outcome, heard->path, out);
    } else if (heard->kind == ACTOR_NOTIFIED) {
        buf_printf(out, " %s ", path_text(heard->path, text));
        outcome_explain(&heard->outcome, heard->path, out);
    } else if (heard->kind == ACTOR_SENT) {
        put_content(&heard->outcome, path_root(), out);
    } else if (heard->kind == ACTOR_REQUESTED) {
        buf_printf(out, " %s %s", method_name(heard->method), path_text(heard->path, text));
    }
    if (heard->text != NULL)
        buf_printf(out, " \"%s\"", heard->text);
    if (heard->lifetime != NULL)
        buf_printf(out, " lt=%s", heard->lifetime);
    if (heard->terms.queues)
        buf_puts(out, " queue");
    if (heard->has_list)
        buf_printf(out, " links(%s)", heard->links == NULL ? "" : heard->links);
}

/* --- what was expected ----------------------------------------------------------------- */
/* The action is on several paths at once. */
static bool is_composite(const struct step *step)
{
    return step->verb->kind == STEP_EXPECT
               ? step->verb->what == EXPECT_NOTIFY_COMPOSITE
               : step->verb->kind == STEP_OPERATION && operation_is_composite(step->operation.kind);
}

void step_name(const struct step *step, struct buf *out)
{
    char text[PATH_TEXT];
    if (step->at.len > 0 && step->server == BOOTSTRAP_SERVER)
        buf_puts(out, "at bootstrap ");
    else if (step->at.len > 0)
        buf_printf(out, "at %u ", step->server);
    buf_puts(out, step->verb->words);
    if (step->operation.uri != NULL)
        buf_printf(out, " %s", step->operation.uri);
    else if (step->path.depth > 0)
        buf_printf(out, " %s", path_text(step->path, text));
    else if (is_composite(step))
        put_paths(&step->operation.values, out);
}

static void put_codes(const struct expectation *expectation, struct buf *out)
{
    for (size_t i = 0; i < expectation->code_count; i++) {
        struct code_range code = expectation->codes[i];
        buf_puts(out, i == 0 ? "" : "|");
        if (code.low == code.high)
            put_code(code.low, out);
        else
            buf_printf(out, "%u.xx", code.low >> 5);
    }
}

static void put_event(const struct step *step, struct buf *out)
{
    const char *text = step->expectation.text;
    struct bytes words = bytes_of(step->verb->words);
    size_t skipped = strlen("expect ");
    buf_put(out, (struct bytes){words.data + skipped, words.len - skipped});
    if (step->has_expected && step->path.depth > 0) {
        char path[PATH_TEXT];
        buf_printf(out, " %s", path_text(step->path, path));
    } else if (step->has_expected && is_composite(step)) {
        put_paths(&step->operation.values, out);
    }
    if (text != NULL && text[0] != '\0')
        buf_printf(out, " %s", text);
}

void wanted_explain(const struct step *step, struct buf *out)
{
    const struct expectation *expectation = &step->expectation;
    if (step->verb->kind == STEP_EXPECT)
        put_event(step, out);
    else if (expectation->text != NULL)
        buf_puts(out, expectation->text);
    else if (expectation->has_judgement)
        buf_puts(out, judgement_name(expectation->judgement));
    else
        put_codes(expectation, out);
}

/* --- the whole ------------------------------------------------------------------------- */
static void put_row(const char *name, struct bytes text, struct buf *out)
{
    buf_printf(out, "  %-9s ", name);
    buf_put(out, text);
    buf_puts(out, "\n");
}

static void put_rule(const struct rule *rule, struct buf *out)
{
    buf_printf(out, "  %-9s %s (", "rule", rule->id);
    if (rule->section[0] != '\0')
        buf_printf(out, "%s, ", rule->section);
    buf_printf(out, "%c): %s\n", rule_strength_letter(rule->strength), rule->text);
}

static void put_messages(struct bytes lines, struct buf *out)
{
    struct bytes line;
    const char *name = "messages";
    while (lex_line(&lines, &line)) {
        put_row(name, line, out);
        name = "";
    }
}

static void put_wanted(const struct step *step, struct buf *out)
{
    struct buf text;
    buf_init(&text, out->limit);
    wanted_explain(step, &text);
    put_row("expected", buf_bytes(&text), out);
    buf_release(&text);
}

void explain(const struct explanation *explanation, struct buf *out)
{
    unsigned line = 0;
    unsigned column = 0;
    const struct finding *finding = explanation->finding;
    const uint8_t *at = finding->at != NULL ? finding->at : explanation->step->line.data;
    source_locate(explanation->source, at, &line, &column);
    buf_printf(out, "%s:%u:%u: %s: ", explanation->source->file, line, column,
               verdict_name(explanation->verdict));
    step_name(explanation->step, out);
    buf_puts(out, "\n");
    source_show(explanation->source, at, out);
    if (step_is_check(explanation->step) && !explanation->is_seen)
        put_wanted(explanation->step, out);
    if (explanation->actual.len > 0)
        put_row("actual", explanation->actual, out);
    if (finding->reason[0] != '\0')
        put_row("reason", bytes_of(finding->reason), out);
    if (explanation->rule != NULL)
        put_rule(explanation->rule, out);
    put_messages(explanation->messages, out);
}

void summarize(const struct explanation *explanation, unsigned line, struct buf *out)
{
    const struct step *step = explanation->step;
    buf_printf(out, "line %u: ", line);
    step_name(step, out);
    if (step_is_check(step) && !explanation->is_seen) {
        buf_puts(out, ": expected ");
        wanted_explain(step, out);
    }
    if (explanation->actual.len > 0) {
        buf_puts(out, ", got ");
        buf_put(out, explanation->actual);
    }
    if (explanation->finding->reason[0] != '\0')
        buf_printf(out, ": %s", explanation->finding->reason);
}
