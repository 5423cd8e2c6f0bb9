/* SPDX-License-Identifier: Apache-2.0 */
/* What comes from the device that a server asks, and answers none of its requests: octets that are
 * no CoAP message, and answers with another token (RFC 7252 3, 5.3). */
#ifndef DRIVERS_MISFITS_H
#define DRIVERS_MISFITS_H

#include "base/trace.h"

enum { MISFITS_GIVEN_MOST = 512, MISFIT_TEXT = 180, MISFIT_PEER = 64 };

/* What one request was sent with. */
struct given {
    uint8_t token[8];
    uint8_t token_len;
    int message_id; /* -1: it has none, by TCP */
};

struct misfits {
    struct given given[MISFITS_GIVEN_MOST]; /* the last ones */
    size_t given_count;                     /* so many there were */
    char asked[MISFIT_PEER];                /* the address of who was asked last */
    size_t count;                           /* of what answers nothing */
    size_t refuted; /* of these, acknowledgements of a request, whose answer they should be */
    char text[MISFIT_TEXT]; /* what the last of these was: half a sentence */
};

/* Hears EVENT of the server's own trace. REDACT: octets are not told. */
void misfits_hear(struct misfits *misfits, const struct event *event, bool redact);
/* No request had TOKEN. Of more requests than can be kept, nobody knows. */
bool misfits_never_given(const struct misfits *misfits, struct bytes token);

#endif
