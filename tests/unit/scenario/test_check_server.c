/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a step is for. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static const uint16_t ids[] = {101, 102};

/* Checks LINE, the only step, for a profile with COUNT servers and perhaps a bootstrap server. */
static struct scenario *check(const char *line, size_t count, bool bootstrap,
                              struct error_list *errors)
{
    char text[400];
    struct fake_stage fake;
    snprintf(text, sizeof text, HEADER "%s\n", line);
    struct scenario *scenario = parsed(text);
    fake_stage_init(&fake);
    fake.claims.servers = ids;
    fake.claims.server_count = count;
    fake.claims.has_bootstrap = bootstrap;
    error_list_init(errors);
    enum status status = scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, errors);
    ck_assert_int_eq(status == ST_OK, errors->count == 0);
    fake_stage_release(&fake);
    return scenario;
}

static unsigned server_of(const char *line)
{
    struct error_list errors;
    struct scenario *scenario = check(line, 2, true, &errors);
    ck_assert_msg(errors.count == 0, "%s", errors.count > 0 ? errors.items[0].text : "");
    unsigned server = scenario->steps[0].server;
    error_list_release(&errors);
    scenario_free(scenario);
    return server;
}

static const char *refused(const char *line, size_t count, bool bootstrap)
{
    struct error_list errors;
    struct scenario *scenario = check(line, count, bootstrap, &errors);
    const char *shown = error_shown(&errors);
    error_list_release(&errors);
    scenario_free(scenario);
    return shown;
}

START_TEST(the_first_server_is_meant_when_none_is_named)
{
    ck_assert_uint_eq(server_of("read /3"), 101);
    ck_assert_uint_eq(server_of("at 102 read /3"), 102);
    ck_assert_uint_eq(server_of("should at 102 expect no update within 1s"), 102);
    ck_assert_uint_eq(server_of("at 102 server restart"), 102);
    ck_assert_uint_eq(server_of("at bootstrap read /16"), BOOTSTRAP_SERVER);
    ck_assert_uint_eq(server_of("at bootstrap expect request within 1s"), BOOTSTRAP_SERVER);
}
END_TEST

START_TEST(a_server_must_be_there)
{
    ck_assert_str_eq(refused("at 7 read /3", 2, true),
                     "f:3:4: error: server 7 is not known; there is 101, 102");
    ck_assert_str_eq(refused("at 101 read /3", 0, false),
                     "f:3:4: error: server 101 is not known; there is none: name it behind "
                     "'servers'");
    ck_assert_str_eq(refused("at bootstrap read /3", 2, false),
                     "f:3:4: error: profile \"fake\" has no bootstrap server");
    ck_assert_str_eq(refused("at 0 read /3", 2, true),
                     "f:3:4: error: short server ids begin at 1; write bootstrap for that server");
    ck_assert_str_eq(refused("at home read /3", 2, true),
                     "f:3:4: error: here should be a whole number from 0 to 65534");
    ck_assert_str_eq(refused("read /3", 0, true),
                     "f:3:1: error: profile \"fake\" has no server; write: at bootstrap ..., or "
                     "name one behind 'servers'");
}
END_TEST

START_TEST(what_no_server_does_is_not_at_one)
{
    static const char *const lines[] = {
        "at 102 wait 1s",
        "at 102 device update",
        "at 102 expect failure",
        "at 102 expect request GET /3",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        ck_assert_str_eq(
            refused(lines[i], 2, true),
            "f:3:4: error: this is nothing that a server sees or does; leave 'at' out");
    ck_assert_str_eq(
        refused("at bootstrap expect update", 2, true),
        "f:3:4: error: this is nothing that a bootstrap server sees or does; leave 'at' out");
}
END_TEST

START_TEST(a_bootstrap_server_has_its_own_operations)
{
    static const char *const good[] = {
        "at bootstrap delete /",        "at bootstrap discover /", "at bootstrap read /16/0",
        "at bootstrap write /16/0/3 1", "at bootstrap finish",     "at bootstrap raw POST /16",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        ck_assert_uint_eq(server_of(good[i]), BOOTSTRAP_SERVER);
    ck_assert_str_eq(refused("at bootstrap execute /16/0/1", 2, true),
                     "f:3:1: error: 'execute' is no operation of a bootstrap server");
    ck_assert_str_eq(
        refused("finish", 2, true),
        "f:3:1: error: 'finish' is for the bootstrap server; write: at bootstrap finish");
    ck_assert_ptr_nonnull(strstr(refused("at bootstrap read /16/0/3", 2, true), "is no target"));
    ck_assert_ptr_nonnull(strstr(refused("delete /", 2, true), "is no target"));
}
END_TEST

START_TEST(a_check_of_the_bootstrap_belongs_to_its_rule)
{
    struct scenario *scenario = parsed(HEADER "at bootstrap read /16\nat 102 read /16\n");
    ck_assert_str_eq(scenario->steps[0].rules[0]->id, "LWM2M-BOOTSTRAP");
    ck_assert_str_eq(scenario->steps[1].rules[0]->id, "LWM2M-READ");
    scenario_free(scenario);
}
END_TEST

UNIT_MAIN("check_server", the_first_server_is_meant_when_none_is_named, a_server_must_be_there,
          what_no_server_does_is_not_at_one, a_bootstrap_server_has_its_own_operations,
          a_check_of_the_bootstrap_belongs_to_its_rule)
