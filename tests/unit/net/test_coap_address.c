/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen on: a port has one owner. */
#include "base/std.h"

#include "tests/unit/net/coap_world.h"

static unsigned port_of(const char *uri)
{
    return (unsigned)strtoul(strrchr(uri, ':') + 1, NULL, 10);
}

/* Of a few hundred ports that are shared with whoever has them, some would come twice. */
START_TEST(no_two_endpoints_get_the_same_port)
{
    enum { ENDPOINTS = 50 };
    static const char any[] = "coap://127.0.0.1:0";
    static const char *const places[LISTENS_MOST] = {any, any, any, any, any, any, any, any};
    static bool is_used[65536];
    struct world world;
    struct side sides[ENDPOINTS] = {{.endpoint = NULL}};
    world_start(&world);
    for (size_t i = 0; i < ENDPOINTS; i++) {
        side_start(&world, &sides[i], &(struct listening){places, LISTENS_MOST, NULL}, 0);
        ck_assert_uint_eq(sides[i].endpoint->local_count, LISTENS_MOST);
        for (size_t k = 0; k < LISTENS_MOST; k++) {
            unsigned port = port_of(sides[i].endpoint->local[k]);
            ck_assert_uint_gt(port, 0);
            ck_assert_msg(!is_used[port], "%u comes twice", port);
            is_used[port] = true;
        }
    }
    for (size_t i = 0; i < ENDPOINTS; i++)
        endpoint_free(sides[i].endpoint);
    side_init(&world, &world.device, NULL, 0);
    side_init(&world, &world.server, NULL, 0);
    world_release(&world);
}
END_TEST

START_TEST(a_port_that_is_taken_is_refused)
{
    struct world world;
    struct error error = {0};
    world_start(&world);
    side_init(&world, &world.device, NULL, 0);
    side_init(&world, &world.server, "coap://127.0.0.1:0", 0);
    const char *const taken[] = {world.server.endpoint->local[0]};
    struct coap_endpoint_config config = {
        .loop = world.loop, .chance = &world.chance, .listen = taken, .listen_count = 1};
    ck_assert_ptr_null(coap_endpoint_new(&config, &error));
    ck_assert_ptr_nonnull(strstr(error.text, taken[0]));
    ck_assert_ptr_nonnull(strstr(error.text, "Address already in use"));
    world_release(&world);
}
END_TEST

UNIT_MAIN("coap_address", no_two_endpoints_get_the_same_port, a_port_that_is_taken_is_refused)
