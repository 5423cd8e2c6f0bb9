/* SPDX-License-Identifier: Apache-2.0 */
/* What a step came to, where no comparison told it. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { GET = 1 }; /* CoAP method code */

struct finding finding_of(enum comparison result, const char *format, ...)
{
    struct finding finding = {.result = result};
    va_list values;
    va_start(values, format);
    vsnprintf(finding.reason, sizeof finding.reason, format, values);
    va_end(values);
    return finding;
}

struct finding finding_of_silence(const struct step *step, bool is_theirs, bool did,
                                  const char *why)
{
    bool repeats = step->operation.kind == OPERATION_REPEAT;
    if (expectation_accepts_silence(&step->expectation))
        return (struct finding){.result = COMPARISON_MET};
    if (is_theirs && repeats && !did)
        return finding_of(COMPARISON_UNKNOWN,
                          "a device that answers later, by a message of its own, need only "
                          "acknowledge what is repeated");
    bool is_known = is_theirs && repeats;
    struct finding finding = finding_of(
        COMPARISON_BROKEN, "%.190s%s", why,
        is_known ? "; the first answer came with the acknowledgement, so it comes again" : "");
    finding.at = step->expectation.code_at;
    return finding;
}

/* --- content formats ------------------------------------------------------------------- */

const char *format_name(const struct oracle *oracle, int format, char text[FORMAT_NAME_MOST])
{
    static const char *const names[] = {"text",       "link",       "opaque", "cbor",
                                        "senml-json", "senml-cbor", "tlv",    "json"};
    if (format < 0)
        snprintf(text, FORMAT_NAME_MOST, "no format");
    else
        snprintf(text, FORMAT_NAME_MOST, "%d", format);
    for (size_t i = 0; format >= 0 && i < COUNT_OF(names); i++)
        if (oracle->ops->format(oracle, bytes_of(names[i])) == format)
            snprintf(text, FORMAT_NAME_MOST, "%s (%d)", names[i], format);
    return text;
}

int step_accept(const struct step *step)
{
    const struct operation *operation = &step->operation;
    bool accepts = operation->kind == OPERATION_READ || operation->kind == OPERATION_OBSERVE ||
                   operation->kind == OPERATION_CANCEL ||
                   operation->kind == OPERATION_READ_COMPOSITE ||
                   operation->kind == OPERATION_OBSERVE_COMPOSITE ||
                   operation->kind == OPERATION_CANCEL_COMPOSITE;
    if (step->verb->kind != STEP_OPERATION)
        return -1;
    return accepts ? operation->format : operation->accept;
}

void finding_name_formats(struct finding *finding, const struct oracle *oracle,
                          const struct step *step, const struct outcome *outcome)
{
    int asked = step_accept(step);
    char wanted[FORMAT_NAME_MOST], given[FORMAT_NAME_MOST], reason[sizeof finding->reason];
    bool is_content = outcome->code >> 5 == 2 && outcome->payload.len > 0;
    if (finding->result != COMPARISON_BROKEN || asked < 0 || outcome->format == asked ||
        !is_content)
        return;
    snprintf(reason, sizeof reason, "%s", finding->reason);
    snprintf(finding->reason, sizeof finding->reason, "asked for %s, answered %s%s%.200s",
             format_name(oracle, asked, wanted), format_name(oracle, outcome->format, given),
             reason[0] == '\0' ? "" : "; ", reason);
}

/* --- silence and the rest -------------------------------------------------------------- */

/* A confirmable request is answered by a message that is one to it (RFC 7252 4.2, 5.3). */
struct finding finding_of_misanswer(const struct step *step, const char *why)
{
    static const char id[] = "COAP-REQUEST";
    struct finding finding = finding_of(COMPARISON_BROKEN, "%.290s", why);
    finding.at = step->expectation.code_at;
    finding.also = id;
    for (size_t i = 0; i < step->rule_count; i++)
        if (strcmp(step->rules[i]->id, id) == 0)
            finding.also = NULL;
    return finding;
}

/* Nothing that a rule could judge: who was to do it is gone, or could not. */
static bool is_of_environment(enum status status)
{
    return status == ST_IO || status == ST_UNREACHABLE || status == ST_TIMEOUT ||
           status == ST_REFUSED;
}

struct finding finding_of_status(enum status status, const char *why)
{
    const char *reason = why[0] != '\0' ? why : status_text(status);
    bool is_unknown = status == ST_UNSUPPORTED;
    struct finding finding =
        finding_of(is_unknown ? COMPARISON_UNKNOWN : COMPARISON_ERROR, "%.290s", reason);
    finding.is_lost = is_of_environment(status);
    finding.is_undone = is_unknown;
    return finding;
}

struct finding finding_of_absence(const char *why)
{
    struct finding finding = finding_of(COMPARISON_ERROR, "%.290s", why);
    finding.is_lost = true;
    return finding;
}

bool status_is_silence(enum status status)
{
    return status == ST_TIMEOUT || status == ST_UNREACHABLE || status == ST_NOT_FOUND ||
           status == ST_CANCELLED;
}

/* What changes nothing leaves nothing undone. */
static bool may_change(const struct step *step)
{
    const struct operation *operation = &step->operation;
    bool only_looks =
        operation->kind == OPERATION_READ || operation->kind == OPERATION_DISCOVER ||
        operation->kind == OPERATION_READ_COMPOSITE ||
        (operation->kind == OPERATION_RAW && operation->method == GET && operation->observe < 0);
    return step->verb->kind != STEP_OPERATION || !only_looks;
}

void finding_follow(struct finding *finding, const struct step *step, bool *is_undone)
{
    if (finding->result == COMPARISON_BROKEN && *is_undone) {
        finding->result = COMPARISON_UNKNOWN;
        snprintf(finding->reason, sizeof finding->reason,
                 "what a step before it should have done could not be done");
    }
    *is_undone = *is_undone || (finding->is_undone && may_change(step));
}
