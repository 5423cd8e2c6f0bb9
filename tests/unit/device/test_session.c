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

static void hear(void *arg, const struct event *event)
{
    unsigned *count = arg;
    if (event->kind != EVENT_UNSECURED)
        return;
    ck_assert_str_eq(event->side, "device");
    ck_assert_str_eq(event->peer, "server:5684");
    ck_assert_str_eq(event->text, "no secured session with server:5684: alert 40");
    (*count)++;
}

START_TEST(a_handshake_that_failed_is_told_and_one_without_anybody_is_not)
{
    struct world *world = world_new(NULL);
    struct peer_security security = {.problem = "alert 40", .is_refused = true};
    struct peer peer = {.name = "server:5684", .security = &security};
    unsigned count = 0;
    struct trace_listener ear = {.hear = hear, .arg = &count};
    trace_listen(world->device->config.trace, &ear);
    ck_assert_str_eq(session_silence(world->device, &peer, ST_UNREACHABLE), "alert 40");
    ck_assert_uint_eq(count, 1);
    security.is_refused = false;
    ck_assert_str_eq(session_silence(world->device, &peer, ST_UNREACHABLE), "alert 40");
    peer.security = NULL;
    ck_assert_str_eq(session_silence(world->device, &peer, ST_UNREACHABLE), "nobody listens there");
    ck_assert_str_eq(session_silence(world->device, NULL, ST_TIMEOUT), "no answer");
    ck_assert_str_eq(session_silence(world->device, NULL, ST_CANCELLED), status_text(ST_CANCELLED));
    ck_assert_uint_eq(count, 1);
    trace_unlisten(world->device->config.trace, &ear);
    world_free(world);
}
END_TEST

UNIT_MAIN("session", a_handshake_that_failed_is_told_and_one_without_anybody_is_not,
          an_account_without_security_is_plain, a_pre_shared_key_of_the_profile_secures_it)
