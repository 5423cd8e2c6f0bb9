/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of a server and their outcomes: names, life and copies. */
#include "base/std.h"

#include "base/operation.h"

enum { OPERATION_TEXT_LIMIT = 65536 };

const char *operation_name(enum operation_kind kind)
{
    static const char *const names[] = {
        [OPERATION_READ] = "read",
        [OPERATION_WRITE] = "write",
        [OPERATION_UPDATE] = "update",
        [OPERATION_EXECUTE] = "execute",
        [OPERATION_CREATE] = "create",
        [OPERATION_DELETE] = "delete",
        [OPERATION_DISCOVER] = "discover",
        [OPERATION_OBSERVE] = "observe",
        [OPERATION_CANCEL] = "cancel",
        [OPERATION_ATTRIBUTES] = "attributes",
        [OPERATION_READ_COMPOSITE] = "read-composite",
        [OPERATION_WRITE_COMPOSITE] = "write-composite",
        [OPERATION_OBSERVE_COMPOSITE] = "observe-composite",
        [OPERATION_CANCEL_COMPOSITE] = "cancel-composite",
        [OPERATION_RAW] = "raw",
        [OPERATION_REPEAT] = "repeat",
        [OPERATION_AUTHENTICATE] = "authenticate",
        [OPERATION_DECRYPT] = "decrypt",
        [OPERATION_FINISH] = "finish",
    };
    FOR_EACH_OPERATION(names);
    return names[kind];
}

bool operation_is_composite(enum operation_kind kind)
{
    return kind >= OPERATION_READ_COMPOSITE && kind <= OPERATION_CANCEL_COMPOSITE;
}

const char *judgement_name(enum judgement judgement)
{
    static const char *const names[] = {
        [JUDGEMENT_NONE] = "not judged",
        [JUDGEMENT_GENUINE] = "genuine",
        [JUDGEMENT_MISMATCH] = "mismatch",
        [JUDGEMENT_UNKNOWN] = "unknown",
    };
    return names[judgement];
}

void operation_init(struct operation *operation, enum operation_kind kind)
{
    *operation = (struct operation){
        .kind = kind, .format = -1, .accept = -1, .observe = -1, .confirmable = true};
    records_init(&operation->values);
    buf_init(&operation->payload, OPERATION_TEXT_LIMIT);
}

void operation_release(struct operation *operation)
{
    records_release(&operation->values);
    buf_release(&operation->payload);
    free(operation->text);
    free(operation->uri);
    operation->text = NULL;
    operation->uri = NULL;
}

void outcome_init(struct outcome *outcome)
{
    *outcome = (struct outcome){.format = -1, .observe = -1};
    buf_init_secret(&outcome->payload, OPERATION_TEXT_LIMIT);
    records_init(&outcome->values);
}

void outcome_release(struct outcome *outcome)
{
    buf_release(&outcome->payload);
    records_release(&outcome->values);
}

void outcome_copy(const struct outcome *from, struct outcome *out)
{
    *out = *from;
    buf_init_secret(&out->payload, OPERATION_TEXT_LIMIT);
    buf_put(&out->payload, buf_bytes(&from->payload));
    records_copy(&from->values, &out->values);
}
