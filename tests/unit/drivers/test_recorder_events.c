/* SPDX-License-Identifier: Apache-2.0 */
/* What a device says by itself: updates, notifications, new registrations. */
#include "base/std.h"

#include "net/message.h"
#include "tests/unit/drivers/recording.h"

static struct recording at;

static void control(enum server_control what)
{
    struct error error;
    error_clear(&error);
    ck_assert_int_eq(at.server->ops->control(at.server, what, &error), ST_OK);
}

START_TEST(has_updates)
{
    recording_open(&at);
    recording_raw(&at, CODE_POST, "/16", 11542, bytes_of("\x48\x00\x01x"));
    scene_do(at.device, STIMULUS_UPDATE, path_root());
    scene_await(&at.scene, ACTOR_UPDATED);
    recording_pass(&at, 10);
    recording_has(&at, "device update\nexpect update with no lt no list");
    recording_close(&at);
}
END_TEST

START_TEST(has_notifications)
{
    recording_open(&at);
    recording_ask(&at, OPERATION_OBSERVE, "/16/1/3", NULL);
    recording_ask(&at, OPERATION_OBSERVE, "/16/1/2", NULL);
    recording_ask(&at, OPERATION_EXECUTE, "/16/1/1", "0=0,1=3,2=5,3=4");
    recording_pass(&at, 300);
    recording_has(&at, "expect notify /16/1/2 => 2.05 "
                       "signature(identity=3, challenge=5, key=4) [PF-AUTH-1]");
    recording_ask(&at, OPERATION_CANCEL, "/16/1/3", NULL);
    recording_has(&at, "cancel /16/1/3                           => 2.05 0 format text");
    recording_close(&at);
}
END_TEST

START_TEST(has_a_reset)
{
    recording_open(&at);
    recording_ask(&at, OPERATION_OBSERVE, "/3/0/0", NULL);
    struct operation cancel;
    struct outcome outcome;
    operation_init(&cancel, OPERATION_CANCEL);
    cancel.path = path_resource(3, 0, 0);
    cancel.by_reset = true;
    ck_assert_int_eq(scene_perform(at.server, &cancel, &outcome), ST_OK);
    outcome_release(&outcome);
    struct stimulus set = {
        .kind = STIMULUS_SET, .path = path_resource(3, 0, 0), .value = value_string("B")};
    scene_stimulate(at.device, &set);
    value_release(&set.value);
    recording_pass(&at, 300);
    recording_has(&at, "device set /3/0/0 \"B\"\nexpect notify /3/0/0 => 2.05 \"B\"\n"
                       "cancel /3/0/0 by reset");
    recording_close(&at);
}
END_TEST

/* A replay must make its server forget the device, too. */
START_TEST(knows_that_it_was_forgotten)
{
    recording_open(&at);
    control(SERVER_FORGET);
    at.scene.heard_count = 0;
    scene_do(at.device, STIMULUS_UPDATE, path_root());
    scene_await(&at.scene, ACTOR_REGISTERED);
    recording_pass(&at, 10);
    recording_has(&at, "server forget\ndevice update\nexpect fresh register with lt=300 lwm2m=1.0 "
                       "list links exactly(</1/0>,</3/0>,</16/0>,</16/1>)");
    recording_close(&at);
}
END_TEST

START_TEST(knows_what_leads_to_a_new_registration)
{
    recording_open(&at);
    at.scene.heard_count = 0;
    scene_do(at.device, STIMULUS_RESTART, path_root());
    scene_await(&at.scene, ACTOR_REGISTERED);
    recording_pass(&at, 10);
    recording_lacks(&at, "server forget");
    recording_has(&at, "device restart\nexpect fresh register with lt=300 lwm2m=1.0 list "
                       "links exactly(</1/0>,</3/0>,</16/0>,</16/1>)");
    at.scene.heard_count = 0;
    scene_do(at.device, STIMULUS_DEREGISTER, path_root());
    scene_await(&at.scene, ACTOR_DEREGISTERED);
    recording_pass(&at, 10);
    recording_has(&at, "device deregister\nexpect deregister");
    scene_do(at.device, STIMULUS_REGISTER, path_root());
    scene_await(&at.scene, ACTOR_REGISTERED);
    recording_pass(&at, 10);
    recording_lacks(&at, "server forget");
    recording_close(&at);
}
END_TEST

UNIT_MAIN("recorder_events", has_updates, has_notifications, has_a_reset,
          knows_that_it_was_forgotten, knows_what_leads_to_a_new_registration)
