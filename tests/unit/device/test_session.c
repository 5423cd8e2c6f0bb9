/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of accounts: which of them are secured, and with what. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

static enum status open_session(struct world *world, struct peer **out, struct error *error)
{
    error_clear(error);
    *out = NULL;
    return session_open(registration_account(world->device->registrations), out, error);
}

START_TEST(an_account_without_security_is_plain)
{
    struct world *world = world_new(NULL);
    struct peer *peer;
    struct error error;
    ck_assert_int_eq(open_session(world, &peer, &error), ST_OK);
    ck_assert_ptr_null(peer->security);
    world_free(world);
}
END_TEST

START_TEST(a_pre_shared_key_of_the_profile_secures_it)
{
    struct world *world = world_new(
        "{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coaps://server:5684\","
        " \"security\": {\"mode\": \"psk\", \"identity\": \"me\", \"key\": \"text:secret\"}}]}");
    struct peer *peer;
    struct error error;
    device_register(world->device);
    ck_assert_int_eq(open_session(world, &peer, &error), ST_OK);
    ck_assert_ptr_nonnull(peer->security);
    ck_assert_str_eq(peer->security->identity, "me");
    world_free(world);
}
END_TEST

UNIT_MAIN("session", an_account_without_security_is_plain,
          a_pre_shared_key_of_the_profile_secures_it)
