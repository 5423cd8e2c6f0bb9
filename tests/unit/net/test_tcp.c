/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that come when there is no room, that say nothing, or that have much to say. */
#include "base/std.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/tcp.h"
#include "tests/unit/unit.h"

struct hall {
    struct clock *clock;
    struct tcp *tcp;
    struct sockaddr_in at;
};

static void on_message(void *arg, struct link *link, unsigned refused, struct packet *packet)
{
    UNUSED(arg);
    UNUSED(link);
    UNUSED(refused);
    UNUSED(packet);
}

static void on_refused(void *arg, struct link *link, const char *problem)
{
    UNUSED(arg);
    UNUSED(link);
    UNUSED(problem);
}

static void on_end(void *arg, struct link *link)
{
    UNUSED(arg);
    UNUSED(link);
}

static struct tcp_place place_of(const struct hall *hall)
{
    return (struct tcp_place){(const struct sockaddr *)&hall->at, sizeof hall->at};
}

static void hall_open(struct hall *hall)
{
    const struct tcp_calls calls = {.message = on_message, .refused = on_refused, .ended = on_end};
    char name[LINK_NAME];
    hall->clock = clock_new_virtual(0);
    hall->tcp = tcp_new(hall->clock, &calls);
    hall->at =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_ptr_nonnull(hall->tcp);
    ck_assert(tcp_listen(hall->tcp, place_of(hall), NULL, name));
    hall->at.sin_port = htons((uint16_t)strtoul(strrchr(name, ':') + 1, NULL, 10));
}

static void hall_close(struct hall *hall)
{
    tcp_free(hall->tcp);
    clock_free(hall->clock);
}

static int call(const struct hall *hall)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&hall->at, sizeof hall->at), 0);
    return fd;
}

static bool is_ready(int fd, int ms)
{
    struct pollfd waits = {.fd = fd, .events = POLLIN};
    return poll(&waits, 1, ms) == 1;
}

/* Whether our capabilities come, within a second. */
static bool is_greeted(const struct hall *hall, int fd)
{
    uint8_t octets[64];
    for (unsigned i = 0; i < 100 && !is_ready(fd, 10); i++)
        tcp_run(hall->tcp, false);
    return recv(fd, octets, sizeof octets, MSG_DONTWAIT) > 0;
}

START_TEST(who_finds_no_descriptor_left_waits_without_keeping_us_busy)
{
    struct hall hall;
    struct rlimit before;
    hall_open(&hall);
    int fd = call(&hall);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {.rlim_cur = (rlim_t)fd + 1, .rlim_max = before.rlim_max};
    ck_assert(is_ready(tcp_fd(hall.tcp), 1000));
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    tcp_run(hall.tcp, false);
    ck_assert(!is_ready(tcp_fd(hall.tcp), 0));
    clock_advance(hall.clock, 1000);
    ck_assert(is_ready(tcp_fd(hall.tcp), 0));
    tcp_run(hall.tcp, false);
    ck_assert(!is_ready(tcp_fd(hall.tcp), 0));
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    clock_advance(hall.clock, 1000);
    ck_assert(is_greeted(&hall, fd));
    close(fd);
    hall_close(&hall);
}
END_TEST

START_TEST(who_said_nothing_does_not_keep_others_out)
{
    struct hall hall;
    struct rlimit limit;
    int silent[LINKS_MOST];
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_uint_gt(limit.rlim_max, 2 * LINKS_MOST + 64);
    hall_open(&hall);
    for (size_t i = 0; i < LINKS_MOST; i++) {
        silent[i] = call(&hall);
        ck_assert(is_greeted(&hall, silent[i]));
    }
    clock_advance(hall.clock, LINK_OPEN_MS);
    int fd = call(&hall);
    ck_assert(is_greeted(&hall, fd));
    close(fd);
    for (size_t i = 0; i < LINKS_MOST; i++)
        close(silent[i]);
    hall_close(&hall);
}
END_TEST

/* What waits for a link may fill all its room; our capabilities go before it. */
START_TEST(what_waits_for_a_link_goes_out_whole)
{
    struct hall hall;
    struct packet packet;
    size_t expected = 0;
    size_t got = 0;
    uint8_t octets[4096];
    hall_open(&hall);
    int there = socket(AF_INET, SOCK_STREAM, 0);
    hall.at.sin_port = 0;
    socklen_t len = sizeof hall.at;
    ck_assert_int_eq(bind(there, (const struct sockaddr *)&hall.at, len), 0);
    ck_assert_int_eq(listen(there, 1), 0);
    ck_assert_int_eq(getsockname(there, (struct sockaddr *)&hall.at, &len), 0);
    struct link *link = tcp_connect(hall.tcp, place_of(&hall), NULL);
    ck_assert_ptr_nonnull(link);
    packet_init(&packet);
    packet.message.code = CODE_POST;
    while (link->out.len + 2 <= link->out.limit)
        ck_assert(link_send(link, &packet));
    expected = link->out.len + 6; /* the capabilities as test_link.c has them */
    int fd = accept(there, NULL, NULL);
    for (unsigned i = 0; i < 1000 && got < expected; i++) {
        tcp_run(hall.tcp, false);
        ssize_t count = is_ready(fd, 10) ? recv(fd, octets, sizeof octets, 0) : 0;
        got += count > 0 ? (size_t)count : 0;
    }
    ck_assert_uint_eq(got, expected);
    packet_release(&packet);
    tcp_drop(link);
    close(fd);
    close(there);
    hall_close(&hall);
}
END_TEST

UNIT_MAIN("tcp", who_finds_no_descriptor_left_waits_without_keeping_us_busy,
          who_said_nothing_does_not_keep_others_out, what_waits_for_a_link_goes_out_whole)
