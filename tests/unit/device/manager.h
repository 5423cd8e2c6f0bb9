/* SPDX-License-Identifier: Apache-2.0 */
/* What a server that manages a device says, in few words. */
#ifndef TESTS_UNIT_DEVICE_MANAGER_H
#define TESTS_UNIT_DEVICE_MANAGER_H

#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum {
    NO_FORMAT = -1,
    TEXT = 0,
    LINKS = 40,
    OPAQUE = 42,
    CBOR = 60,
    SENML_JSON = 110,
    SENML_CBOR = 112,
    TLV = 11542,
    JSON = 11543,
    OLD_TLV = 1542
};

static inline struct world *start_with(const char *profile)
{
    struct world *world = world_new(profile);
    world_register(world);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    return world;
}

static inline struct world *start(void)
{
    return start_with(NULL);
}

static inline uint8_t read_as(struct world *world, const char *uri, int accept)
{
    world_ask(world, CODE_GET, uri)->accept = accept;
    return world_send(world);
}

static inline uint8_t get(struct world *world, const char *uri)
{
    return read_as(world, uri, NO_FORMAT);
}

/* The value of a resource as text. */
static inline const char *value_at(struct world *world, const char *uri)
{
    return read_as(world, uri, TEXT) == CODE_CONTENT ? world_text(world) : "(none)";
}

#endif
