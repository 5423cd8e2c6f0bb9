/* SPDX-License-Identifier: Apache-2.0 */
/* Where datagrams come from and go to: a numeric host and a port. */
#ifndef NET_UDP_PLACE_H
#define NET_UDP_PLACE_H

#include <sys/socket.h>

#include "base/buf.h"

struct udp_place {
    struct sockaddr_storage address;
    socklen_t len;
};

/* "127.0.0.1:5683", "[::1]:5683"; false when it is no such address. */
MUST_USE bool udp_place_parse(const char *text, struct udp_place *out);
/* The same the other way round; SIZE octets at OUT, its terminator included. */
void udp_place_text(const struct udp_place *place, char *out, size_t size);

#endif
