/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a `link` action: how much, which messages, from whom. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { NEXT_MOST = 1000 };

/* `30%`, `0.5%`: tenths of a percent are the finest. */
static void read_share(struct scan *scan, unsigned *out)
{
    double percent = -1;
    scan_blanks(scan);
    size_t start = scan->at;
    struct bytes token = scan_token(scan, "");
    bool is_share = token.len > 1 && token.data[token.len - 1] == '%' &&
                    parse_number((struct bytes){token.data, token.len - 1}, &percent) &&
                    percent >= 0 && percent <= 100;
    *out = is_share ? (unsigned)(percent * 10 + 0.5) : 0;
    if (!is_share || percent * 10 - *out > 1e-6 || *out - percent * 10 > 1e-6)
        scan_error(
            scan, start,
            "here should be a share of the messages from 0%% to 100%%, such as 30%% or 0.5%%");
}

static void read_count(struct scan *scan, unsigned *out)
{
    int64_t count = 1;
    scan_blanks(scan);
    size_t start = scan->at;
    int first = scan_peek(scan);
    if (first >= '0' && first <= '9' &&
        (!parse_decimal(scan_token(scan, ""), &count) || count < 1 || count > NEXT_MOST))
        scan_error(scan, start, "here should be how many messages, from 1 to %d", NEXT_MOST);
    *out = (unsigned)count;
}

static void read_delay(struct scan *scan, int64_t *out)
{
    scan_blanks(scan);
    size_t start = scan->at;
    if (!parse_duration(scan_token(scan, ""), out))
        scan_error(scan, start, "here should be a time with a unit, such as 300ms or 2s");
}

static enum link_message read_message(struct scan *scan)
{
    static const char *const names[] = {
        [LINK_REQUEST] = "request", [LINK_RESPONSE] = "response", [LINK_ACK] = "ack"};
    for (unsigned i = LINK_REQUEST; i <= LINK_ACK; i++)
        if (scan_keyword(scan, names[i]))
            return (enum link_message)i;
    return LINK_MESSAGE;
}

static enum link_sender read_sender(struct scan *scan)
{
    if (!scan_keyword(scan, "from"))
        return LINK_FROM_ANY;
    if (scan_keyword(scan, "device"))
        return LINK_FROM_DEVICE;
    if (!scan_keyword(scan, "server"))
        scan_error(scan, scan->at, "here should be who sends: device or server");
    return LINK_FROM_SERVER;
}

/* `from WHO hex:...` */
static void read_injection(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    struct impairment *out = &operands->step->impairment;
    scan_keyword(scan, "from");
    if (scan_keyword(scan, "device"))
        out->sender = LINK_FROM_DEVICE;
    else if (scan_keyword(scan, "server"))
        out->sender = LINK_FROM_SERVER;
    else if (scan_keyword(scan, "stranger"))
        out->sender = LINK_FROM_STRANGER;
    else
        scan_error(scan, scan->at, "who seems to send is missing; write: %s",
                   operands->step->verb->usage);
    scan_literal(scan, VALUE_OPAQUE, false, "", &out->octets);
}

void read_link(struct operands *operands)
{
    struct step *step = operands->step;
    struct scan *scan = &operands->scan;
    struct impairment *out = &step->impairment;
    *out = (struct impairment){.action = (enum link_action)step->verb->what};
    if (out->action == LINK_REBIND || out->action == LINK_HEAL)
        return;
    if (out->action == LINK_INJECT) {
        read_injection(operands);
        return;
    }
    if (out->action == LINK_DELAY) {
        read_delay(scan, &out->delay_ms);
    } else if ((step->verb->flags & VERB_NEXT) != 0) {
        read_count(scan, &out->count);
        out->message = read_message(scan);
    } else {
        read_share(scan, &out->per_thousand);
    }
    out->sender = read_sender(scan);
}

/* What only somebody can do who reads and writes what goes over the wire. */
static bool is_plain_only(const struct step *step)
{
    bool is_next = step->verb->kind == STEP_LINK && (step->verb->flags & VERB_NEXT) != 0;
    struct bytes rest = step->operands;
    while (rest.len > 0 && (isdigit(rest.data[0]) || lex_is_blank(rest.data[0])))
        rest = (struct bytes){rest.data + 1, rest.len - 1};
    bool has_kind = rest.len > 0 && (rest.data[0] == 'r' || rest.data[0] == 'a');
    return step_injects(step) || (is_next && has_kind);
}

bool scenario_is_plain_only(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++)
        if (is_plain_only(&scenario->steps[i]))
            return true;
    return false;
}

bool scenario_loses(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct verb *verb = scenario->steps[i].verb;
        if (verb->kind == STEP_LINK && (verb->what == LINK_DROP || verb->what == LINK_CORRUPT))
            return true;
    }
    return false;
}
