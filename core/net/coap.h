/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint port on libcoap. */
#ifndef NET_COAP_H
#define NET_COAP_H

#include "net/endpoint.h"

struct coap_endpoint_config {
    struct loop *loop;         /* (borrowed) its clock drives the time limits */
    struct chance *chance;     /* (borrowed) tokens, message ids */
    const char *const *listen; /* (borrowed) URIs, coap://host[:port] or coaps://host[:port], to
                                * serve new peers on (port 0: a free one) */
    size_t listen_count;       /* at most LISTENS_MOST; 0: client sessions only */
    const struct server_keys *keys; /* (borrowed) outlives the endpoint; what coaps needs */
    unsigned block_size;            /* 16..1024, power of two; 0: 1024 */
    int64_t ack_timeout_ms;  /* 0: the standard's 2 s. Scales all time limits; libcoap sends again
                              * after 1 s at the earliest */
    unsigned max_retransmit; /* 0: the standard's 4 */
    bool forgets; /* keeps no answers: a request that comes again is served again, against RFC 7252
                   * 4.5; for who wants to be caught */
};

/* NULL with a sentence when the address cannot be bound, parsed or resolved. */
struct endpoint *coap_endpoint_new(const struct coap_endpoint_config *config, struct error *error);

/* "libcoap 4.3.1, TLS: GnuTLS …" for --version. */
void coap_endpoint_version(struct buf *out);

#endif
