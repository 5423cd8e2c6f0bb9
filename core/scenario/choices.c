/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device does otherwise than ours although nothing that a step asks for
 * depends on it: it is named once, for whoever wonders about it. */
#include "base/std.h"

#include "base/coap.h"
#include "base/portfolio.h"
#include "scenario/theirs_impl.h"

enum { CHOICE_TEXT = 200 };

/* An answer that fits, and what is claimed of who gave it. */
struct choosing {
    const struct claims *claims;   /* (borrowed) */
    const struct oracle *oracle;   /* (borrowed) */
    const struct step *step;       /* (borrowed) */
    const struct outcome *outcome; /* (borrowed) */
};

static const char *format_label(const struct choosing *choosing, int format)
{
    const char *const *names = choosing->claims->formats;
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        if (choosing->oracle->ops->format(choosing->oracle, bytes_of(names[i])) == format)
            return names[i];
    return NULL;
}

static void put_format(const struct choosing *choosing, int format, struct buf *out)
{
    const char *label = format_label(choosing, format);
    if (label != NULL)
        buf_puts(out, label);
    else
        buf_printf(out, "format %d", format);
}

/* Content-Format of our device for the same content, when it may choose. */
static int usual_format(const struct choosing *choosing)
{
    const struct records *values = &choosing->outcome->values;
    const struct oracle *oracle = choosing->oracle;
    bool is_one = values->count == 1 && values->items[0].path.depth >= 3 &&
                  path_equal(values->items[0].path, choosing->step->path);
    int several = oracle->ops->format(oracle, bytes_of("senml-cbor"));
    bool has_several = several >= 0 && format_label(choosing, several) != NULL;
    if (is_one)
        return oracle->ops->format(oracle, bytes_of("text"));
    return has_several ? several : oracle->ops->format(oracle, bytes_of("tlv"));
}

/* Whatever comes, where the request leaves it open (PF-DM-4 is about Accept). */
static bool has_other_default(const struct choosing *choosing, struct buf *out)
{
    const struct step *step = choosing->step;
    enum operation_kind kind = step->operation.kind;
    bool leaves_open = step->verb->kind == STEP_OPERATION && step->operation.format < 0 &&
                       (kind == OPERATION_READ || kind == OPERATION_OBSERVE);
    const struct outcome *outcome = choosing->outcome;
    if (!leaves_open || outcome->code != CODE_CONTENT || !outcome->decoded || outcome->format < 0)
        return false;
    int usual = usual_format(choosing);
    buf_puts(out, "without Accept it answers in ");
    put_format(choosing, outcome->format, out);
    buf_puts(out, ", where ours does in ");
    put_format(choosing, usual, out);
    return outcome->format != usual;
}

static bool has_parts(const struct choosing *choosing, struct buf *out)
{
    const struct records *values = &choosing->outcome->values;
    size_t parts = 0;
    unsigned last = 0;
    for (size_t i = 0; choosing->outcome->decoded && i < values->count; i++) {
        const struct path *path = &values->items[i].path;
        bool is_part = path->depth == 4 && path_is_portfolio(*path, AUTH_DATA);
        parts += is_part ? 1 : 0;
        last = is_part ? path->id[3] : last;
    }
    if (parts > 1)
        buf_puts(out, "AuthData comes in several resource instances, which are joined");
    else
        buf_printf(out, "AuthData comes in resource instance %u, where ours has 0", last);
    return outcome_is_spread(choosing->outcome);
}

static const struct {
    bool (*is)(const struct choosing *choosing, struct buf *out);
    const char *id;
} rows[] = {{has_parts, "I-2"}, {has_other_default, "PF-DM-4"}};

static bool is_named(const struct result *result, const char *text)
{
    for (size_t i = 0; i < result->check_count; i++)
        if (strstr(buf_text(&result->checks[i].text), text) != NULL)
            return true;
    return false;
}

void choices_name(const struct choices *choices, const struct step *step,
                  const struct outcome *outcome, struct finding *finding)
{
    const struct choosing choosing = {choices->claims, choices->oracle, step, outcome};
    for (size_t i = 0; i < COUNT_OF(rows) && finding->accepted == NULL; i++) {
        char text[CHOICE_TEXT];
        struct buf what;
        buf_init(&what, CHOICE_TEXT);
        bool is_it = rows[i].is(&choosing, &what);
        snprintf(text, sizeof text, "accepted by %s: %s", rows[i].id, buf_text(&what));
        buf_release(&what);
        if (!is_it || is_named(choices->result, text))
            continue;
        *finding = finding_of(COMPARISON_MET, "%s", text);
        finding->accepted = rows[i].id;
    }
}
