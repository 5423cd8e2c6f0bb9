/* SPDX-License-Identifier: Apache-2.0 */
/* The relay between two plain sockets, in virtual time. */
#ifndef TESTS_UNIT_NET_RELAY_WORLD_H
#define TESTS_UNIT_NET_RELAY_WORLD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/relay.h"
#include "tests/unit/unit.h"

enum { WAIT_TURNS = 4, MANY = 1000, HANDFUL = 50 };

struct world {
    struct clock *clock;
    struct loop *loop;
    struct chance chance;
    struct relay *relay;
    int device;
    int server;
    struct sockaddr_in relay_at;
    struct sockaddr_in seen; /* where the last datagram at the server came from */
};

static inline int open_at_loopback(struct sockaddr_in *out)
{
    socklen_t len = sizeof *out;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    *out =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    ck_assert_int_eq(bind(fd, (struct sockaddr *)out, sizeof *out), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)out, &len), 0);
    return fd;
}

static inline void world_init(struct world *world)
{
    struct sockaddr_in at;
    char server[32];
    struct error error;
    error_clear(&error);
    *world = (struct world){.clock = clock_new_virtual(0)};
    world->loop = loop_new(world->clock);
    chance_init_seed(&world->chance, 16);
    world->server = open_at_loopback(&at);
    snprintf(server, sizeof server, "127.0.0.1:%u", ntohs(at.sin_port));
    const struct relay_config config = {world->loop, &world->chance, server, NULL};
    ck_assert_int_eq(relay_new(&config, &world->relay, &error), ST_OK);
    world->device = open_at_loopback(&at);
    world->relay_at = at;
    world->relay_at.sin_port =
        htons((uint16_t)strtoul(strrchr(relay_address(world->relay), ':') + 1, NULL, 10));
}

static inline void world_release(struct world *world)
{
    relay_free(world->relay);
    loop_free(world->loop);
    clock_free(world->clock);
    close(world->device);
    close(world->server);
}

/* Lets datagrams pass; no time does. */
static inline void turn(struct world *world)
{
    for (unsigned i = 0; i < WAIT_TURNS; i++)
        loop_turn(world->loop, 0);
}

static inline void send_octets(struct world *world, struct bytes octets)
{
    ck_assert_int_eq(sendto(world->device, octets.data, octets.len, 0,
                            (struct sockaddr *)&world->relay_at, sizeof world->relay_at),
                     (ssize_t)octets.len);
    turn(world);
}

static inline void send_up(struct world *world, const char *text)
{
    send_octets(world, bytes_of(text));
}

static inline void send_down(struct world *world, const char *text)
{
    ck_assert_int_eq(sendto(world->server, text, strlen(text), 0, (struct sockaddr *)&world->seen,
                            sizeof world->seen),
                     (ssize_t)strlen(text));
    turn(world);
}

/* What came to the server, blanks between datagrams. */
static inline const char *at_server(struct world *world)
{
    static char text[256];
    socklen_t len = sizeof world->seen;
    size_t at = 0;
    for (ssize_t got = 0; got >= 0 && at < sizeof text - 40;) {
        got = recvfrom(world->server, text + at, 32, 0, (struct sockaddr *)&world->seen, &len);
        at += got < 0 ? 0 : (size_t)got;
        if (got >= 0)
            text[at++] = ' ';
    }
    text[at > 0 ? at - 1 : 0] = '\0';
    return text;
}

static inline const char *at_device(struct world *world)
{
    static char text[32];
    ssize_t got = recv(world->device, text, sizeof text - 1, 0);
    text[got < 0 ? 0 : got] = '\0';
    return text;
}

#endif
