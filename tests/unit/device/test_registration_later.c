/* SPDX-License-Identifier: Apache-2.0 */
/* What registration has beyond LwM2M 1.0: version, root link, and retries as object 1 says. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { SECOND = 1000 };

#define DEVICE_1_1(SERVER)                                                                         \
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"lifetime\": 300,"                                 \
    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"                                   \
    " \"objects\": {\"1\": {\"0\": {" SERVER "}}, \"16\": {\"0\": {\"0\": {\"0\": \"a\"}}}}}"

static const char ROOT[] = "</>;rt=\"oma.lwm2m\";ct=\"110 112\","
                           "</1>;ver=1.1,</1/0>,</3>;ver=1.1,</3/0>,</16/0>\n";

static unsigned count_registers(struct world *world)
{
    return world_count(&world->heard, "POST /rd?");
}

/* A device whose server refuses it, right after it was refused for the first time. */
static struct world *refused(const char *profile)
{
    struct world *world = world_new(profile);
    world->register_code = CODE_FORBIDDEN;
    device_register(world->device);
    world_run(world, 0);
    ck_assert_uint_eq(count_registers(world), 1);
    return world;
}

/* --- what is said --------------------------------------------------------------------- */

START_TEST(tells_its_version_where_its_objects_are_and_in_which_formats)
{
    struct world *world = world_new(DEVICE_1_1(""));
    char text[300];
    device_register(world->device);
    world_run(world, 0);
    snprintf(text, sizeof text, "POST /rd?ep=e&lt=300&lwm2m=1.1 %s", ROOT);
    ck_assert_str_eq(buf_text(&world->heard), text);
    world_forget(world);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", -1, NULL), CODE_DELETED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1 </>;rt=\"oma.lwm2m\";ct=\"110 112\","
                                              "</1>;ver=1.1,</1/0>,</3>;ver=1.1,</3/0>,</16>\n");
    world_free(world);
}
END_TEST

START_TEST(registers_as_the_older_version_when_the_server_has_no_newer)
{
    struct world *world = world_new(DEVICE_1_1(""));
    world->register_code = CODE_PRECONDITION_FAILED;
    fake_net_delay(world->net, 10);
    device_register(world->device);
    world_run(world, 20);
    world->register_code = 0;
    world_run(world, SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?ep=e&lt=300&lwm2m=1.1 </>;"), 1);
    ck_assert_uint_eq(
        world_count(&world->heard, "POST /rd?ep=e&lt=300&lwm2m=1.0 </1>;ver=\"1.1\","), 1);
    world_ask(world, CODE_GET, "/1")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_int_eq(strncmp(world_text(world), "</1>;ver=\"1.1\",", 15), 0);
    ck_assert_uint_eq(world_count(&world->events,
                                  "warning the server at \"coap://server\" refused the "
                                  "registration of \"e\": 4.12 Precondition Failed; registering "
                                  "as a device of LwM2M 1.0\n"),
                      1);
    world_free(world);
}
END_TEST

START_TEST(backs_off_when_the_server_does_not_have_the_oldest_version_either)
{
    struct world *world = world_new(DEVICE_1_1(""));
    world->register_code = CODE_PRECONDITION_FAILED;
    device_register(world->device);
    world_run(world, 0);
    ck_assert_uint_eq(count_registers(world), 2);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    world_free(world);
}
END_TEST

START_TEST(tries_the_newer_version_again_in_the_next_session)
{
    struct world *world = world_new(DEVICE_1_1(""));
    world->register_code = CODE_PRECONDITION_FAILED;
    device_register(world->device);
    world_run(world, 0);
    world_forget(world);
    world->register_code = 0;
    world_run(world, 60 * SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?ep=e&lt=300&lwm2m=1.1 </>;"), 1);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

/* --- retries ---------------------------------------------------------------------------- */

START_TEST(waits_a_day_after_five_attempts_unless_told_otherwise)
{
    static const int64_t pauses[] = {60, 120, 240, 480, 86400, 60, 120};
    struct world *world = refused(DEVICE_1_1(""));
    for (size_t i = 0; i < COUNT_OF(pauses); i++) {
        world_forget(world);
        world_run(world, pauses[i] * SECOND - 1);
        ck_assert_uint_eq(count_registers(world), 0);
        world_run(world, 1);
        ck_assert_uint_eq(count_registers(world), 1);
    }
    world_free(world);
}
END_TEST

START_TEST(counts_and_waits_as_the_server_object_says)
{
    static const int64_t pauses[] = {3, 6, 50, 3, 6, 50};
    struct world *world = refused(DEVICE_1_1("\"17\": 3, \"18\": 3, \"19\": 50"));
    for (size_t i = 0; i < COUNT_OF(pauses); i++) {
        world_forget(world);
        world_run(world, pauses[i] * SECOND - 1);
        ck_assert_uint_eq(count_registers(world), 0);
        world_run(world, 1);
        ck_assert_uint_eq(count_registers(world), 1);
    }
    world_free(world);
}
END_TEST

START_TEST(never_tries_again_after_a_sequence_when_its_delay_is_the_greatest)
{
    static const char *const profiles[] = {
        DEVICE_1_1("\"17\": 2, \"18\": 1, \"19\": 4294967295"),
        DEVICE_1_1("\"17\": 2, \"18\": 1, \"19\": 9223372036854775807"),
    };
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        struct world *world = refused(profiles[i]);
        world_run(world, 1000000000 * INT64_C(1000));
        ck_assert_uint_eq(count_registers(world), 2);
        ck_assert_ptr_nonnull(strstr(buf_text(&world->events), "; not trying again\n"));
        world->register_code = 0;
        device_register(world->device);
        world_run(world, 0);
        ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
        world_free(world);
    }
}
END_TEST

START_TEST(does_not_wait_longer_than_any_clock_runs)
{
    struct world *world = refused(DEVICE_1_1("\"17\": 100, \"18\": 2000000000"));
    ck_assert_ptr_nonnull(strstr(buf_text(&world->events), "; trying again in 1000000000 s\n"));
    world_free(world);
}
END_TEST

START_TEST(makes_one_attempt_for_each_sequence_when_none_is_to_be_repeated)
{
    struct world *world = refused(DEVICE_1_1("\"17\": 0, \"18\": 1, \"19\": 7"));
    world_run(world, 7 * SECOND);
    ck_assert_uint_eq(count_registers(world), 2);
    world_run(world, 7 * SECOND);
    ck_assert_uint_eq(count_registers(world), 3);
    world_free(world);
}
END_TEST

UNIT_MAIN("registration later", tells_its_version_where_its_objects_are_and_in_which_formats,
          registers_as_the_older_version_when_the_server_has_no_newer,
          backs_off_when_the_server_does_not_have_the_oldest_version_either,
          tries_the_newer_version_again_in_the_next_session,
          waits_a_day_after_five_attempts_unless_told_otherwise,
          counts_and_waits_as_the_server_object_says,
          never_tries_again_after_a_sequence_when_its_delay_is_the_greatest,
          does_not_wait_longer_than_any_clock_runs,
          makes_one_attempt_for_each_sequence_when_none_is_to_be_repeated)
