/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device is asked between scenarios, and how it gets out of ERROR. */
#include "base/std.h"

#include "base/coap.h"
#include "drivers/probe.h"
#include "tests/unit/unit.h"

/* A device that shows these values of AuthStatus, one after the other. */
static struct {
    struct server_actor actor;
    char log[400];
    const char *statuses; /* digits; the last one stays */
    enum status answer;
} fake;
static struct house house;
static struct probe probe;

static void show_status(struct outcome *out)
{
    const char digit = *fake.statuses;
    fake.statuses += fake.statuses[1] == '\0' ? 0 : 1;
    out->code = CODE_CONTENT;
    out->decoded = true;
    ck_assert(records_add(&out->values, path_resource(16, 3, 3), value_integer(digit - '0')));
}

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    char path[PATH_TEXT];
    size_t len = strlen(fake.log);
    UNUSED(actor);
    UNUSED(error);
    ck_assert_str_eq(endpoint, "dev");
    ck_assert_int_gt(operation->limit_ms, 0);
    snprintf(fake.log + len, sizeof fake.log - len, "%s %s; ", operation_name(operation->kind),
             path_text(operation->path, path));
    if (operation->kind == OPERATION_EXECUTE)
        ck_assert_ptr_nonnull(strstr(operation->text, "0='0',1='5',2='"));
    if (operation->kind == OPERATION_EXECUTE)
        ck_assert_ptr_nonnull(strstr(operation->text, "',3='7'"));
    if (fake.answer == ST_OK && path_equal(operation->path, path_resource(16, 3, 3)))
        show_status(out);
    return fake.answer;
}

static void open_probe(const char *statuses)
{
    static const struct server_actor_ops ops = {.perform = perform};
    fake.actor.ops = &ops;
    fake.log[0] = '\0';
    fake.statuses = statuses;
    fake.answer = ST_OK;
    house = (struct house){
        .config.world.loop = loop_new(clock_new_virtual(0)),
        .claims = {.endpoint = "dev",
                   .has_portfolio = true,
                   .portfolio = path_instance(16, 3),
                   .authentication = true,
                   .identity = 5,
                   .key = 7},
    };
    probe = (struct probe){&house, &fake.actor};
}

static void close_probe(const char *log)
{
    struct clock *clock = loop_clock(house.config.world.loop);
    ck_assert_str_eq(fake.log, log);
    loop_free(house.config.world.loop);
    clock_free(clock);
}

START_TEST(auth_data_is_what_takes_away_the_rest)
{
    open_probe("0");
    ck_assert_int_eq(probe_empty(&probe, true), ST_OK);
    house.claims.authentication = false;
    ck_assert_int_eq(probe_empty(&probe, true), ST_OK);
    house.claims.has_portfolio = false;
    ck_assert_int_eq(probe_empty(&probe, true), ST_OK);
    close_probe("read /16/3/2; read /16/3/0; read /3/0/0; ");
}
END_TEST

START_TEST(whoever_is_asked_whether_it_lives_loses_nothing)
{
    open_probe("1");
    ck_assert(!probe_is_silent(&probe));
    fake.answer = ST_TIMEOUT;
    ck_assert(probe_is_silent(&probe));
    fake.answer = ST_CANCELLED;
    ck_assert(!probe_is_silent(&probe));
    close_probe("read /3/0/0; read /3/0/0; read /3/0/0; ");
}
END_TEST

START_TEST(an_error_ends_with_what_a_new_request_brings)
{
    open_probe("2001");
    probe_leave_error(&probe);
    close_probe("read /16/3/3; execute /16/3/1; read /16/3/3; read /16/3/3; read /16/3/3; "
                "read /16/3/2; ");
}
END_TEST

START_TEST(a_request_that_comes_to_nothing_is_not_waited_for_long)
{
    open_probe("20");
    probe_leave_error(&probe);
    ck_assert_int_ge(house_now(&house), 5000);
    ck_assert_int_le(house_now(&house), 5100);
    fake.log[0] = '\0';
    close_probe("");
}
END_TEST

START_TEST(whoever_is_in_no_error_is_left_alone)
{
    open_probe("1");
    probe_leave_error(&probe);
    house.claims.authentication = false;
    fake.statuses = "2";
    probe_leave_error(&probe);
    close_probe("read /16/3/3; ");
}
END_TEST

UNIT_MAIN("probe", auth_data_is_what_takes_away_the_rest,
          whoever_is_asked_whether_it_lives_loses_nothing,
          an_error_ends_with_what_a_new_request_brings,
          a_request_that_comes_to_nothing_is_not_waited_for_long,
          whoever_is_in_no_error_is_left_alone)
