/* SPDX-License-Identifier: Apache-2.0 */
/* All connections of an endpoint, and the sockets that new ones come by. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/link.h"

enum { LINKS_MOST = 512 }; /* that came by themselves; one more is closed at once */

struct tcp_calls {
    /* A message, from inside tcp_run; PACKET is lent. REFUSED: see frame_read. */
    void (*message)(void *arg, struct link *link, unsigned refused, struct packet *packet);
    /* Its handshake has failed: PROBLEM is the end of a sentence. It ends after that. */
    void (*refused)(void *arg, struct link *link, const char *problem);
    /* It ended without link_end(…, true); whoever owns it frees it after that. */
    void (*ended)(void *arg, struct link *link);
    void *arg; /* (borrowed) */
};

struct tcp; /* opaque */
/* NULL, with errno set, when the system gives no poller. */
struct tcp *tcp_new(struct clock *clock, const struct tcp_calls *calls);
void tcp_free(struct tcp *tcp);    /* all its links are freed before, but those that nobody owns */
int tcp_fd(const struct tcp *tcp); /* can be read when tcp_run has something to do */
/* Does what can be done now. IS_DEAF: links that come are let in, as the system does by itself, but
 * are not listened to. */
void tcp_run(struct tcp *tcp, bool is_deaf);

struct tcp_place {
    const struct sockaddr *address; /* (borrowed) */
    socklen_t len;
};
/* Serves new links at PLACE, secured with SIDE (borrowed, outlives it) unless NULL; puts the
 * address with its port into OUT_NAME. False, with errno set, when it cannot. */
MUST_USE bool tcp_listen(struct tcp *tcp, struct tcp_place place, struct tls_side *side,
                         char out_name[LINK_NAME]);
/* A link that is about to connect, secured with SECURITY unless NULL. NULL, with errno set, when it
 * cannot be. */
struct link *tcp_connect(struct tcp *tcp, struct tcp_place place, const struct security *security);
void tcp_drop(struct link *link); /* ends and frees it; not from inside tcp_run */

/* For link.c. */
const struct tcp_calls *tcp_calls(const struct tcp *tcp);
struct clock *tcp_clock(const struct tcp *tcp);
void tcp_poll(struct link *link, bool for_writing); /* changes what its socket is watched for */
void tcp_let_go(struct link *link); /* it ends: not watched any more, and no longer counted */

#endif
