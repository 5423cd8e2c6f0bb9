/* SPDX-License-Identifier: Apache-2.0 */
/* Actors that a person moves: what is shown, what arrives, what is asked for, and who gives up. In
 * virtual time; the person follows a script. */
#include "base/std.h"

#include "drivers/manual.h"
#include "net/message.h"
#include "tests/unit/drivers/screen.h"

static struct server_actor *server;
static const char *typed[10]; /* what the person types, a line each time it is looked for */
static size_t typed_count, taken;
static bool is_gone;                /* nobody types any more after that */
static bool floods;                 /* the person types without end */
static struct actor_event arriving; /* at the next look; method 0: nothing does */
static struct request_seen request;
static struct outcome answer;

static enum status listen(void *arg, struct buf *out)
{
    UNUSED(arg);
    if (arriving.method != CODE_EMPTY) {
        struct actor_event event = arriving;
        arriving.method = CODE_EMPTY;
        manual_server_hear(server, &event);
        return ST_TIMEOUT;
    }
    if (floods)
        return ST_OK;
    if (taken == typed_count)
        return is_gone ? ST_IO : ST_TIMEOUT;
    buf_puts(out, typed[taken++]);
    return ST_OK;
}

static const struct person person = {.show = show, .listen = listen};

static struct manual_config open_desk(void)
{
    screen_open();
    typed_count = taken = 0;
    is_gone = floods = false;
    arriving = (struct actor_event){.kind = ACTOR_REQUESTED};
    request = (struct request_seen){.format = -1, .accept = -1, .observe = -1};
    outcome_init(&answer);
    return (struct manual_config){.world = scene.world, .person = &person, .endpoint = "scene"};
}

static void open_server(void)
{
    const struct manual_config config = open_desk();
    server = manual_server_new(&config);
}

static void close_server(void)
{
    server->ops->free(server);
    outcome_release(&answer);
    scene_close(&scene);
}

static void types(const char *line)
{
    typed[typed_count++] = line;
}

/* A request that the device has answered with CODE. */
static void arrives(uint8_t method, struct path path, uint8_t code)
{
    answer.code = code;
    arriving.method = method;
    arriving.path = path;
    arriving.request = &request;
    arriving.outcome = &answer;
}

static void answers_value(struct path path, struct value value)
{
    answer.decoded = records_add(&answer.values, path, value);
    answer.format = 0;
}

static void was_shown(const char *part)
{
    ck_assert_msg(strstr(shown, part) != NULL, "no \"%s\" in:\n%s", part, shown);
}

START_TEST(what_arrives_is_done)
{
    struct operation operation;
    struct outcome outcome;
    open_server();
    arrives(CODE_PUT, path_resource(3, 0, 14), CODE_CHANGED);
    operation_init(&operation, OPERATION_WRITE);
    operation.path = path_resource(3, 0, 14);
    ck_assert(records_add(&operation.values, operation.path, value_string("+01:00")));
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_CHANGED);
    ck_assert_str_eq(shown, "[1] the server does with \"scene\": write /3/0/14 \"+01:00\"\n"
                            "    it is done when it arrives at the device, or \"skip\"\n");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(what_the_server_shows_is_asked)
{
    struct outcome outcome;
    struct path path = path_resource(3, 0, 0);
    open_server();
    arrives(CODE_GET, path, CODE_CONTENT);
    answers_value(path, value_string("Acme"));
    types("perhaps");
    types("yes");
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path, &outcome), ST_OK);
    ck_assert(outcome.decoded);
    ck_assert_uint_eq(outcome.values.count, 1);
    was_shown("the device has answered:\n      /3/0/0 \"Acme\"\n");
    was_shown("yes, no or skip\n    \"perhaps\" is no answer to that\n    Is that what the server "
              "shows?");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(a_server_that_shows_something_else_has_not_read_it)
{
    struct outcome outcome;
    struct path path = path_resource(3, 0, 0);
    open_server();
    arrives(CODE_GET, path, CODE_CONTENT);
    answers_value(path, value_string("Acme"));
    types("no");
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path, &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_CONTENT);
    ck_assert(!outcome.decoded);
    ck_assert_uint_eq(outcome.values.count, 0);
    ck_assert_str_ne(outcome.problem, "");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(other_requests_are_not_it)
{
    struct outcome outcome;
    open_server();
    arrives(CODE_GET, path_resource(3, 0, 1), CODE_CONTENT);
    types("");
    types("skip");
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_resource(3, 0, 0), &outcome),
                     ST_UNSUPPORTED);
    was_shown("(what came is GET /3/0/1)");
    was_shown("nothing of that kind has come");
    outcome_release(&outcome);
    request.observe = 0; /* an Observe is no Read */
    typed_count = taken = 0;
    types("skip");
    arrives(CODE_GET, path_resource(3, 0, 0), CODE_CONTENT);
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_resource(3, 0, 0), &outcome),
                     ST_UNSUPPORTED);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(lines_without_end_are_no_arrival)
{
    struct outcome outcome;
    open_server();
    floods = true;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_resource(3, 0, 0), &outcome), ST_IO);
    ck_assert_ptr_nonnull(strstr(outcome.problem, "20 lines were typed, and none"));
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(a_refusal_is_an_answer)
{
    struct outcome outcome;
    open_server();
    arrives(CODE_DELETE, path_instance(16, 0), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(scene_ask(server, OPERATION_DELETE, path_instance(16, 0), &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_METHOD_NOT_ALLOWED);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(arguments_are_shown_as_over_the_wire)
{
    struct operation operation;
    struct outcome outcome;
    open_server();
    arrives(CODE_POST, path_resource(16, 1, 1), CODE_CHANGED);
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 1, 1);
    operation.text = xstrdup("0=SRV_AUTHENT, 2=0x10");
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    was_shown("execute /16/1/1 0='0',2='16'\n");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(judgements_are_asked_for)
{
    struct operation operation;
    struct outcome outcome;
    open_server();
    types("wrong");
    ck_assert_int_eq(scene_ask(server, OPERATION_AUTHENTICATE, path_instance(16, 1), &outcome),
                     ST_OK);
    ck_assert_int_eq(outcome.judgement, JUDGEMENT_MISMATCH);
    outcome_release(&outcome);
    types("genuine");
    types("1.4.2");
    operation_init(&operation, OPERATION_DECRYPT);
    operation.path = path_instance(16, 1);
    operation.identity = 3;
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    ck_assert_int_eq(outcome.judgement, JUDGEMENT_GENUINE);
    const struct record *record =
        records_find(&outcome.values, path_child(path_resource(16, 1, 0), 3));
    ck_assert_ptr_nonnull(record);
    ck_assert(bytes_is(value_bytes(&record->value), "1.4.2"));
    was_shown("[2] the server does with \"scene\": decrypt /16/1 identity=3 key=0\n");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(a_reset_is_done_when_somebody_says_so)
{
    struct operation operation;
    struct outcome outcome;
    open_server();
    types("");
    operation_init(&operation, OPERATION_CANCEL);
    operation.path = path_resource(16, 1, 3);
    operation.by_reset = true;
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, 0);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(what_only_a_program_can_is_unsupported)
{
    struct outcome outcome;
    open_server();
    ck_assert_int_eq(scene_ask(server, OPERATION_RAW, path_root(), &outcome), ST_UNSUPPORTED);
    outcome_release(&outcome);
    struct operation again;
    operation_init(&again, OPERATION_OBSERVE);
    again.again = true;
    ck_assert_int_eq(scene_perform(server, &again, &outcome), ST_UNSUPPORTED);
    ck_assert_str_eq(shown, "");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(who_does_nothing_is_waited_for_and_then_skipped)
{
    struct outcome outcome;
    open_server();
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome),
                     ST_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(outcome.problem, "nobody did it within 600 s"));
    ck_assert_int_ge(manual_server_waited_ms(server), MANUAL_PATIENCE_MS);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(nobody_at_all_is_a_lost_actor)
{
    struct outcome outcome;
    open_server();
    is_gone = true;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome), ST_IO);
    outcome_release(&outcome);
    scene.stop = 15;
    is_gone = false;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome),
                     ST_CANCELLED);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(controls_are_done_when_somebody_says_so)
{
    struct error error;
    open_server();
    error_clear(&error);
    types("");
    ck_assert_int_eq(server->ops->control(server, SERVER_RESTART, &error), ST_OK);
    was_shown("lose everything and start again at the same address\n    Enter when it is done");
    types("skip");
    ck_assert_int_eq(server->ops->control(server, SERVER_FORGET, &error), ST_UNSUPPORTED);
    ck_assert(server->ops->tells(server, ACTOR_REGISTERED));
    ck_assert(!server->ops->tells(server, ACTOR_NOTIFIED));
    close_server();
}
END_TEST

START_TEST(a_device_can_be_moved_so_too)
{
    const struct manual_config config = open_desk();
    struct device_actor *device = manual_device_new(&config);
    struct stimulus stimulus = {
        .kind = STIMULUS_SET, .path = path_resource(3, 0, 9), .value = value_integer(80)};
    types("");
    ck_assert_str_eq(scene_stimulate(device, &stimulus), "");
    ck_assert_str_eq(shown, "[1] the device does: change /3/0/9 to 80\n"
                            "    Enter when it is done, or \"skip\"\n");
    types("skip");
    ck_assert_str_eq(scene_do(device, STIMULUS_COMPONENT_HANG, path_root()),
                     "error: it was skipped");
    was_shown("[2] the device does: let its secure component hang from now on\n");
    ck_assert_int_eq(manual_device_waited_ms(device), 0);
    ck_assert_ptr_nonnull(strstr(scene_do(device, STIMULUS_RESTART, path_root()), "nobody did it"));
    ck_assert_int_ge(manual_device_waited_ms(device), MANUAL_PATIENCE_MS);
    device->ops->free(device);
    outcome_release(&answer);
    scene_close(&scene);
}
END_TEST

START_TEST(each_stimulus_has_a_task)
{
    const struct manual_config config = open_desk();
    struct device_actor *device = manual_device_new(&config);
    struct stimulus stimulus = {.kind = STIMULUS_HOLD, .duration_ms = 300};
    types("");
    types("");
    types("");
    scene_stimulate(device, &stimulus);
    was_shown("[1] the device does: answer what comes 300 ms later\n");
    scene_do(device, STIMULUS_RELEASE, path_root());
    was_shown("[2] the device does: send the answers that it holds back\n");
    scene_do(device, STIMULUS_COMPONENT_FORGE, path_root());
    was_shown("[3] the device does: let its secure component give results that do not fit\n");
    device->ops->free(device);
    outcome_release(&answer);
    scene_close(&scene);
}
END_TEST

UNIT_MAIN("manual", lines_without_end_are_no_arrival, what_arrives_is_done,
          what_the_server_shows_is_asked, a_server_that_shows_something_else_has_not_read_it,
          other_requests_are_not_it, a_refusal_is_an_answer, arguments_are_shown_as_over_the_wire,
          judgements_are_asked_for, a_reset_is_done_when_somebody_says_so,
          what_only_a_program_can_is_unsupported, who_does_nothing_is_waited_for_and_then_skipped,
          nobody_at_all_is_a_lost_actor, controls_are_done_when_somebody_says_so,
          a_device_can_be_moved_so_too, each_stimulus_has_a_task)
