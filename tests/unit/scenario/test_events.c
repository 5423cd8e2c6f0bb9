/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of events. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct events events;

static void hear(enum actor_event_kind kind, struct path path)
{
    struct actor_event event = {
        .kind = kind, .server = 1, .endpoint = "dev", .path = path, .method = 2};
    events_add(&events, &event);
}

static void notify(struct path path, int64_t value)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = 0x45;
    outcome.decoded = records_add(&outcome.values, path, value_integer(value));
    struct actor_event event = {
        .kind = ACTOR_NOTIFIED, .server = 1, .path = path, .outcome = &outcome};
    events_add(&events, &event);
    outcome_release(&outcome);
}

/* Takes for the only step below the header. */
static const struct heard *take(const char *line)
{
    char text[200];
    snprintf(text, sizeof text, HEADER "%s\n", line);
    struct scenario *scenario = checked(text);
    const struct heard *heard = events_take(&events, &scenario->steps[0]);
    scenario_free(scenario);
    return heard;
}

START_TEST(each_path_has_its_own_order)
{
    notify(path_resource(16, 0, 3), 1);
    notify(path_resource(16, 0, 2), 7);
    notify(path_resource(16, 0, 3), 2);
    const struct heard *heard = take("expect notify /16/0/3");
    ck_assert_int_eq(heard->outcome.values.items[0].value.integer, 1);
    heard = take("expect notify /16/0/3");
    ck_assert_int_eq(heard->outcome.values.items[0].value.integer, 2);
    ck_assert_ptr_null(take("expect notify /16/0/3"));
    ck_assert_ptr_null(take("expect notify /16/0"));
    ck_assert_ptr_nonnull(take("expect notify /16/0/2"));
    events_release(&events);
}
END_TEST

START_TEST(each_kind_is_taken_by_its_step)
{
    static const struct {
        enum actor_event_kind kind;
        const char *line;
    } rows[] = {{ACTOR_REGISTERED, "expect fresh register"},
                {ACTOR_REGISTERED, "expect register"},
                {ACTOR_REGISTERED, "expect no register within 1s"},
                {ACTOR_UPDATED, "expect update"},
                {ACTOR_DEREGISTERED, "expect deregister"},
                {ACTOR_EXPIRED, "expect expiry"},
                {ACTOR_NOTIFIED, "expect notify /16"},
                {ACTOR_NOTIFIED, "expect no notify /16 within 1s"},
                {ACTOR_REQUESTED, "expect request POST /16"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        hear(rows[i].kind == ACTOR_EXPIRED ? ACTOR_DEREGISTERED : ACTOR_EXPIRED, path_object(16));
        ck_assert_ptr_null(take(rows[i].line));
        hear(rows[i].kind, path_object(16));
        ck_assert_ptr_nonnull(take(rows[i].line));
        ck_assert_ptr_null(take(rows[i].line));
        events_release(&events);
    }
}
END_TEST

START_TEST(requests_need_method_and_path)
{
    hear(ACTOR_REQUESTED, path_object(16));
    ck_assert_ptr_null(take("expect request GET /16"));
    ck_assert_ptr_null(take("expect request POST /16/0"));
    ck_assert_ptr_nonnull(take("expect request POST /16"));
    events_release(&events);
}
END_TEST

START_TEST(what_an_end_says_is_known_by_a_part_of_it)
{
    struct actor_event event = {.kind = ACTOR_FAILED, .text = "cannot reach it: alert 40"};
    events_add(&events, &event);
    ck_assert_ptr_null(take("expect secured"));
    ck_assert_ptr_null(take("expect failure \"alert 42\""));
    ck_assert_ptr_nonnull(take("expect failure \"alert 40\""));
    event =
        (struct actor_event){.kind = ACTOR_SECURED, .text = "DTLS1.2 TLS_PSK_WITH_AES_128_CCM_8"};
    events_add(&events, &event);
    ck_assert_ptr_null(take("expect failure"));
    ck_assert_ptr_null(take("expect secured \"ECDHE\""));
    ck_assert_ptr_nonnull(take("expect no secured \"TLS_PSK_\" within 1s"));
    events_add(&events, &event);
    ck_assert_ptr_nonnull(take("expect secured"));
    events_release(&events);
}
END_TEST

START_TEST(a_registration_lives_until_it_ends)
{
    hear(ACTOR_REGISTERED, path_root());
    ck_assert(events_registration(&events, 1)->alive);
    hear(ACTOR_UPDATED, path_root());
    ck_assert(events_registration(&events, 1)->alive);
    hear(ACTOR_DEREGISTERED, path_root());
    ck_assert(!events_registration(&events, 1)->alive);
    hear(ACTOR_REGISTERED, path_root());
    hear(ACTOR_EXPIRED, path_root());
    ck_assert(!events_registration(&events, 1)->alive);
    events_release(&events);
}
END_TEST

START_TEST(the_last_list_and_lifetime_are_known)
{
    struct actor_event event = {.kind = ACTOR_REGISTERED,
                                .server = 1,
                                .has_list = true,
                                .links = "</3/0>",
                                .lifetime = "300"};
    events_add(&events, &event);
    ck_assert_str_eq(events_registration(&events, 1)->links, "</3/0>");
    event = (struct actor_event){.kind = ACTOR_UPDATED, .server = 1, .lifetime = "20"};
    events_add(&events, &event);
    ck_assert_str_eq(events_registration(&events, 1)->links, "</3/0>");
    ck_assert_str_eq(events_registration(&events, 1)->lifetime, "20");
    event = (struct actor_event){
        .kind = ACTOR_UPDATED, .server = 1, .has_list = true, .links = "</16/0>"};
    events_add(&events, &event);
    ck_assert_str_eq(events_registration(&events, 1)->links, "</16/0>");
    ck_assert_str_eq(events_registration(&events, 1)->lifetime, "20");
    events_release(&events);
}
END_TEST

START_TEST(skipped_registrations_are_not_fresh)
{
    hear(ACTOR_REGISTERED, path_root());
    hear(ACTOR_UPDATED, path_root());
    events_skip_registrations(&events, EVERY_SERVER);
    ck_assert_ptr_null(take("expect fresh register"));
    ck_assert_ptr_nonnull(take("expect update"));
    hear(ACTOR_REGISTERED, path_root());
    ck_assert_ptr_nonnull(take("expect fresh register"));
    events_release(&events);
}
END_TEST

START_TEST(the_queue_has_a_most)
{
    for (size_t i = 0; i < EVENTS_MOST + 3; i++)
        hear(ACTOR_UPDATED, path_root());
    ck_assert_uint_eq(events.count, EVENTS_MOST);
    ck_assert_uint_eq(events.dropped, 3);
    events_release(&events);
}
END_TEST

UNIT_MAIN("events", each_path_has_its_own_order, each_kind_is_taken_by_its_step,
          requests_need_method_and_path, what_an_end_says_is_known_by_a_part_of_it,
          a_registration_lives_until_it_ends, the_last_list_and_lifetime_are_known,
          skipped_registrations_are_not_fresh, the_queue_has_a_most)
