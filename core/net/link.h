/* SPDX-License-Identifier: Apache-2.0 */
/* A connection in messages: CoAP over TCP and TLS (RFC 8323). Capabilities are exchanged, Pings are
 * answered, and whatever the other end may not do ends it. */
#ifndef NET_LINK_H
#define NET_LINK_H

#include <sys/socket.h>

#include "base/clock.h"
#include "net/frame.h"
#include "net/tls.h"

struct tcp;

enum link_state {
    LINK_CONNECTING,
    LINK_HANDSHAKE, /* of TLS */
    LINK_OPEN,      /* messages go out */
    LINK_ENDED      /* and nothing more comes of it */
};

enum { LINK_NAME = 64, LINK_OPEN_MS = 10000, LINK_IDLE_MS = 300000 };

struct link {
    void (*ready)(void *link, uint32_t events); /* first: what the poller calls */
    struct tcp *tcp;                            /* (borrowed) */
    struct link *next;                          /* (borrowed) */
    void *user;                                 /* (borrowed) who frees it; NULL: nobody yet */
    int fd;
    enum link_state state;
    char name[LINK_NAME];
    bool is_client;
    bool is_refused;  /* nobody listened there */
    bool is_held;     /* not given up for silence */
    bool has_csm;     /* the other end told its capabilities */
    bool wants_write; /* asked of the poller */
    size_t most;      /* octets of a message that the other end takes */
    struct tls *tls;  /* (owned) NULL: plain text */
    struct buf in;
    struct buf out;
    struct timer limit; /* to become open, later of silence */
};

/* Over FD, which is the link's from now on. */
void link_begin(struct link *link, struct tcp *tcp, int fd, bool is_client);
/* TLS is to be spoken. */
void link_secure(struct link *link, struct tls *tls);
/* The socket is connected: goes on with the handshake, or opens. */
void link_go(struct link *link);
/* Queues PACKET and sends what can go. Before the link is open it waits. False: it has ended. */
bool link_send(struct link *link, const struct packet *packet);
/* Whether it stays however long nothing comes; one that was begun here does. */
void link_hold(struct link *link, bool is_held);
/* Ends it: who owns it is told, unless IS_SILENT. What is queued goes out if it can at once. */
void link_end(struct link *link, bool is_silent);
/* Forgets everything; ended already. */
void link_release(struct link *link);
/* Everything that was sent is in the hands of the socket. */
bool link_is_flushed(const struct link *link);

#endif
