/* SPDX-License-Identifier: Apache-2.0 */
/* A deterministic secure component for engine tests: AuthData says what it was made from. */
#ifndef TESTS_FAKE_SECURE_H
#define TESTS_FAKE_SECURE_H

#include "secure/secure.h"

/* Lives in its user, so that the counts can be read after secure_free, which frees nothing. */
struct fake_secure {
    struct secure secure;
    enum secure_result
        result;           /* what compute, verify, open and provision answer; SECURE_OK: work */
    const char *expected; /* (borrowed) what verify expects as text of an identity; NULL: any */
    unsigned computed;    /* calls of compute so far, failed ones too */
    unsigned provisioned; /* identities provisioned: a later signature differs */
    unsigned freed;       /* calls of secure_free */
};

/* Answers SECURE_OK from the start; every instance, identity and key is there. Returns the port. */
struct secure *fake_secure_init(struct fake_secure *fake);
/* Appends what compute gives at this moment, as text: for authentication
 * `sig(/16/1 identity=0 key=0 round=0 challenge=02345178)`, for encryption
 * `enc(/16/1 key=0)` and then data and challenge as they are. */
void fake_secure_expect(const struct fake_secure *fake, const struct secure_request *request,
                        struct buf *out);

#endif
