/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an expectation, and what an operation without one must bring. */
#include "base/std.h"

#include "scenario/theirs_impl.h"

void expectation_init(struct expectation *expectation, const uint8_t *at)
{
    *expectation = (struct expectation){.code_at = at, .value_at = at};
}

void match_release(struct match *match)
{
    value_release(&match->value);
    value_release(&match->high);
    free(match->name);
    free(match->challenge);
}

void expectation_release(struct expectation *expectation)
{
    for (size_t i = 0; i < expectation->wanted_count; i++) {
        struct wanted *wanted = &expectation->wanted[i];
        for (size_t k = 0; k < wanted->count; k++)
            match_release(&wanted->matches[k]);
        free(wanted->matches);
    }
    free(expectation->wanted);
    free(expectation->link_text);
    free(expectation->lifetime_text);
    free(expectation->binding);
    free(expectation->version);
    free(expectation->text);
    free(expectation->data_name);
    value_release(&expectation->data);
    expectation_init(expectation, NULL);
}

static void expect_code(struct expectation *expectation, uint8_t low, uint8_t high)
{
    expectation->codes[0] = (struct code_range){low, high};
    expectation->code_count = 1;
}

/* What is implied by the action, as the table of response codes in the LwM2M core says. */
void expectation_imply(struct expectation *expectation, const struct step *step)
{
    enum { CREATED = 0x41, DELETED = 0x42, CHANGED = 0x44, CONTENT = 0x45, SUCCESS_MOST = 0x5F };
    static const uint8_t codes[] = {
        [OPERATION_READ] = CONTENT,
        [OPERATION_WRITE] = CHANGED,
        [OPERATION_UPDATE] = CHANGED,
        [OPERATION_EXECUTE] = CHANGED,
        [OPERATION_CREATE] = CREATED,
        [OPERATION_DELETE] = DELETED,
        [OPERATION_DISCOVER] = CONTENT,
        [OPERATION_OBSERVE] = CONTENT,
        [OPERATION_CANCEL] = CONTENT,
        [OPERATION_ATTRIBUTES] = CHANGED,
        [OPERATION_READ_COMPOSITE] = CONTENT,
        [OPERATION_WRITE_COMPOSITE] = CHANGED,
        [OPERATION_OBSERVE_COMPOSITE] = CONTENT,
        [OPERATION_CANCEL_COMPOSITE] = CONTENT,
        [OPERATION_RAW] = 0,
        [OPERATION_REPEAT] = 0,
        [OPERATION_AUTHENTICATE] = 0,
        [OPERATION_DECRYPT] = 0,
        [OPERATION_FINISH] = CHANGED,
    };
    FOR_EACH_OPERATION(codes);
    enum operation_kind kind = step->operation.kind;
    if (step->verb->kind == STEP_EXPECT)
        expect_code(expectation, CONTENT, CONTENT);
    else if (kind == OPERATION_AUTHENTICATE || kind == OPERATION_DECRYPT)
        expectation->has_judgement = true;
    else if (codes[kind] == 0)
        expect_code(expectation, CREATED - 1, SUCCESS_MOST);
    else if (!step->operation.by_reset)
        expect_code(expectation, codes[kind], codes[kind]);
    if (expectation->has_judgement)
        expectation->judgement = JUDGEMENT_GENUINE;
}

static bool driver_tells(const struct cast *cast, const struct step *step)
{
    static const enum actor_event_kind kinds[] = {
        [EXPECT_REGISTER] = ACTOR_REGISTERED, [EXPECT_FRESH_REGISTER] = ACTOR_REGISTERED,
        [EXPECT_UPDATE] = ACTOR_UPDATED,      [EXPECT_DEREGISTER] = ACTOR_DEREGISTERED,
        [EXPECT_NOTIFY] = ACTOR_NOTIFIED,     [EXPECT_NOTIFY_COMPOSITE] = ACTOR_NOTIFIED,
        [EXPECT_SEND] = ACTOR_SENT,           [EXPECT_REQUEST] = ACTOR_REQUESTED,
        [EXPECT_EXPIRY] = ACTOR_EXPIRED,      [EXPECT_SECURED] = ACTOR_SECURED,
        [EXPECT_FAILURE] = ACTOR_FAILED,
    };
    for (size_t i = 0; i < cast->server_count; i++) {
        const struct server_actor *actor = cast->servers[i].actor;
        if (cast->servers[i].id == step->server && actor->ops->tells != NULL)
            return actor->ops->tells(actor, kinds[step->verb->what]);
    }
    return true;
}

const char *cast_blindness(const struct cast *cast, const struct step *step)
{
    if (!driver_tells(cast, step))
        return "the driver of the server does not tell of this";
    if (step_looks_inside(step) && (cast->device == NULL || cast->hides_inside))
        return "the device is not ours, so nobody sees this from inside";
    return NULL;
}

/* --- codes ----------------------------------------------------------------------------- */
static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

size_t code_length(struct bytes text, struct code_range *out)
{
    const uint8_t *c = text.data;
    if (text.len >= 4 && memcmp(c, "none", 4) == 0) {
        *out = (struct code_range){0, 0};
        return 4;
    }
    if (text.len >= 5 && memcmp(c, "reset", 5) == 0) {
        *out = (struct code_range){CODE_RESET, CODE_RESET};
        return 5;
    }
    if (text.len < 4 || (c[0] != '2' && c[0] != '4' && c[0] != '5') || c[1] != '.')
        return 0;
    unsigned class_bits = (unsigned)(c[0] - '0') << 5;
    if (c[2] == 'x' && c[3] == 'x') {
        *out = (struct code_range){(uint8_t)class_bits, (uint8_t)(class_bits | 31)};
        return 4;
    }
    if (!is_digit(c[2]) || !is_digit(c[3]))
        return 0;
    unsigned detail = (unsigned)(c[2] - '0') * 10 + (unsigned)(c[3] - '0');
    if (detail > 31)
        return 0;
    *out = (struct code_range){(uint8_t)(class_bits | detail), (uint8_t)(class_bits | detail)};
    return 4;
}

bool step_expects_error(const struct step *step)
{
    struct bytes rest = step->expected;
    struct code_range code;
    if (!step->has_expected)
        return false;
    for (;;) {
        size_t len = code_length(rest, &code);
        if (len == 0 || (code.low != 0 && code.low < 0x80))
            return false;
        rest = (struct bytes){rest.data + len, rest.len - len};
        if (rest.len == 0 || rest.data[0] != '|')
            return true;
        rest = (struct bytes){rest.data + 1, rest.len - 1};
    }
}
