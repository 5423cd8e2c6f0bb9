/* SPDX-License-Identifier: Apache-2.0 */
/* Object 16: each cell of the state table of the rules, the arguments, and who gets what. */
#include "tests/unit/device/observer.h"

enum { IDLE = 0, DATA_AVAIL = 1, ERROR = 2, GONE = -1 };
enum { LATENCY = 20, LIMIT = 5000 };

static bool trace_has(const struct heard *heard, const char *line)
{
    struct buf *events = &heard->world->events;
    return world_count(events, line) > 0;
}

/* --- every cell of the table ------------------------------------------------------------- */

static void bring_into(struct heard *heard, int state)
{
    struct world *world = heard->world;
    if (state == IDLE)
        return;
    if (state == ERROR)
        component_fail_next(world->component);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(world, LATENCY);
    ck_assert_int_eq(status_of(heard, 0), state);
    ck_assert_int_eq(has_data(heard, 0), state == DATA_AVAIL);
    world_forget(world);
}

static void accept_it(struct heard *heard)
{
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
}

static void refuse_it(struct heard *heard)
{
    ck_assert_int_eq(get_auth_data(heard, "0='0'"), CODE_BAD_REQUEST);
}

static void deliver(struct heard *heard)
{
    accept_it(heard);
    world_run(heard->world, LATENCY);
}

static void fail_it(struct heard *heard)
{
    component_fail_next(heard->world->component);
    deliver(heard);
}

static void pass_limit(struct heard *heard)
{
    component_set_mode(heard->world->component, COMPONENT_HANG);
    accept_it(heard);
    world_run(heard->world, LIMIT - 1);
    ck_assert_int_eq(status_of(heard, 0), IDLE);
    world_run(heard->world, 1);
}

static void read_data(struct heard *heard)
{
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_CONTENT);
}

static void read_value(struct heard *heard)
{
    ck_assert_int_eq(get(heard, "/16/0/2/0"), CODE_CONTENT);
}

static void read_instance(struct heard *heard)
{
    ck_assert_int_eq(get(heard, "/16/0"), CODE_CONTENT);
}

static void read_object(struct heard *heard)
{
    ck_assert_int_eq(get(heard, "/16"), CODE_CONTENT);
}

/* The first answer to an Observe; the rest is in test_reporting. */
static void be_notified(struct heard *heard)
{
    struct observer observer;
    observe(&observer, heard, "x", "/16/0/2");
    observer_forget(&observer);
}

static void pass_by(struct heard *heard)
{
    ck_assert_int_eq(get(heard, "/16/0/3"), CODE_CONTENT);
    ck_assert_int_eq(get(heard, "/16/0/0"), CODE_CONTENT);
    ck_assert_int_eq(get(heard, "/16/1"), CODE_CONTENT);
}

static void be_refused(struct heard *heard)
{
    world_ask(heard->world, CODE_GET, "/16/0/2")->accept = 60;
    ck_assert_int_eq(world_send(heard->world), CODE_NOT_ACCEPTABLE);
    ck_assert_int_eq(get(heard, "/16/0/1"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(get(heard, "/16/0/2/7"), CODE_NOT_FOUND);
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/2/0", FORMAT_OPAQUE, "x"),
                     CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/3", FORMAT_TEXT, "0"),
                     CODE_METHOD_NOT_ALLOWED);
}

static void write_identity(struct heard *heard)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/0/3", FORMAT_TEXT, "2.0"),
                     CODE_CHANGED);
}

static void discover_and_attach(struct heard *heard)
{
    world_ask(heard->world, CODE_GET, "/16/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/2?pmin=1", FORMAT_NONE, NULL),
                     CODE_CHANGED);
}

static void delete_it(struct heard *heard)
{
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/0", FORMAT_NONE, NULL), CODE_DELETED);
}

static void restart(struct heard *heard)
{
    device_restart(heard->world->device);
    world_run(heard->world, 0);
}

/* The state table, written down once more; a process that delivers or fails is always met in IDLE,
 * because its request led there. */
static const struct {
    const char *event;
    void (*happen)(struct heard *heard);
    int after[3];
} cells[] = {
    {"GetAuthData accepted", accept_it, {IDLE, IDLE, IDLE}},
    {"GetAuthData refused", refuse_it, {IDLE, DATA_AVAIL, ERROR}},
    {"process delivers", deliver, {DATA_AVAIL, DATA_AVAIL, DATA_AVAIL}},
    {"process fails", fail_it, {ERROR, ERROR, ERROR}},
    {"limit passes", pass_limit, {ERROR, ERROR, ERROR}},
    {"READ of AuthData", read_data, {IDLE, IDLE, IDLE}},
    {"READ of the instance", read_instance, {IDLE, IDLE, ERROR}},
    {"READ of the object", read_object, {IDLE, IDLE, ERROR}},
    {"NOTIFY of AuthData", be_notified, {IDLE, IDLE, IDLE}},
    {"READ elsewhere", pass_by, {IDLE, DATA_AVAIL, ERROR}},
    {"refused READ or Write", be_refused, {IDLE, DATA_AVAIL, ERROR}},
    {"Identity written", write_identity, {IDLE, DATA_AVAIL, ERROR}},
    {"Discover, Write-Attributes", discover_and_attach, {IDLE, DATA_AVAIL, ERROR}},
    {"instance deleted", delete_it, {GONE, GONE, GONE}},
    {"device restart", restart, {IDLE, IDLE, IDLE}},
};

START_TEST(every_cell_of_the_table_is_as_the_rules_say)
{
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        for (int from = IDLE; from <= ERROR; from++) {
            struct heard *heard = heard_new(NULL);
            bring_into(heard, from);
            cells[i].happen(heard);
            ck_assert_msg(status_of(heard, 0) == cells[i].after[from],
                          "%s from %d: %d instead of %d", cells[i].event, from,
                          (int)status_of(heard, 0), cells[i].after[from]);
            ck_assert_msg(has_data(heard, 0) == (cells[i].after[from] == DATA_AVAIL),
                          "%s from %d: AuthData", cells[i].event, from);
            heard_free(heard);
        }
    }
}
END_TEST

START_TEST(the_table_can_be_printed)
{
    struct buf out;
    buf_init(&out, 4096);
    portfolio_print(&out);
    static const char *const expected =
        "object 16, one instance                     from IDLE         from DATA_AVAIL   from "
        "ERROR\n"
        "GetAuthData accepted                        start: IDLE       start: IDLE       start: "
        "IDLE\n"
        "GetAuthData refused (4.xx)                  no change         no change         no "
        "change\n"
        "process delivers                            fill: DATA_AVAIL  -                 -\n"
        "process fails, or its limit passes          empty: ERROR      -                 -\n"
        "READ that carries AuthData values           -                 empty: IDLE       -\n"
        "NOTIFY that carries AuthData values         -                 empty: IDLE       -\n"
        "READ of AuthData itself, nothing in it      no change         -                 empty: "
        "IDLE\n"
        "other READ or NOTIFY without a value of it  no change         no change         no "
        "change\n"
        "Identity written                            no change         no change         no "
        "change\n"
        "instance deleted                            drop: IDLE        drop: IDLE        drop: "
        "IDLE\n"
        "device restart                              drop: IDLE        drop: IDLE        drop: "
        "IDLE\n";
    ck_assert_msg(strncmp(buf_text(&out), expected, strlen(expected)) == 0, "%s", buf_text(&out));
    buf_release(&out);
}
END_TEST

START_TEST(each_change_of_the_status_is_traced)
{
    struct heard *heard = heard_new(NULL);
    deliver(heard);
    ck_assert_str_eq(buf_text(&heard->world->events), "state /16/0/3 IDLE -> DATA_AVAIL\n");
    world_forget(heard->world);
    fail_it(heard);
    ck_assert_str_eq(buf_text(&heard->world->events), "state /16/0/3 DATA_AVAIL -> IDLE\n"
                                                      "state /16/0/3 IDLE -> ERROR\n");
    world_forget(heard->world);
    read_data(heard);
    ck_assert_str_eq(buf_text(&heard->world->events), "state /16/0/3 ERROR -> IDLE\n");
    heard_free(heard);
}
END_TEST

/* --- the process ------------------------------------------------------------------------- */

/* rule: I-9 */
START_TEST(what_the_arguments_cannot_tell_is_an_error_after_the_answer)
{
    static const enum secure_result results[] = {SECURE_NO_SERVICE, SECURE_NO_HASH, SECURE_NO_KEY,
                                                 SECURE_FAILED};
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        struct heard *heard = heard_new(NULL);
        heard->world->secure.result = results[i];
        ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
        ck_assert_int_eq(status_of(heard, 0), IDLE);
        world_run(heard->world, LATENCY);
        ck_assert_int_eq(status_of(heard, 0), ERROR);
        ck_assert(!has_data(heard, 0));
        heard_free(heard);
    }
}
END_TEST

/* For both services, though a hash could still be signed. */
START_TEST(an_identity_that_is_not_there_is_an_error)
{
    static const char *const arguments[] = {"0='0',1='2',2='1'", "0='1',1='2',2='1'"};
    for (size_t i = 0; i < COUNT_OF(arguments); i++) {
        struct heard *heard = heard_new(NULL);
        struct observer status;
        bring_into(heard, DATA_AVAIL);
        observe(&status, heard, "status", "/16/0/3");
        ck_assert_int_eq(get_auth_data(heard, arguments[i]), CODE_CHANGED);
        ck_assert_heard(heard, "20 status 2.05 1\n20 status 2.05 0\n20 status 2.05 2\n");
        ck_assert_uint_eq(heard->world->secure.computed, 1);
        heard_free(heard);
    }
}
END_TEST

/* rule: PF-SC-7 */
START_TEST(a_component_that_takes_no_more_work_is_an_error)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    component_set_mode(world->component, COMPONENT_HANG);
    struct secure_request request = {.challenge = bytes_of("x")};
    while (component_start(world->component, &request, NULL, NULL) != 0)
        ;
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_int_eq(status_of(heard, 0), ERROR);
    device_free(world->device); /* the jobs that nobody waits for go with the component */
    component_free(world->component);
    world->device = NULL;
    world->component = NULL;
    heard_free(heard);
}
END_TEST

/* rule: I-14, PF-STATE-10 */
START_TEST(the_latest_request_wins)
{
    struct heard *heard = heard_new(NULL);
    ck_assert_int_eq(get_auth_data(heard, "0='0',1='0',2='1'"), CODE_CHANGED);
    world_run(heard->world, LATENCY / 2);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY / 2);
    ck_assert_int_eq(status_of(heard, 0), IDLE);
    world_run(heard->world, LATENCY / 2);
    ck_assert_int_eq(status_of(heard, 0), DATA_AVAIL);
    ck_assert_uint_eq(heard->world->secure.computed, 1);
    world_run(heard->world, LIMIT);
    ck_assert_uint_eq(heard->world->secure.computed, 1);
    heard_free(heard);
}
END_TEST

START_TEST(a_process_that_could_not_start_gives_way_to_the_next)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    portfolio_execute(world->device->portfolio, 0, bytes_of("0='0',1='2',2='1'"));
    portfolio_execute(world->device->portfolio, 0, bytes_of(EXAMPLE));
    world_run(world, LATENCY);
    ck_assert_int_eq(status_of(heard, 0), DATA_AVAIL);
    ck_assert(!trace_has(heard, "state /16/0/3 IDLE -> ERROR"));
    heard_free(heard);
}
END_TEST

/* rule: PF-ENC-1 */
START_TEST(encryption_takes_the_value_of_the_moment_of_the_request)
{
    struct heard *heard = heard_new(NULL);
    ck_assert_int_eq(get_auth_data(heard, "0='1',1='1',2='65'"), CODE_CHANGED);
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/0/1", FORMAT_TEXT, "New"),
                     CODE_CHANGED);
    world_run(heard->world, LATENCY);
    world_ask(heard->world, CODE_GET, "/16/0/2/0")->accept = FORMAT_OPAQUE;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_str_eq(world_text(heard->world), "enc(/16/0 key=0)AcmeA");
    expect_data(heard, "0='1',1='1',2='65'", "enc(/16/0 key=0)NewA");
    heard_free(heard);
}
END_TEST

/* What a watcher of the model sees at the end of each step. */
struct steps {
    struct heard *heard;
    char text[200];
};

static void nothing(void *arg, enum model_change change, struct path path)
{
    UNUSED(arg);
    UNUSED(change);
    UNUSED(path);
}

static void step(void *arg)
{
    struct steps *steps = arg;
    size_t used = strlen(steps->text);
    snprintf(steps->text + used, sizeof steps->text - used, "%d%s ",
             (int)status_of(steps->heard, 0), has_data(steps->heard, 0) ? "+data" : "");
}

/* rule: PF-STATE-2, PF-STATE-11 */
START_TEST(data_and_status_change_in_one_step)
{
    struct heard *heard = heard_new(NULL);
    struct steps steps = {.heard = heard};
    struct model_watcher watcher = {.changed = nothing, .settled = step, .arg = &steps};
    model_watch(heard->world->device->model, &watcher);
    deliver(heard);
    deliver(heard);
    fail_it(heard);
    deliver(heard);
    read_data(heard);
    ck_assert_str_eq(steps.text, "1+data 0 1+data 0 2 0 1+data 0 ");
    model_unwatch(heard->world->device->model, &watcher);
    heard_free(heard);
}
END_TEST

START_TEST(instances_do_not_touch_each_other)
{
    struct heard *heard = heard_new(WORLD_PROFILE);
    struct world *world = heard->world;
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", -1, "0='0',1='0',2='1'"), CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/1/1", -1, "0='0',1='0',2='1'"), CODE_CHANGED);
    world_run(world, LATENCY);
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_CONTENT);
    ck_assert(!has_data(heard, 0));
    ck_assert(has_data(heard, 1));
    ck_assert_int_eq(status_of(heard, 1), DATA_AVAIL);
    heard_free(heard);
}
END_TEST

/* --- what leaves: I-10, I-11 ------------------------------------------------------------- */

START_TEST(each_level_carries_the_data_once_with_the_status_before_the_reset)
{
    static const struct {
        const char *uri;
        const char *first;
        const char *second;
    } levels[] = {
        {"/16/0/2", "0 x 2.05 /16/0/2/0=" EXAMPLE_SIGNATURE "\n", "0 x 2.05 /16/0/2=(empty)\n"},
        {"/16/0/2/0", "0 x 2.05 /16/0/2/0=" EXAMPLE_SIGNATURE "\n", "0 x 4.04\n"},
        {"/16/0",
         "0 x 2.05 /16/0/0/0=\"HOST\" /16/0/0/1=\"Acme\" /16/0/0/3=\"1.4\" "
         "/16/0/2/0=" EXAMPLE_SIGNATURE " /16/0/3=1\n",
         "0 x 2.05 /16/0/0/0=\"HOST\" /16/0/0/1=\"Acme\" /16/0/0/3=\"1.4\" /16/0/3=0\n"},
        {"/16",
         "0 x 2.05 /16/0/0/0=\"HOST\" /16/0/0/1=\"Acme\" /16/0/0/3=\"1.4\" "
         "/16/0/2/0=" EXAMPLE_SIGNATURE " /16/0/3=1 /16/1/0/0=\"plain\"\n",
         "0 x 2.05 /16/0/0/0=\"HOST\" /16/0/0/1=\"Acme\" /16/0/0/3=\"1.4\" /16/0/3=0 "
         "/16/1/0/0=\"plain\"\n"},
    };
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        struct heard *heard = heard_new(NULL);
        struct observer reader;
        bring_into(heard, DATA_AVAIL);
        ck_assert_heard(heard, "");
        read_as(&reader, heard, "x", levels[i].uri, FORMAT_TLV);
        ck_assert_heard(heard, levels[i].first);
        ck_assert_int_eq(status_of(heard, 0), IDLE);
        read_as(&reader, heard, "x", levels[i].uri, FORMAT_TLV);
        ck_assert_heard(heard, levels[i].second);
        heard_free(heard);
    }
}
END_TEST

START_TEST(a_resource_instance_that_is_read_consumes_too)
{
    struct heard *heard = heard_new(NULL);
    bring_into(heard, DATA_AVAIL);
    read_value(heard);
    ck_assert_int_eq(status_of(heard, 0), IDLE);
    ck_assert(!has_data(heard, 0));
    heard_free(heard);
}
END_TEST

START_TEST(only_answers_that_carry_a_value_are_told_to_be_sensitive)
{
    struct records records;
    records_init(&records);
    ck_assert(records_add(&records, path_resource(16, 0, 2), value_none()));
    ck_assert(records_add(&records, path_resource(16, 0, 3), value_integer(1)));
    ck_assert(records_add(&records, path_child(path_resource(16, 0, 0), 0), value_string("x")));
    ck_assert(!portfolio_carried(&records));
    ck_assert(records_add(&records, path_child(path_resource(16, 0, 2), 0),
                          value_octets(VALUE_OPAQUE, bytes_of(""))));
    ck_assert(portfolio_carried(&records));
    records_release(&records);
}
END_TEST

START_TEST(kept_bodies_go_with_a_new_request_and_with_the_instance)
{
    struct heard *heard = heard_new(NULL);
    unsigned before = fake_endpoint_forgotten(heard->world->device_end);
    refuse_it(heard);
    ck_assert_uint_eq(fake_endpoint_forgotten(heard->world->device_end), before);
    accept_it(heard);
    ck_assert_uint_eq(fake_endpoint_forgotten(heard->world->device_end), before + 1);
    world_run(heard->world, LATENCY);
    read_data(heard);
    ck_assert_uint_eq(fake_endpoint_forgotten(heard->world->device_end), before + 1);
    delete_it(heard);
    ck_assert_uint_eq(fake_endpoint_forgotten(heard->world->device_end), before + 2);
    heard_free(heard);
}
END_TEST

UNIT_MAIN("portfolio", every_cell_of_the_table_is_as_the_rules_say, the_table_can_be_printed,
          each_change_of_the_status_is_traced,
          what_the_arguments_cannot_tell_is_an_error_after_the_answer,
          an_identity_that_is_not_there_is_an_error,
          a_component_that_takes_no_more_work_is_an_error, the_latest_request_wins,
          a_process_that_could_not_start_gives_way_to_the_next,
          encryption_takes_the_value_of_the_moment_of_the_request,
          data_and_status_change_in_one_step, instances_do_not_touch_each_other,
          each_level_carries_the_data_once_with_the_status_before_the_reset,
          a_resource_instance_that_is_read_consumes_too,
          only_answers_that_carry_a_value_are_told_to_be_sensitive,
          kept_bodies_go_with_a_new_request_and_with_the_instance)
