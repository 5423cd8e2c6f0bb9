/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver leaves out is filled in from what the device said, and nothing else is. */
#include "base/std.h"

#include "drivers/witness.h"
#include "tests/unit/unit.h"

enum {
    CONTENT = 0x45,
    CHANGED = 0x44,
    GONE = 0x84,
    TLV = 11542,
    TEXT = 0,
    NONE = -1,
    SEEN_MOST = 8
};

/* A server that answers as it is told, and a device that is heard. */
struct scene {
    struct server_actor server; /* first: the witness takes it for the actor */
    struct device_actor device;
    struct server_actor *witness; /* (owned) */
    uint8_t answers; /* the device answers with this code meanwhile; 0: it is not asked */
    int answers_format;
    uint8_t code; /* what the driver tells */
    int format;
    bool freed;
    struct {
        enum actor_event_kind kind;
        uint8_t code;
        int format;
    } seen[SEEN_MOST];
    size_t seen_count;
};
static struct scene scene;

static void device_says(enum actor_event_kind kind, struct path path, uint8_t code, int format)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = code;
    outcome.format = format;
    struct actor_event event = {.kind = kind, .path = path, .outcome = &outcome};
    scene.device.listener.hear(scene.device.listener.arg, &event);
    outcome_release(&outcome);
}

static void server_tells(enum actor_event_kind kind, struct path path, uint8_t code, int format)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = code;
    outcome.format = format;
    struct actor_event event = {.kind = kind, .path = path, .outcome = &outcome};
    scene.server.listener.hear(scene.server.listener.arg, &event);
    outcome_release(&outcome);
}

static void server_says(struct path path, uint8_t code, int format)
{
    server_tells(ACTOR_NOTIFIED, path, code, format);
}

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    UNUSED(actor), UNUSED(endpoint), UNUSED(error);
    if (scene.answers != 0)
        device_says(ACTOR_REQUESTED, operation->path, scene.answers, scene.answers_format);
    out->code = scene.code;
    out->format = scene.format;
    return ST_OK;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    UNUSED(actor), UNUSED(error);
    return what == SERVER_FORGET ? ST_OK : ST_UNSUPPORTED;
}

static bool tells(const struct server_actor *actor, enum actor_event_kind kind)
{
    UNUSED(actor);
    return kind == ACTOR_NOTIFIED;
}

static void free_server(struct server_actor *actor)
{
    ck_assert_ptr_eq(actor, &scene.server);
    scene.freed = true;
}

static const struct server_actor_ops ops = {
    .perform = perform, .control = control, .tells = tells, .free = free_server};

static void hear(void *arg, const struct actor_event *event)
{
    ck_assert_ptr_eq(arg, &scene);
    ck_assert_uint_lt(scene.seen_count, SEEN_MOST);
    scene.seen[scene.seen_count].kind = event->kind;
    scene.seen[scene.seen_count].code = event->outcome != NULL ? event->outcome->code : 0;
    scene.seen[scene.seen_count++].format = event->outcome != NULL ? event->outcome->format : NONE;
}

static void begin_with(bool tells_registrations)
{
    scene = (struct scene){.server.ops = &ops, .code = CONTENT, .format = NONE};
    const struct actor_listener listener = {hear, &scene};
    scene.witness = witness_new(&scene.server, tells_registrations);
    scene.witness->listener = listener;
    witness_watch(scene.witness, &scene.device, listener);
}

static void begin(void)
{
    begin_with(false);
}

static void end(void)
{
    scene.witness->ops->free(scene.witness);
    ck_assert(scene.freed);
}

static void expect_outcome(uint8_t code, int format)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_READ);
    outcome_init(&outcome);
    ck_assert_int_eq(scene.witness->ops->perform(scene.witness, NULL, &operation, &outcome, NULL),
                     ST_OK);
    ck_assert_int_eq(outcome.code, code);
    ck_assert_int_eq(outcome.format, format);
    outcome_release(&outcome);
    operation_release(&operation);
}

START_TEST(knows_the_format_of_an_answer)
{
    begin();
    scene.answers = CONTENT;
    scene.answers_format = TLV;
    expect_outcome(CONTENT, TLV);
    scene.format = TEXT; /* what the driver tells stands */
    expect_outcome(CONTENT, TEXT);
    end();
}
END_TEST

START_TEST(knows_nothing_of_what_the_device_did_not_answer)
{
    begin();
    scene.answers = CONTENT;
    scene.answers_format = TLV;
    scene.code = CHANGED; /* so this is not the answer to that */
    expect_outcome(CHANGED, NONE);
    scene.code = CONTENT;
    scene.answers = 0;
    expect_outcome(CONTENT, NONE);
    end();
}
END_TEST

static void expect_seen(size_t at, enum actor_event_kind kind, uint8_t code, int format)
{
    ck_assert_uint_gt(scene.seen_count, at);
    ck_assert_int_eq(scene.seen[at].kind, kind);
    ck_assert_int_eq(scene.seen[at].code, code);
    ck_assert_int_eq(scene.seen[at].format, format);
}

START_TEST(knows_notifications_in_their_order)
{
    const struct path status = path_resource(16, 0, 3), data = path_resource(16, 0, 2);
    begin();
    device_says(ACTOR_TOLD, status, CONTENT, TLV);
    device_says(ACTOR_TOLD, data, CONTENT, TEXT);
    device_says(ACTOR_TOLD, status, GONE, NONE);
    server_says(status, CONTENT, NONE);
    server_says(status, 0, NONE);
    server_says(data, CONTENT, TLV);
    server_says(status, 0, NONE);
    expect_seen(0, ACTOR_TOLD, CONTENT, TLV);
    expect_seen(3, ACTOR_NOTIFIED, CONTENT, TLV);
    expect_seen(4, ACTOR_NOTIFIED, GONE, NONE);
    expect_seen(5, ACTOR_NOTIFIED, CONTENT, TLV);
    expect_seen(6, ACTOR_NOTIFIED, 0, NONE);
    end();
}
END_TEST

static void server_answers(const char *target, uint8_t code)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = code;
    const struct actor_event event = {.kind = ACTOR_REPLIED, .text = target, .outcome = &outcome};
    scene.device.listener.hear(scene.device.listener.arg, &event);
    outcome_release(&outcome);
}

START_TEST(knows_the_format_of_a_send)
{
    begin();
    device_says(ACTOR_TOLD, path_root(), CONTENT, TEXT);
    device_says(ACTOR_POSTED, path_root(), 0, TLV);
    server_tells(ACTOR_SENT, path_root(), CONTENT, NONE);
    expect_seen(2, ACTOR_SENT, CONTENT, TLV);
    server_tells(ACTOR_SENT, path_root(), CONTENT, NONE);
    expect_seen(3, ACTOR_SENT, CONTENT, NONE);
    device_says(ACTOR_POSTED, path_root(), 0, TLV);
    server_tells(ACTOR_SENT, path_root(), CONTENT, TEXT); /* what the driver tells stands */
    expect_seen(5, ACTOR_SENT, CONTENT, TEXT);
    device_says(ACTOR_POSTED, path_root(), 0, TLV);
    server_tells(ACTOR_SENT, path_root(), 0, NONE); /* it brings content, whatever it is called */
    expect_seen(7, ACTOR_SENT, CONTENT, TLV);
    end();
}
END_TEST

START_TEST(forgets_a_send_that_was_refused)
{
    begin();
    device_says(ACTOR_POSTED, path_root(), 0, TLV);
    server_answers("/rd/1", GONE);
    server_answers("/dp", GONE);
    device_says(ACTOR_POSTED, path_root(), 0, TEXT);
    server_answers("/dp", CHANGED);
    server_tells(ACTOR_SENT, path_root(), CONTENT, NONE);
    expect_seen(5, ACTOR_SENT, CONTENT, TEXT);
    end();
}
END_TEST

START_TEST(keeps_the_newest_of_many)
{
    begin();
    for (unsigned i = 0; i < 40; i++) {
        scene.seen_count = 0;
        device_says(ACTOR_TOLD, path_instance(16, i), CONTENT, (int)i);
    }
    server_says(path_instance(16, 0), CONTENT, NONE);
    server_says(path_instance(16, 39), CONTENT, NONE);
    expect_seen(1, ACTOR_NOTIFIED, CONTENT, NONE);
    expect_seen(2, ACTOR_NOTIFIED, CONTENT, 39);
    end();
}
END_TEST

START_TEST(drops_what_is_about_an_earlier_device)
{
    const struct actor_event registered = {.kind = ACTOR_REGISTERED},
                             updated = {.kind = ACTOR_UPDATED}, gone = {.kind = ACTOR_DEREGISTERED},
                             failed = {.kind = ACTOR_FAILED};
    const struct actor_listener *listener = &scene.server.listener;
    begin_with(true);
    listener->hear(listener->arg, &updated);
    listener->hear(listener->arg, &gone);
    server_says(path_root(), CONTENT, NONE);
    ck_assert_uint_eq(scene.seen_count, 0);
    listener->hear(listener->arg, &failed);
    listener->hear(listener->arg, &registered);
    listener->hear(listener->arg, &updated);
    expect_seen(0, ACTOR_FAILED, 0, NONE);
    expect_seen(1, ACTOR_REGISTERED, 0, NONE);
    expect_seen(2, ACTOR_UPDATED, 0, NONE);
    end();
}
END_TEST

START_TEST(hands_the_rest_on)
{
    begin();
    ck_assert_int_eq(scene.witness->ops->control(scene.witness, SERVER_FORGET, NULL), ST_OK);
    ck_assert_int_eq(scene.witness->ops->control(scene.witness, SERVER_RESTART, NULL),
                     ST_UNSUPPORTED);
    ck_assert(scene.witness->ops->tells(scene.witness, ACTOR_NOTIFIED));
    ck_assert(!scene.witness->ops->tells(scene.witness, ACTOR_EXPIRED));
    const struct actor_event event = {.kind = ACTOR_REGISTERED};
    scene.server.listener.hear(scene.server.listener.arg, &event);
    expect_seen(0, ACTOR_REGISTERED, 0, NONE);
    end();
}
END_TEST

UNIT_MAIN("witness", knows_the_format_of_an_answer, knows_nothing_of_what_the_device_did_not_answer,
          knows_notifications_in_their_order, knows_the_format_of_a_send,
          forgets_a_send_that_was_refused, keeps_the_newest_of_many,
          drops_what_is_about_an_earlier_device, hands_the_rest_on)
