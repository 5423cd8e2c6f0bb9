/* SPDX-License-Identifier: Apache-2.0 */
/* Registration on the in-memory network: what is said, when, and every cell of the table. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static struct world *start(void)
{
    struct world *world = world_new(NULL);
    world_register(world);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    return world;
}

static const char *heard(struct world *world)
{
    return buf_text(&world->heard);
}

static const char *events(struct world *world)
{
    return buf_text(&world->events);
}

/* --- what is said --------------------------------------------------------------------- */

START_TEST(registers_with_its_object_list)
{
    struct world *world = world_new(NULL);
    device_register(world->device);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_PENDING);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_str_eq(heard(world), "POST /rd?ep=urn:imei:490154203237518&lt=300&lwm2m=1.0 "
                                   "</1/0>,</3/0>,</7/0>,</16/0>,</16/1>\n");
    ck_assert_str_eq(events(world),
                     "state /rd off -> pending\n"
                     "state /rd pending -> alive\n"
                     "registered /rd/1 registered \"urn:imei:490154203237518\" with the server at "
                     "\"coap://server\"\n");
    world_free(world);
}
END_TEST

START_TEST(says_that_a_profile_without_accounts_has_no_server)
{
    struct world *world = world_new("{\"endpoint\": \"e\", \"servers\": []}");
    device_register(world->device);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    ck_assert_ptr_nonnull(strstr(events(world), "error there is no server to register with: the "
                                                "device has no account; trying again in 2 s\n"));
    const struct account *account = registration_account(world->device->registrations);
    ck_assert_ptr_null(account->address);
    ck_assert(path_equal(account_resource(account, 1), path_resource(1, 0, 1)));
    ck_assert_int_eq(account_lifetime(account), 86400);
    world_free(world);
}
END_TEST

START_TEST(lists_an_object_without_instances_by_itself)
{
    struct world *world =
        world_new("{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                  " \"objects\": {\"16\": {}}}");
    device_register(world->device);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd?ep=e&lt=86400&lwm2m=1.0 </1/0>,</3/0>,</16>\n");
    world_free(world);
}
END_TEST

START_TEST(tells_versions_and_bindings_that_are_not_the_usual_ones)
{
    struct world *world = world_new(
        "{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 7, \"uri\": \"coap://server\"}],"
        " \"definitions\": {\"30000\": {\"name\": \"Own\", \"version\": \"1.1\", \"multiple\": "
        "true,"
        "   \"resources\": {\"0\": {\"name\": \"A\", \"ops\": \"R\", \"type\": \"integer\"}}}},"
        " \"objects\": {\"1\": {\"0\": {\"7\": \"UQ\"}}, \"30000\": {\"2\": {\"0\": 1}}}}");
    device_register(world->device);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd?ep=e&lt=86400&lwm2m=1.0&b=UQ "
                                   "</1/0>,</3/0>,</30000>;ver=\"1.1\",</30000/2>\n");
    world_free(world);
}
END_TEST

START_TEST(sends_a_new_lifetime_at_once_and_alone)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "20"), CODE_CHANGED);
    ck_assert_uint_eq(world->heard_before_answer, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1?lt=20\n");
    world_forget(world);
    world_run(world, 9999);
    ck_assert_str_eq(heard(world), "");
    world_run(world, 1);
    ck_assert_str_eq(heard(world), "POST /rd/1\n");
    world_free(world);
}
END_TEST

START_TEST(sends_no_update_when_the_lifetime_stays_the_same)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "300"), CODE_CHANGED);
    world_run(world, SECOND);
    ck_assert_str_eq(heard(world), "");
    world_free(world);
}
END_TEST

START_TEST(refuses_a_lifetime_that_no_server_takes)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "-5"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "0"), CODE_BAD_REQUEST);
    world_run(world, SECOND);
    ck_assert_str_eq(heard(world), "");
    world_free(world);
}
END_TEST

START_TEST(sends_a_new_binding)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/7", 0, "UQ"), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1?b=UQ\n");
    world_free(world);
}
END_TEST

START_TEST(sends_the_whole_list_after_a_create_and_a_delete)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", -1, NULL), CODE_CREATED);
    ck_assert_uint_eq(world->heard_before_answer, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1 </1/0>,</3/0>,</7/0>,</16/0>,</16/1>,</16/2>\n");
    world_forget(world);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", -1, NULL), CODE_DELETED);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1 </1/0>,</3/0>,</7/0>,</16/1>,</16/2>\n");
    ck_assert_uint_eq(world_count(&world->events, "updated /rd/1"), 1);
    world_free(world);
}
END_TEST

START_TEST(updates_on_request_without_parameters)
{
    struct world *world = start();
    device_update(world->device);
    world_run(world, 0);
    ck_assert_int_eq(world_do(world, CODE_POST, "/1/0/8", -1, NULL), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1\nPOST /rd/1\n");
    world_free(world);
}
END_TEST

START_TEST(deregisters_at_its_location)
{
    struct world *world = start();
    device_deregister(world->device);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_LEAVING);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_OFF);
    ck_assert_str_eq(heard(world), "DELETE /rd/1\n");
    ck_assert_str_eq(events(world), "state /rd alive -> leaving\n"
                                    "state /rd leaving -> off\n"
                                    "deregistered /rd/1\n");
    world_run(world, HOUR);
    ck_assert_str_eq(heard(world), "DELETE /rd/1\n");
    world_free(world);
}
END_TEST

START_TEST(uses_the_server_that_it_is_told)
{
    struct world *world = world_new(NULL);
    struct endpoint *other = fake_endpoint_new(world->net, "coap://other");
    struct device *device = device_new(&(struct device_config){.profile = world->profile,
                                                               .clock = world->clock,
                                                               .endpoint = world->device_end,
                                                               .component = world->component,
                                                               .uri = "coap://other"});
    device_register(device);
    world_run(world, 0);
    ck_assert_uint_eq(fake_endpoint_peers(other), 1);
    device_free(device);
    endpoint_free(other);
    world_free(world);
}
END_TEST

/* --- needs that come at a bad moment -------------------------------------------------- */

START_TEST(does_not_lose_what_changes_while_an_update_is_under_way)
{
    struct world *world = start();
    fake_net_delay(world->net, 100);
    device_update(world->device);
    world_run(world, 50);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_UPDATING);
    struct error error;
    ck_assert_int_eq(device_set(world->device, path_resource(1, 0, 1), value_integer(60), &error),
                     ST_OK);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", -1, NULL), CODE_CREATED);
    world_run(world, SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1\n"), 1);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1?lt=60"), 1);
    ck_assert_ptr_nonnull(strstr(heard(world), "</16/2>"));
    world_free(world);
}
END_TEST

START_TEST(does_not_lose_what_changes_while_it_registers)
{
    struct world *world = world_new(NULL);
    struct error error;
    fake_net_delay(world->net, 100);
    device_register(world->device);
    world_run(world, 50);
    ck_assert_int_eq(device_set(world->device, path_resource(1, 0, 1), value_integer(60), &error),
                     ST_OK);
    world_run(world, SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 1);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1?lt=60\n"), 1);
    world_free(world);
}
END_TEST

START_TEST(puts_everything_that_changed_into_one_update)
{
    struct world *world = start();
    struct error error;
    ck_assert_int_eq(device_set(world->device, path_resource(1, 0, 1), value_integer(60), &error),
                     ST_OK);
    ck_assert_int_eq(device_set(world->device, path_resource(1, 0, 7), value_string("UQ"), &error),
                     ST_OK);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1?lt=60&b=UQ\n");
    world_free(world);
}
END_TEST

START_TEST(counts_the_lifetime_from_when_the_update_was_sent)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "20"), CODE_CHANGED);
    fake_net_delay(world->net, 2 * SECOND);
    world_run(world, 0); /* sent; the answer comes 4 s later */
    world_run(world, 9 * SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1\n"), 0);
    world_run(world, 3 * SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1\n"), 1);
    world_free(world);
}
END_TEST

/* --- bad days ------------------------------------------------------------------------- */

START_TEST(keeps_a_short_lifetime_over_a_day)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "20"), CODE_CHANGED);
    world_run(world, 24 * HOUR);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1?lt=20\n"), 1);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1\n"), 8640);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 0);
    ck_assert_uint_eq(world_count(&world->events, "error"), 0);
    world_free(world);
}
END_TEST

START_TEST(updates_early_enough_for_repetitions_when_the_lifetime_is_long)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 0, "86400"), CODE_CHANGED);
    world_run(world, 0);
    world_forget(world);
    world_run(world, (86400 - 94) * SECOND);
    ck_assert_str_eq(heard(world), "");
    world_run(world, SECOND);
    ck_assert_str_eq(heard(world), "POST /rd/1\n");
    world_free(world);
}
END_TEST

START_TEST(takes_a_lifetime_of_zero_or_a_huge_one_for_endless)
{
    struct world *world = start();
    struct path lifetime = path_resource(1, 0, ACCOUNT_LIFETIME);
    struct error error;
    ck_assert_int_eq(device_set(world->device, lifetime, value_integer(0), &error), ST_OK);
    world_run(world, 24 * HOUR);
    ck_assert_str_eq(heard(world), "POST /rd/1?lt=0\n");
    world_forget(world);
    ck_assert_int_eq(device_set(world->device, lifetime, value_integer(INT64_MAX), &error), ST_OK);
    world_run(world, 24 * HOUR);
    ck_assert_str_eq(heard(world), "POST /rd/1?lt=9223372036854775807\n");
    world_free(world);
}
END_TEST

START_TEST(registers_again_when_the_server_forgot_it)
{
    struct world *world = start();
    world->update_code = CODE_NOT_FOUND;
    device_update(world->device);
    world_run(world, 0);
    ck_assert_str_eq(heard(world), "POST /rd/1\n"
                                   "POST /rd?ep=urn:imei:490154203237518&lt=300&lwm2m=1.0 "
                                   "</1/0>,</3/0>,</7/0>,</16/0>,</16/1>\n");
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_uint_eq(
        world_count(&world->events,
                    "warning the server at \"coap://server\" refused the update of "
                    "\"urn:imei:490154203237518\": 4.04 Not Found; registering again"),
        1);
    ck_assert_uint_eq(fake_endpoint_peers(world->server_end), 1);
    world_free(world);
}
END_TEST

START_TEST(registers_again_after_any_other_refusal_of_an_update)
{
    const uint8_t codes[] = {CODE_BAD_REQUEST, CODE_FORBIDDEN, CODE_INTERNAL_ERROR};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct world *world = start();
        world->update_code = codes[i];
        device_update(world->device);
        world_run(world, 0);
        ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 1);
        ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
        world_free(world);
    }
}
END_TEST

START_TEST(backs_off_when_the_server_says_no)
{
    struct world *world = world_new(NULL);
    world->register_code = CODE_FORBIDDEN;
    device_register(world->device);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    ck_assert_uint_eq(
        world_count(&world->events,
                    "error the server at \"coap://server\" refused the registration of "
                    "\"urn:imei:490154203237518\": 4.03 Forbidden; trying again in 2 s\n"),
        1);
    world_run(world, 2 * SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 2);
    world_run(world, 3999);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 2);
    world_run(world, 1);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 3);
    /* 2, 4, 8, 16, 32 s, then every 60 s */
    world_forget(world);
    world_run(world, (8 + 16 + 32) * SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 3);
    world_run(world, 600 * SECOND);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 13);
    world->register_code = 0;
    world_run(world, 60 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_uint_eq(fake_endpoint_peers(world->device_end), 1);
    world_free(world);
}
END_TEST

START_TEST(begins_the_back_off_anew_after_a_success)
{
    struct world *world = world_new(NULL);
    world->register_code = CODE_FORBIDDEN;
    device_register(world->device);
    world_run(world, 20 * SECOND);
    world->register_code = 0;
    world_run(world, 20 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_forget(world);
    world->update_code = CODE_NOT_FOUND;
    world->register_code = CODE_FORBIDDEN;
    device_update(world->device);
    world_run(world, 0);
    ck_assert_ptr_nonnull(strstr(events(world), "; trying again in 2 s\n"));
    world_free(world);
}
END_TEST

START_TEST(says_so_when_nobody_listens)
{
    struct world *world = world_new(NULL);
    endpoint_free(world->server_end);
    world->server_end = NULL;
    device_register(world->device);
    world_run(world, 0);
    ck_assert_str_eq(events(world), "state /rd off -> pending\n"
                                    "state /rd pending -> waiting\n"
                                    "error cannot reach the server at \"coap://server\": nobody "
                                    "listens there; trying again in 2 s\n");
    world_free(world);
}
END_TEST

START_TEST(says_so_when_no_answer_comes)
{
    struct world *world = world_new(NULL);
    fake_endpoint_silence(world->server_end, true);
    device_register(world->device);
    world_run(world, FAKE_GIVE_UP_MS);
    ck_assert_uint_eq(world_count(&world->events, "error cannot reach the server at "
                                                  "\"coap://server\": no answer; trying again in "
                                                  "2 s\n"),
                      1);
    fake_endpoint_silence(world->server_end, false);
    world_run(world, 2 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

START_TEST(comes_back_after_the_server_vanished)
{
    struct world *world = start();
    fake_endpoint_silence(world->server_end, true);
    world_run(world, HOUR);
    ck_assert_uint_eq(world_count(&world->events, "registered"), 0);
    ck_assert_uint_ge(world_count(&world->events, "error cannot reach the server"), 5);
    fake_endpoint_silence(world->server_end, false);
    world_run(world, 130 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&world->events, "registered"), 1);
    world_free(world);
}
END_TEST

START_TEST(gets_through_when_messages_are_lost)
{
    struct world *world = world_new(NULL);
    fake_net_drop(world->net, 3);
    device_register(world->device);
    world_run(world, 20 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 1);
    world_free(world);
}
END_TEST

START_TEST(wants_a_location)
{
    struct world *world = world_new(NULL);
    world->no_location = true;
    device_register(world->device);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    ck_assert_ptr_nonnull(strstr(events(world), "without telling its location; trying again"));
    world_free(world);
}
END_TEST

START_TEST(says_so_when_its_name_is_too_long)
{
    struct buf profile;
    buf_init(&profile, 1000);
    buf_puts(&profile,
             "{\"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],\"endpoint\": \"");
    for (int i = 0; i < 253; i++)
        buf_puts(&profile, "n");
    buf_puts(&profile, "\"}");
    struct world *world = world_new(buf_text(&profile));
    device_register(world->device);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    ck_assert_ptr_nonnull(strstr(events(world), "is too long; trying again"));
    buf_release(&profile);
    world_free(world);
}
END_TEST

START_TEST(registers_on_a_new_session_when_the_old_one_is_lost)
{
    struct world *world = start();
    fake_endpoint_lose(world->device_end, fake_endpoint_peer(world->device_end, 0));
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    ck_assert_ptr_nonnull(
        strstr(events(world), "error lost the session with the server at \"coap://server\""));
    world_run(world, 2 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

START_TEST(does_not_mind_losing_somebody_else)
{
    struct world *world = start();
    struct peer *stranger = NULL;
    ck_assert_int_eq(endpoint_connect(world->device_end, "coap://nobody", NULL, &stranger, NULL),
                     ST_OK);
    fake_endpoint_lose(world->device_end, stranger);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

START_TEST(goes_away_without_an_answer)
{
    struct world *world = start();
    fake_endpoint_silence(world->server_end, true);
    device_deregister(world->device);
    world_run(world, FAKE_GIVE_UP_MS);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_OFF);
    ck_assert_uint_eq(world_count(&world->events, "deregistered"), 0);
    ck_assert_uint_eq(world_count(&world->events, "warning cannot reach the server"), 1);
    ck_assert_uint_eq(fake_endpoint_peers(world->device_end), 0);
    world_free(world);
}
END_TEST

START_TEST(goes_away_when_the_server_does_not_know_it)
{
    struct world *world = start();
    world->deregister_code = CODE_NOT_FOUND;
    device_deregister(world->device);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_OFF);
    ck_assert_ptr_nonnull(strstr(events(world), "refused the deregistration"));
    world_free(world);
}
END_TEST

UNIT_MAIN("registration", refuses_a_lifetime_that_no_server_takes,
          says_that_a_profile_without_accounts_has_no_server, registers_with_its_object_list,
          lists_an_object_without_instances_by_itself,
          tells_versions_and_bindings_that_are_not_the_usual_ones,
          sends_a_new_lifetime_at_once_and_alone, sends_no_update_when_the_lifetime_stays_the_same,
          sends_a_new_binding, sends_the_whole_list_after_a_create_and_a_delete,
          updates_on_request_without_parameters, deregisters_at_its_location,
          uses_the_server_that_it_is_told, does_not_lose_what_changes_while_an_update_is_under_way,
          does_not_lose_what_changes_while_it_registers,
          puts_everything_that_changed_into_one_update,
          counts_the_lifetime_from_when_the_update_was_sent, keeps_a_short_lifetime_over_a_day,
          updates_early_enough_for_repetitions_when_the_lifetime_is_long,
          takes_a_lifetime_of_zero_or_a_huge_one_for_endless,
          registers_again_when_the_server_forgot_it,
          registers_again_after_any_other_refusal_of_an_update, backs_off_when_the_server_says_no,
          begins_the_back_off_anew_after_a_success, says_so_when_nobody_listens,
          says_so_when_no_answer_comes, comes_back_after_the_server_vanished,
          gets_through_when_messages_are_lost, wants_a_location, says_so_when_its_name_is_too_long,
          registers_on_a_new_session_when_the_old_one_is_lost, does_not_mind_losing_somebody_else,
          goes_away_without_an_answer, goes_away_when_the_server_does_not_know_it)
