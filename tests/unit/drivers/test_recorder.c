/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder: the header, waits, what AuthData comes from, and its limits. */
#include "base/std.h"

#include "net/message.h"
#include "drivers/recorder_impl.h"
#include "tests/unit/drivers/recording.h"

static struct recording at;

START_TEST(begins_with_the_registration)
{
    recording_open(&at);
    recording_has(&at, "title    \"Recorded from scene\"");
    recording_has(&at, "profile  scene");
    recording_has(&at, "expect register with lt=300 lwm2m=1.0 list "
                       "links exactly(</1/0>,</3/0>,</16/0>,</16/1>)");
    recording_lacks(&at, "device register"); /* a scenario begins with it */
    recording_lacks(&at, "covers");
    ck_assert_uint_eq(recorder_count(at.recorder), 0);
    recording_close(&at);
}
END_TEST

START_TEST(names_what_auth_data_comes_from)
{
    recording_open(&at);
    recording_ask(&at, OPERATION_EXECUTE, "/16/1/1", "0=0,1=3,2=0x2345178,3=4");
    recording_pass(&at, 300);
    recording_ask(&at, OPERATION_READ, "/16/1/2", NULL);
    recording_ask(&at, OPERATION_READ, "/16/1/2", NULL);
    recording_ask(&at, OPERATION_EXECUTE, "/16/1/1", "0=1,1=3,2=9");
    recording_pass(&at, 300);
    recording_ask(&at, OPERATION_READ, "/16", NULL);
    recording_has(&at, "covers   PF-AUTH-1 PF-ENC-1");
    recording_has(&at, "execute /16/1/1 \"0='0',1='3',2='36983160',3='4'\" => 2.04");
    recording_has(&at, "read /16/1/2                             => 2.05 "
                       "signature(identity=3, challenge=36983160, key=4) format tlv [PF-AUTH-1]");
    recording_has(&at, "read /16/1/2                             => 2.05 empty format tlv");
    recording_has(&at,
                  "read /16                                 => 2.05 {0/0/7=\"none\", "
                  "1/0/0=\"HOST4711\", 1/0/1=\"Acme\", 1/0/2=\"Roadster\", 1/0/3=\"1.4.2\", "
                  "1/2=ciphertext(identity=3, challenge=9, key=0, instance=16/1, data=\"1.4.2\"), "
                  "1/3=1} format tlv [PF-ENC-1]");
    ck_assert_uint_eq(recorder_count(at.recorder), 5);
    recording_close(&at);
}
END_TEST

START_TEST(waits_for_a_process_that_was_over)
{
    recording_open(&at);
    struct stimulus slow = {.kind = STIMULUS_COMPONENT_DELAY, .duration_ms = 1000};
    scene_stimulate(at.device, &slow);
    recording_ask(&at, OPERATION_EXECUTE, "/16/1/1", "0=0,1=3,2=5,3=4");
    recording_pass(&at, 600);
    recording_ask(&at, OPERATION_READ, "/16/1/0/0", NULL);
    recording_pass(&at, 900);
    recording_ask(&at, OPERATION_READ, "/16/1/0/1", NULL);
    recording_pass(&at, 60000);
    recording_ask(&at, OPERATION_READ, "/16/1/0/2", NULL);
    recording_has(&at, "component delay 1000ms");
    recording_has(&at, "wait 300ms\n" /* half, so that it is surely not over */
                       "read /16/1/0/0                           => 2.05 \"HOST4711\" format text");
    recording_has(&at, "wait 1600ms\n" /* half as long again, and a little */
                       "read /16/1/0/1                           => 2.05 \"Acme\" format text");
    recording_has(&at, "wait 2000ms\n" /* a pause that nothing hangs on */
                       "read /16/1/0/2                           => 2.05 \"Roadster\" format text");
    recording_close(&at);
}
END_TEST

START_TEST(waits_for_a_quick_process_too)
{
    recording_open(&at);
    struct stimulus slow = {.kind = STIMULUS_COMPONENT_DELAY, .duration_ms = 20};
    scene_stimulate(at.device, &slow);
    recording_ask(&at, OPERATION_EXECUTE, "/16/1/1", "0=0,1=3,2=5,3=4");
    recording_pass(&at, 40); /* shorter than the pauses that are left out */
    recording_ask(&at, OPERATION_READ, "/16/1/3", NULL);
    recording_has(&at, "wait 130ms\n"
                       "read /16/1/3                             => 2.05 1 format text");
    recording_close(&at);
}
END_TEST

/* What is over in no time may be over in a replay where it was not in the record. */
START_TEST(leaves_a_quick_status_open)
{
    recording_open(&at);
    recording_ask(&at, OPERATION_OBSERVE, "/16/1/3", NULL);
    struct stimulus slow = {.kind = STIMULUS_COMPONENT_DELAY, .duration_ms = 1000};
    scene_stimulate(at.device, &slow);
    recording_ask(&at, OPERATION_EXECUTE, "/16/1/1", "0=0,1=3,2=5,3=4");
    recording_ask(&at, OPERATION_READ, "/16/1/3", NULL);
    recording_has(&at, "observe /16/1/3                          => 2.05 0 format text");
    recording_has(&at, "read /16/1/3                             => 2.05 0..2 format text");
    recording_close(&at);
}
END_TEST

/* By another token it would be another observation in the replay. */
START_TEST(knows_what_is_observed_again)
{
    struct operation operation;
    struct outcome outcome;
    recording_open(&at);
    recording_ask(&at, OPERATION_OBSERVE, "/16/1/3", NULL);
    operation_init(&operation, OPERATION_OBSERVE);
    operation.path = path_resource(16, 1, 3);
    operation.again = true;
    ck_assert_int_eq(scene_perform(at.server, &operation, &outcome), ST_OK);
    outcome_release(&outcome);
    recording_has(&at, "observe /16/1/3                          => 2.05 0 format text");
    recording_has(&at, "observe /16/1/3 again                    => 2.05 0 format text");
    recording_close(&at);
}
END_TEST

START_TEST(has_what_the_owner_did)
{
    recording_open(&at);
    struct stimulus set = {
        .kind = STIMULUS_SET, .path = {{3, 0, 0}, 3}, .value = value_string("Other \"Acme\"")};
    scene_stimulate(at.device, &set);
    value_release(&set.value);
    scene_do(at.device, STIMULUS_SHOW, path_object(3));
    scene_do(at.device, STIMULUS_COMPONENT_PROVISION, path_parent((struct path){{16, 1, 0, 9}, 4}));
    scene_do(at.device, STIMULUS_COMPONENT_FAIL_NEXT, path_root());
    recording_has(&at, "device set /3/0/0 \"Other \\\"Acme\\\"\"\ncomponent fail next");
    recording_lacks(&at, "show");
    recording_lacks(&at, "provision"); /* it was refused */
    recording_close(&at);
}
END_TEST

START_TEST(stops_when_told_to)
{
    recording_open(&at);
    recorder_stop(at.recorder);
    recorder_stop(NULL);
    recording_ask(&at, OPERATION_READ, "/3/0/0", NULL);
    scene_do(at.device, STIMULUS_DEREGISTER, path_root());
    scene_await(&at.scene, ACTOR_DEREGISTERED);
    recording_lacks(&at, "read");
    recording_lacks(&at, "deregister");
    recording_close(&at);
}
END_TEST

START_TEST(ends_when_it_is_full)
{
    recording_open(&at);
    for (unsigned i = 0; i < RECORDED_STEPS_MOST; i++) {
        at.scene.heard_count = 0;
        recording_ask(&at, OPERATION_READ, "/3/0/0", NULL);
    }
    const char *text = recording_text(&at);
    unsigned steps = 0;
    for (const char *c = strstr(text, "\nread"); c != NULL; c = strstr(c + 1, "\nread"))
        steps++;
    ck_assert_uint_eq(steps, RECORDED_STEPS_MOST - 1); /* the registration is one */
    ck_assert_ptr_nonnull(strstr(text, "# It is not whole"));
    recording_close(&at);
}
END_TEST

START_TEST(asks_for_the_time_that_it_takes)
{
    recording_open(&at);
    for (unsigned i = 0; i < 25; i++) {
        recording_ask(&at, OPERATION_READ, "/3/0/0", NULL);
        if (i < 20)
            recording_lacks(&at, "\ntimeout ");
        recording_pass(&at, 1800);
    }
    recording_ask(&at, OPERATION_READ, "/3/0/0", NULL);
    recording_has(&at, "timeout  150s"); /* twice 45 s, and a minute */
    recording_close(&at);
}
END_TEST

struct warnings {
    char text[300]; /* the last one */
    unsigned count;
};

static void hear_warning(void *arg, const struct event *event)
{
    struct warnings *heard = arg;
    if (event->kind != EVENT_WARNING)
        return;
    heard->count++;
    snprintf(heard->text, sizeof heard->text, "%s", event->text);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *c = strstr(text, part); c != NULL; c = strstr(c + 1, part))
        count++;
    return count;
}

START_TEST(tells_once_what_it_cannot_follow)
{
    struct warnings heard = {.count = 0};
    struct trace_listener ear = {.hear = hear_warning, .arg = &heard};
    struct message request;
    recording_open(&at);
    trace_listen(&at.scene.trace, &ear);
    message_init(&request);
    request.token_len = 2;
    struct records none;
    records_init(&none);
    for (unsigned i = 0; i < WATCHES_MOST + 2; i++) {
        request.token[0] = (uint8_t)(i >> 8);
        request.token[1] = (uint8_t)i;
        recorder_watch_add(at.recorder, 1, &request, path_resource(9, i, 0), &none);
        ck_assert_uint_eq(heard.count, i < WATCHES_MOST ? 0 : 1);
    }
    ck_assert_str_eq(heard.text, "the record has no room for more than 1024 observations: what is "
                                 "told of others is left out");
    for (unsigned i = 0; i < PROCESSES_MOST + 2; i++)
        ck_assert((recorder_process_begin(at.recorder, i) != NULL) == (i < PROCESSES_MOST));
    for (unsigned i = 0; i < SERVERS_MOST + 2; i++)
        (void)recorder_server(at.recorder, 200 + i);
    ck_assert_uint_eq(heard.count, 3);
    recording_has(&at, "# More than 1024 observations: what is told of others is left out.");
    recording_has(&at, "# More than 256 Portfolio instances with a result: that of others is "
                       "expected as any.");
    ck_assert_uint_eq(count_of(recording_text(&at), "# More than"), 3);
    trace_unlisten(&at.scene.trace, &ear);
    message_release(&request);
    recording_close(&at);
}
END_TEST

UNIT_MAIN("recorder", begins_with_the_registration, names_what_auth_data_comes_from,
          waits_for_a_process_that_was_over, waits_for_a_quick_process_too,
          leaves_a_quick_status_open, knows_what_is_observed_again, has_what_the_owner_did,
          stops_when_told_to, ends_when_it_is_full, asks_for_the_time_that_it_takes,
          tells_once_what_it_cannot_follow)
