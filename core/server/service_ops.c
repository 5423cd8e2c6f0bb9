/* SPDX-License-Identifier: Apache-2.0 */
/* The right decisions of a server that authenticates or decrypts. */
#include "base/std.h"

#include "server/service_ops.h"

/* rules: I-3, I-7. Eight octets with a non-zero first one, positive as a signed integer. */
static void choose_challenge(const struct service_ops *ops, struct chance *chance,
                             char text[SERVICE_CHALLENGE_TEXT])
{
    UNUSED(ops);
    uint64_t challenge = 0;
    while (challenge >> 56 == 0)
        challenge = chance_u64(chance) >> 1;
    snprintf(text, SERVICE_CHALLENGE_TEXT, "%" PRIu64, challenge);
}

/* rule: PF-ARG-6 */
static void put_arguments(const struct service_ops *ops, const struct service_ask *ask,
                          struct buf *out)
{
    UNUSED(ops);
    buf_printf(out, "0='%d',1='%u',2='%s',3='%u'", ask->service, ask->identity, ask->challenge,
               ask->key_index);
    if (ask->extra != NULL)
        buf_printf(out, ",%s", ask->extra);
}

/* rules: PF-SRV-1, PF-SRV-3 */
static enum service_course choose_course(const struct service_ops *ops, int64_t status)
{
    UNUSED(ops);
    if (status == STATUS_DATA_AVAIL)
        return SERVICE_FETCHES;
    return status == STATUS_ERROR ? SERVICE_ENDS : SERVICE_ASKS;
}

/* rule: PF-SRV-6 */
static enum judgement give_verdict(const struct service_ops *ops, enum judgement truth,
                                   struct buf *opened)
{
    UNUSED(ops);
    UNUSED(opened);
    return truth;
}

static int64_t keep(const struct service_ops *ops, int64_t lifetime)
{
    UNUSED(ops);
    return lifetime * 1000;
}

const struct service_ops service_standard = {
    .challenge = choose_challenge,
    .arguments = put_arguments,
    .course = choose_course,
    .verdict = give_verdict,
    .keeps = keep,
};
