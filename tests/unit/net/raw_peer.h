/* SPDX-License-Identifier: Apache-2.0 */
/* A peer of a libcoap endpoint that sends octets. */
#ifndef TESTS_UNIT_NET_RAW_PEER_H
#define TESTS_UNIT_NET_RAW_PEER_H

#include "tests/unit/net/coap_world.h"

struct raw {
    int fd;
    uint8_t got[2048];
    size_t got_len;
};

/* A socket at FROM, an address of the loopback network, that sends to TO. */
static inline void raw_open_at(struct raw *raw, const struct endpoint *to, uint32_t from)
{
    memset(raw, 0, sizeof *raw);
    raw->fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(from)};
    ck_assert_int_eq(bind(raw->fd, (struct sockaddr *)&here, sizeof here), 0);
    const char *port = strrchr(to->local[0], ':');
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_eq(connect(raw->fd, (struct sockaddr *)&at, sizeof at), 0);
}

static inline void raw_open(struct raw *raw, const struct endpoint *to)
{
    raw_open_at(raw, to, INADDR_LOOPBACK);
}

/* The next datagram for RAW, if there is one within MS. */
static inline bool raw_hear(struct world *world, struct raw *raw, int64_t ms)
{
    int64_t end = clock_now(world->clock) + ms;
    ssize_t got = -1;
    for (;;) {
        got = recv(raw->fd, raw->got, sizeof raw->got, MSG_DONTWAIT);
        if (got > 0 || clock_now(world->clock) >= end)
            break;
        loop_turn(world->loop, 5);
    }
    raw->got_len = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Sends the octets of HEX and waits for nothing. */
static inline void raw_say(struct raw *raw, const char *hex)
{
    struct buf octets;
    buf_init(&octets, 2048);
    ck_assert(parse_hex(bytes_of(hex), &octets));
    ck_assert_int_eq(send(raw->fd, octets.data, octets.len, 0), (ssize_t)octets.len);
    buf_release(&octets);
}

/* The same, and waits a little for an answer. */
static inline void raw_send(struct world *world, struct raw *raw, const char *hex)
{
    while (recv(raw->fd, raw->got, sizeof raw->got, MSG_DONTWAIT) > 0)
        ; /* answers to what was sent before */
    raw_say(raw, hex);
    raw_hear(world, raw, 50);
}

static inline void expect_answer(const struct raw *raw, unsigned code)
{
    ck_assert_uint_ge(raw->got_len, 4);
    ck_assert_uint_eq(raw->got[1], code);
}

#endif
