/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.2 over a connected socket that does not block. One file for each kind of TLS library,
 * chosen when the program is built. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/security.h"

bool tls_is_possible(void); /* this build has it */

struct tls;      /* a session; opaque */
struct tls_side; /* what the sessions of a server share; opaque */

/* NULL when the keys are not good. KEYS (borrowed) outlives it. */
struct tls_side *tls_side_new(const struct server_keys *keys);
void tls_side_free(struct tls_side *side);

/* A session over FD, a socket that may still be about to connect; NULL when the keys are not good.
 */
struct tls *tls_new_client(int fd, const struct security *security);
struct tls *tls_new_server(int fd, struct tls_side *side);
/* The end of it; when it is established the other end is told. */
void tls_free(struct tls *tls);
/* The TLS library's own session, for coap_tls_…; borrowed. */
void *tls_session(struct tls *tls);
/* The identity of a client that came with a pre-shared key; data NULL: it did not. Borrowed. */
struct bytes tls_psk_identity(const struct tls *tls);

enum tls_step {
    TLS_DONE,
    TLS_WANTS_READ,  /* again, when the socket can be read */
    TLS_WANTS_WRITE, /* again, when it can be written */
    TLS_ENDED        /* refused, broken, or closed by the other end */
};
MUST_USE enum tls_step tls_handshake(struct tls *tls);
/* Why that was TLS_ENDED: the end of a sentence, with the alert if there was one; borrowed. */
const char *tls_problem(const struct tls *tls);
/* TLS_DONE: *OUT_LEN octets, 1 to SIZE. */
MUST_USE enum tls_step tls_read(struct tls *tls, uint8_t *out, size_t size, size_t *out_len);
/* Octets have come and can be read without the socket. */
bool tls_has_more(const struct tls *tls);
/* TLS_DONE: the first *OUT_LEN of OCTETS have gone. After TLS_WANTS_WRITE they must come again,
 * with others behind them or not. */
MUST_USE enum tls_step tls_write(struct tls *tls, struct bytes octets, size_t *out_len);

#endif
