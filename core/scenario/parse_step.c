/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton of a step: its action out of the table, and the parts that stand around it. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { CHECK = VERB_EXPECTS | VERB_WITHIN };

static const struct verb verbs[] = {
    {"read", STEP_OPERATION, OPERATION_READ, CHECK, "read PATH [as FORMAT] [=> EXPECTED]"},
    {"write", STEP_OPERATION, OPERATION_WRITE, CHECK,
     "write PATH VALUES [as FORMAT] [=> EXPECTED]"},
    {"update", STEP_OPERATION, OPERATION_UPDATE, CHECK,
     "update PATH VALUES [as FORMAT] [=> EXPECTED]"},
    {"execute", STEP_OPERATION, OPERATION_EXECUTE, CHECK,
     "execute PATH [ARGUMENTS | \"OCTETS\"] [=> EXPECTED]"},
    {"create", STEP_OPERATION, OPERATION_CREATE, CHECK,
     "create PATH [VALUES] [as FORMAT] [=> EXPECTED]"},
    {"delete", STEP_OPERATION, OPERATION_DELETE, CHECK, "delete PATH [=> EXPECTED]"},
    {"discover", STEP_OPERATION, OPERATION_DISCOVER, CHECK, "discover PATH [=> EXPECTED]"},
    {"observe", STEP_OPERATION, OPERATION_OBSERVE, CHECK,
     "observe PATH [as FORMAT] [again] [=> EXPECTED]"},
    {"cancel", STEP_OPERATION, OPERATION_CANCEL, CHECK,
     "cancel PATH [as FORMAT | by reset] [=> EXPECTED]"},
    {"attributes", STEP_OPERATION, OPERATION_ATTRIBUTES, CHECK,
     "attributes PATH NAME=VALUE&... [=> EXPECTED]"},
    {"read-composite", STEP_OPERATION, OPERATION_READ_COMPOSITE, CHECK,
     "read-composite PATH... [as FORMAT] [=> EXPECTED]"},
    {"write-composite", STEP_OPERATION, OPERATION_WRITE_COMPOSITE, CHECK,
     "write-composite PATH=VALUE,... [as FORMAT] [=> EXPECTED]"},
    {"observe-composite", STEP_OPERATION, OPERATION_OBSERVE_COMPOSITE, CHECK,
     "observe-composite PATH... [as FORMAT] [=> EXPECTED]"},
    {"cancel-composite", STEP_OPERATION, OPERATION_CANCEL_COMPOSITE, CHECK,
     "cancel-composite PATH... [as FORMAT | by reset] [=> EXPECTED]"},
    {"authenticate", STEP_OPERATION, OPERATION_AUTHENTICATE, CHECK,
     "authenticate PATH identity=N [key=N] [=> EXPECTED]"},
    {"decrypt", STEP_OPERATION, OPERATION_DECRYPT, CHECK,
     "decrypt PATH identity=N [key=N] [=> EXPECTED]"},
    {"raw", STEP_OPERATION, OPERATION_RAW, CHECK,
     "raw METHOD URI [format=F] [accept=F] [observe=N] [non] [at-once] [payload \"TEXT\" | "
     "hex:...] "
     "[=> EXPECTED]"},
    {"raw octets", STEP_LINK, LINK_INJECT, CHECK,
     "raw octets from device|server|stranger hex:... [=> CODE | reset | none]"},
    {"finish", STEP_OPERATION, OPERATION_FINISH, CHECK | VERB_NO_REST,
     "at bootstrap finish [=> EXPECTED]"},
    {"repeat", STEP_OPERATION, OPERATION_REPEAT, CHECK | VERB_NO_REST, "repeat [=> EXPECTED]"},
    {"server forget", STEP_CONTROL, SERVER_FORGET, VERB_NO_REST, "server forget"},
    {"server restart", STEP_CONTROL, SERVER_RESTART, VERB_NO_REST, "server restart"},
    {"server silence", STEP_CONTROL, SERVER_SILENCE, VERB_NO_REST, "server silence"},
    {"device register", STEP_STIMULUS, STIMULUS_REGISTER, VERB_NO_REST, "device register"},
    {"device update", STEP_STIMULUS, STIMULUS_UPDATE, VERB_NO_REST, "device update"},
    {"device deregister", STEP_STIMULUS, STIMULUS_DEREGISTER, VERB_NO_REST, "device deregister"},
    {"device restart", STEP_STIMULUS, STIMULUS_RESTART, VERB_NO_REST, "device restart"},
    {"device set", STEP_STIMULUS, STIMULUS_SET, 0, "device set PATH VALUE"},
    {"device show", STEP_STIMULUS, STIMULUS_SHOW, VERB_CONSOLE, "device show [PATH]"},
    {"device send", STEP_STIMULUS, STIMULUS_SEND, 0, "device send PATH..."},
    {"device hold response", STEP_STIMULUS, STIMULUS_HOLD, 0, "device hold response [TIME]"},
    {"device release", STEP_STIMULUS, STIMULUS_RELEASE, VERB_NO_REST, "device release"},
    {"component delay", STEP_STIMULUS, STIMULUS_COMPONENT_DELAY, 0, "component delay TIME"},
    {"component fail next", STEP_STIMULUS, STIMULUS_COMPONENT_FAIL_NEXT, VERB_NO_REST,
     "component fail next"},
    {"component fail", STEP_STIMULUS, STIMULUS_COMPONENT_FAIL, VERB_NO_REST, "component fail"},
    {"component hang", STEP_STIMULUS, STIMULUS_COMPONENT_HANG, VERB_NO_REST, "component hang"},
    {"component forge", STEP_STIMULUS, STIMULUS_COMPONENT_FORGE, VERB_NO_REST, "component forge"},
    {"component ok", STEP_STIMULUS, STIMULUS_COMPONENT_OK, VERB_NO_REST, "component ok"},
    {"component provision", STEP_STIMULUS, STIMULUS_COMPONENT_PROVISION, 0,
     "component provision PATH"},
    {"link loss", STEP_LINK, LINK_DROP, 0, "link loss PERCENT [from device | from server]"},
    {"link drop next", STEP_LINK, LINK_DROP, VERB_NEXT,
     "link drop next [N] [request | response | ack] [from device | from server]"},
    {"link duplicate", STEP_LINK, LINK_DUPLICATE, 0,
     "link duplicate PERCENT [from device | from server]"},
    {"link duplicate next", STEP_LINK, LINK_DUPLICATE, VERB_NEXT,
     "link duplicate next [N] [request | response | ack] [from device | from server]"},
    {"link reorder", STEP_LINK, LINK_REORDER, 0,
     "link reorder PERCENT [from device | from server]"},
    {"link reorder next", STEP_LINK, LINK_REORDER, VERB_NEXT,
     "link reorder next [N] [request | response | ack] [from device | from server]"},
    {"link corrupt", STEP_LINK, LINK_CORRUPT, 0,
     "link corrupt PERCENT [from device | from server]"},
    {"link corrupt next", STEP_LINK, LINK_CORRUPT, VERB_NEXT,
     "link corrupt next [N] [request | response | ack] [from device | from server]"},
    {"link delay", STEP_LINK, LINK_DELAY, 0, "link delay TIME [from device | from server]"},
    {"link rebind", STEP_LINK, LINK_REBIND, VERB_NO_REST, "link rebind"},
    {"link ok", STEP_LINK, LINK_HEAL, VERB_NO_REST, "link ok"},
    {"expect register", STEP_EXPECT, EXPECT_REGISTER, VERB_WITHIN,
     "expect register [with WHAT] [within TIME]"},
    {"expect fresh register", STEP_EXPECT, EXPECT_FRESH_REGISTER, VERB_WITHIN,
     "expect fresh register [with WHAT] [within TIME]"},
    {"expect update", STEP_EXPECT, EXPECT_UPDATE, VERB_WITHIN,
     "expect update [with WHAT] [within TIME]"},
    {"expect deregister", STEP_EXPECT, EXPECT_DEREGISTER, VERB_WITHIN | VERB_NO_REST,
     "expect deregister [within TIME]"},
    {"expect expiry", STEP_EXPECT, EXPECT_EXPIRY, VERB_WITHIN | VERB_NO_REST,
     "expect expiry [within TIME]"},
    {"expect notify", STEP_EXPECT, EXPECT_NOTIFY, CHECK,
     "expect notify PATH [VALUE | => EXPECTED] [within TIME]"},
    {"expect notify composite", STEP_EXPECT, EXPECT_NOTIFY_COMPOSITE, CHECK,
     "expect notify composite PATH... [VALUE | => EXPECTED] [within TIME]"},
    {"expect send", STEP_EXPECT, EXPECT_SEND, CHECK,
     "expect send PATH [VALUE | => EXPECTED] [within TIME]"},
    {"expect request", STEP_EXPECT, EXPECT_REQUEST, VERB_WITHIN,
     "expect request METHOD PATH [within TIME]"},
    {"expect secured", STEP_EXPECT, EXPECT_SECURED, VERB_WITHIN,
     "expect secured [\"TEXT\"] [within TIME]"},
    {"expect failure", STEP_EXPECT, EXPECT_FAILURE, VERB_WITHIN,
     "expect failure [\"TEXT\"] [within TIME]"},
    {"expect no register", STEP_EXPECT, EXPECT_FRESH_REGISTER,
     VERB_WITHIN | VERB_ABSENT | VERB_NO_REST, "expect no register within TIME"},
    {"expect no update", STEP_EXPECT, EXPECT_UPDATE, VERB_WITHIN | VERB_ABSENT | VERB_NO_REST,
     "expect no update within TIME"},
    {"expect no deregister", STEP_EXPECT, EXPECT_DEREGISTER,
     VERB_WITHIN | VERB_ABSENT | VERB_NO_REST, "expect no deregister within TIME"},
    {"expect no notify", STEP_EXPECT, EXPECT_NOTIFY, VERB_WITHIN | VERB_ABSENT,
     "expect no notify PATH within TIME"},
    {"expect no notify composite", STEP_EXPECT, EXPECT_NOTIFY_COMPOSITE, VERB_WITHIN | VERB_ABSENT,
     "expect no notify composite PATH... within TIME"},
    {"expect no send", STEP_EXPECT, EXPECT_SEND, VERB_WITHIN | VERB_ABSENT,
     "expect no send PATH within TIME"},
    {"expect no request", STEP_EXPECT, EXPECT_REQUEST, VERB_WITHIN | VERB_ABSENT,
     "expect no request METHOD PATH within TIME"},
    {"expect no secured", STEP_EXPECT, EXPECT_SECURED, VERB_WITHIN | VERB_ABSENT,
     "expect no secured [\"TEXT\"] within TIME"},
    {"expect no failure", STEP_EXPECT, EXPECT_FAILURE, VERB_WITHIN | VERB_ABSENT,
     "expect no failure [\"TEXT\"] within TIME"},
    {"wait", STEP_WAIT, WAIT_FOR_PEERS, 0, "wait TIME"},
    {"wait exactly", STEP_WAIT, WAIT_EXACTLY, 0, "wait exactly TIME"},
};

/* The first word of *REST, which shrinks. */
static struct bytes next_word(struct bytes *rest)
{
    const uint8_t *blank = rest->len == 0 ? NULL : memchr(rest->data, ' ', rest->len);
    size_t len = blank == NULL ? rest->len : (size_t)(blank - rest->data);
    struct bytes word = {rest->data, len};
    size_t used = blank == NULL ? len : len + 1;
    *rest = (struct bytes){rest->data + used, rest->len - used};
    return word;
}

/* How many words of the line, from FIRST on, are those of VERB; 0: not all of them. */
static size_t verb_length(const struct verb *verb, const struct words *words, size_t first,
                          bool short_form)
{
    struct bytes rest = bytes_of(verb->words);
    size_t count = 0;
    if (short_form && !bytes_is(next_word(&rest), "device"))
        return 0;
    while (rest.len > 0) {
        struct bytes word = next_word(&rest);
        if (first + count >= words->count || !bytes_equal(words->items[first + count], word))
            return 0;
        count++;
    }
    return count;
}

static const struct verb *find_verb(const struct words *words, size_t first, bool device_only,
                                    size_t *out_length)
{
    const struct verb *best = NULL;
    *out_length = 0;
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        size_t length = verb_length(&verbs[i], words, first, false);
        if (device_only && verbs[i].kind != STEP_STIMULUS)
            length = 0;
        if (device_only && length == 0)
            length = verb_length(&verbs[i], words, first, true);
        if (length > *out_length) {
            best = &verbs[i];
            *out_length = length;
        }
    }
    return best;
}

/* Whether VERB is for SPEAKER; what belongs to scenarios is left out of a hint. */
static bool is_sayable(const struct verb *verb, const struct speaker *speaker)
{
    if (speaker == NULL)
        return true;
    bool is_device = verb->kind == STEP_STIMULUS;
    bool is_server = (verb->kind == STEP_OPERATION && verb->what != OPERATION_FINISH) ||
                     verb->kind == STEP_CONTROL;
    return (is_device && speaker->has_device) || (is_server && speaker->has_server);
}

static bool is_device_only(const struct speaker *speaker)
{
    return speaker != NULL && !speaker->has_server;
}

/* What may stand at FIRST: the ways to go on, or all first words. */
static void report_unknown(const struct source *source, const struct words *words, size_t first,
                           const struct speaker *speaker)
{
    struct buf known;
    struct bytes last = {NULL, 0};
    struct bytes word = words->items[first];
    buf_init(&known, 350);
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        struct bytes rest = bytes_of(verbs[i].words);
        struct bytes begin = next_word(&rest);
        if (bytes_equal(begin, word) && rest.len > 0)
            buf_printf(&known, "%s%s", known.len == 0 ? "" : ", ", verbs[i].words);
    }
    if (known.len > 0) {
        source_error(source, word.data, "\"%.*s\" is not complete; write one of: %s",
                     lex_shown(word), (const char *)word.data, buf_text(&known));
        buf_release(&known);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        struct bytes rest = bytes_of(verbs[i].words);
        struct bytes begin = next_word(&rest);
        if (!is_sayable(&verbs[i], speaker))
            continue;
        if (is_device_only(speaker) && bytes_is(begin, "device"))
            begin = next_word(&rest);
        if (!bytes_equal(begin, last))
            buf_printf(&known, "%s%.*s", known.len == 0 ? "" : ", ", lex_shown(begin),
                       (const char *)begin.data);
        last = begin;
    }
    if (speaker != NULL && speaker->words != NULL)
        buf_printf(&known, ", %s", speaker->words);
    source_error(source, word.data, "\"%.*s\" is no action; write one of: %s", lex_shown(word),
                 (const char *)word.data, buf_text(&known));
    buf_release(&known);
}

void step_add_rules(const struct source *source, const struct words *words, size_t first,
                    struct step *step)
{
    for (size_t i = first; i < words->count; i++) {
        struct bytes id = words->items[i];
        const struct rule *rule = rule_find(id);
        if (rule == NULL)
            source_error(source, id.data, "rule \"%.*s\" is not known; see 'list rules'",
                         lex_shown(id), (const char *)id.data);
        else if (step->rule_count == STEP_RULES_MOST)
            source_error(source, id.data, "more than %d rules for one check; split the step",
                         STEP_RULES_MOST);
        else
            step->rules[step->rule_count++] = rule;
    }
}

/* `[RULE RULE]` at the end; the words left. */
static size_t take_rules(const struct source *source, const struct words *words, size_t past,
                         struct step *out)
{
    struct bytes last = words->items[past - 1];
    if (last.data[0] != '[')
        return past;
    struct words inside;
    struct bytes list = {last.data + 1, last.len - 2};
    if (lex_words(source, list, &inside) && inside.count == 0)
        source_error(source, last.data, "no rule stands between the brackets; name one");
    step_add_rules(source, &inside, 0, out);
    return past - 1;
}

/* `save NAME` and `within TIME` at the end, in either order; the words left. */
static size_t take_tail(const struct source *source, const struct words *words, size_t first,
                        size_t past, struct step *out)
{
    while (past >= first + 2) {
        struct bytes key = words->items[past - 2];
        struct bytes value = words->items[past - 1];
        if (bytes_is(key, "within") && !out->has_within) {
            out->has_within = true;
            if (value.data[0] == '$')
                out->within_name = value;
            else if (!parse_duration(value, &out->within_ms))
                source_error(source, value.data,
                             "\"%.*s\" is no time; write a number with a unit such as 300ms or 2s",
                             lex_shown(value), (const char *)value.data);
        } else if (bytes_is(key, "save") && out->save.len == 0) {
            out->save = value;
            if (!lex_is_name(value))
                source_error(source, value.data, "\"%.*s\" is no name; write letters, digits and _",
                             lex_shown(value), (const char *)value.data);
        } else {
            break;
        }
        past -= 2;
    }
    return past;
}

static size_t find_arrow(const struct words *words, size_t first, size_t past)
{
    while (first < past && !bytes_is(words->items[first], "=>"))
        first++;
    return first;
}

/* ARROW is where `=>` stands, when it does. */
static void check_parts(const struct source *source, const struct step *step, const uint8_t *arrow)
{
    const struct verb *verb = step->verb;
    const uint8_t *at = step->line.data;
    if (step->has_expected && (verb->flags & VERB_EXPECTS) == 0)
        source_error(source, arrow, "'=>' does not belong here; write: %s", verb->usage);
    else if (step->has_expected && step->expected.len == 0)
        source_error(source, arrow,
                     "nothing stands behind '=>'; write a code such as 2.05 or leave it out");
    else if (step->save.len > 0 && (verb->flags & VERB_EXPECTS) == 0)
        source_error(source, step->save.data, "'save' does not belong here; write: %s",
                     verb->usage);
    else if (step->has_within && (verb->flags & VERB_WITHIN) == 0)
        source_error(source, at, "'within' does not belong here; write: %s", verb->usage);
    else if (!step->has_within && (verb->flags & VERB_ABSENT) != 0)
        source_error(source, at, "how long to watch is missing; write: %s", verb->usage);
    else if (step->operands.len > 0 && (verb->flags & VERB_NO_REST) != 0)
        source_error(source, step->operands.data, "this does not belong here; write: %s",
                     verb->usage);
    else if (step->rule_count > 0 && !step_is_check(step))
        source_error(source, at,
                     "this step checks nothing, so it can have no rule; move the rule "
                     "to a check");
}

bool step_injects(const struct step *step)
{
    return step->verb->kind == STEP_LINK && step->verb->what == LINK_INJECT;
}

bool step_is_check(const struct step *step)
{
    return step->verb->kind == STEP_OPERATION || step->verb->kind == STEP_EXPECT ||
           step_injects(step);
}

void step_imply_rule(struct step *step)
{
    if (step->rule_count > 0 || !step_is_check(step))
        return;
    if (bytes_is(step->at, "bootstrap"))
        step->rules[step->rule_count++] = rule_find(bytes_of("LWM2M-BOOTSTRAP"));
    else if (step_injects(step))
        step->rules[step->rule_count++] = rule_implied(OPERATION_RAW);
    else
        step->rules[step->rule_count++] =
            step->verb->kind == STEP_OPERATION
                ? rule_implied((enum operation_kind)step->verb->what)
                : rule_implied_event((enum expect_kind)step->verb->what);
}

/* `at SERVER` at FIRST; the first word behind it. */
static size_t take_server(const struct source *source, const struct words *words, size_t first,
                          struct step *out)
{
    if (first == words->count || !bytes_is(words->items[first], "at"))
        return first;
    if (first + 2 > words->count) {
        source_error(source, words->items[first].data,
                     "whom it is for is missing behind 'at'; write a short server id or bootstrap");
        return words->count;
    }
    out->at = words->items[first + 1];
    return first + 2;
}

bool step_parse(const struct source *source, const struct words *words,
                const struct speaker *speaker, struct step *out)
{
    size_t errors = source->errors->errors;
    size_t first = 0;
    size_t length = 0;
    out->line = (struct bytes){words->items[0].data, 0};
    out->line.len = (size_t)(words->items[words->count - 1].data - out->line.data) +
                    words->items[words->count - 1].len;
    if (bytes_is(words->items[0], "must") || bytes_is(words->items[0], "should")) {
        out->should = bytes_is(words->items[0], "should");
        first = 1;
    }
    first = take_server(source, words, first, out);
    if (source->errors->errors != errors)
        return false;
    if (first == words->count) {
        struct bytes last = words->items[first - 1];
        source_error(source, words->items[0].data, "an action is missing behind '%.*s'",
                     lex_shown(last), (const char *)last.data);
        return false;
    }
    out->verb = find_verb(words, first, is_device_only(speaker), &length);
    if (out->verb == NULL) {
        report_unknown(source, words, first, speaker);
        return false;
    }
    first += length;
    size_t past = words->count > first ? take_rules(source, words, words->count, out) : first;
    past = take_tail(source, words, first, past, out);
    size_t arrow = find_arrow(words, first, past);
    out->operands = words_span(words, first, arrow);
    out->has_expected = arrow < past;
    if (out->has_expected)
        out->expected = words_span(words, arrow + 1, past);
    check_parts(source, out, out->has_expected ? words->items[arrow].data : NULL);
    return source->errors->errors == errors;
}
