/* SPDX-License-Identifier: Apache-2.0 */
/* What a server decides while it authenticates or decrypts, and how long it keeps registrations:
 * the seam at which another server's decisions can stand in for the right ones. */
#ifndef SERVER_SERVICE_OPS_H
#define SERVER_SERVICE_OPS_H

#include "base/clock.h"
#include "base/operation.h"

enum { SERVICE_CHALLENGE_TEXT = 24, SERVICE_ARGUMENTS_MOST = 1200 };

/* What GetAuthData is asked for. */
struct service_ask {
    enum service service;
    uint16_t identity, key_index;
    const char *challenge; /* (borrowed) as it goes over the wire */
    const char *extra;     /* (borrowed) further arguments, `4='x'`, or NULL */
};

/* What AuthStatus leads to. */
enum service_course {
    SERVICE_ASKS,    /* reads it, now or after a while */
    SERVICE_FETCHES, /* reads AuthData */
    SERVICE_ENDS     /* takes it for an error */
};
enum { STATUS_UNKNOWN = -1, STATUS_IDLE = 0, STATUS_DATA_AVAIL = 1, STATUS_ERROR = 2 };

struct service_ops {
    void (*challenge)(const struct service_ops *ops, struct chance *chance,
                      char text[SERVICE_CHALLENGE_TEXT]);
    /* Appends the argument list, as it goes over the wire. */
    void (*arguments)(const struct service_ops *ops, const struct service_ask *ask,
                      struct buf *out);
    /* STATUS: AuthStatus, or STATUS_UNKNOWN when GetAuthData was accepted just now. */
    enum service_course (*course)(const struct service_ops *ops, int64_t status);
    /* What the server says of AuthData that TRUTH is true of, then of the identity that can be read
     * and was signed or not. OPENED: what was in a ciphertext, which may change; or NULL. */
    enum judgement (*verdict)(const struct service_ops *ops, enum judgement truth,
                              struct buf *opened);
    /* For how long a registration of LIFETIME seconds is in force after its last message, in ms. */
    int64_t (*keeps)(const struct service_ops *ops, int64_t lifetime);
};
/* As appendix B.2 and the rules PF-SRV-1 to 6 have it. */
extern const struct service_ops service_standard;

#endif
