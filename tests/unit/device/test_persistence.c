/* SPDX-License-Identifier: Apache-2.0 */
/* What outlives a restart and a new process, what does not, and a file that cannot be written. */
#include "base/std.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { SECOND = 1000 };

static const char profile_text[] =
    "{\"endpoint\": \"ep\", \"lifetime\": 86400, \"state\": \"s\","
    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
    " \"objects\": {"
    "  \"3\": {\"0\": {\"9\": 50, \"14\": \"+01\"}},"
    "  \"16\": {\"0\": {\"0\": {\"0\": \"HOST\", \"1\": \"Acme\", \"3\": \"1.4\"}},"
    "         \"1\": {\"0\": {\"0\": \"plain\"}}}},"
    " \"secure_component\": {\"latency\": \"20ms\", \"limit\": \"5s\", \"instances\": {"
    "  \"16/0\": {\"authentication\": {\"hashes\": \"from-identity\","
    "    \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}}}}}}";

static struct world *start(void)
{
    struct world *world = world_new(profile_text);
    world_register(world);
    return world;
}

static struct device *another(struct world *world, struct state *state, const char *file)
{
    return device_new(&(struct device_config){.profile = world->profile,
                                              .clock = world->clock,
                                              .trace = &world->trace,
                                              .endpoint = world->device_end,
                                              .component = world->component,
                                              .state = state,
                                              .state_file = file});
}

/* The device of WORLD with a file; the one before is gone. */
static void use_file(struct world *world, struct state *state, const char *file)
{
    device_free(world->device);
    world->device = another(world, state, file);
    world_register(world);
}

static const char *text_at(struct world *world, unsigned instance, unsigned identity)
{
    struct path path = path_child(path_resource(16, instance, 0), identity);
    const struct value *value = model_value(device_model(world->device), path);
    static const char *const known[] = {"HOST", "Acme", "1.4", "2.0", "plain", "new"};
    for (size_t i = 0; value != NULL && i < COUNT_OF(known); i++)
        if (bytes_is(value_bytes(value), known[i]))
            return known[i];
    return value == NULL ? "nothing" : "something else";
}

/* Changes a bit of everything. */
static void change(struct world *world)
{
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/3", 0, "2.0"), CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", -1, NULL), CODE_CREATED);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/1", -1, NULL), CODE_DELETED);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/3?pmin=5&pmax=10", -1, NULL), CODE_CHANGED);
}

static void assert_changed(struct world *world)
{
    const struct model *model = device_model(world->device);
    ck_assert_str_eq(text_at(world, 0, 3), "2.0");
    ck_assert_str_eq(text_at(world, 0, 0), "HOST");
    ck_assert(!model_has(model, path_instance(16, 1)));
    ck_assert(model_has(model, path_resource(16, 2, 3)));
    ck_assert_uint_eq(model_children(model, path_resource(16, 2, 0), NULL, 0), 0);
    world_ask(world, CODE_GET, "/16/0/3")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "</16/0/3>;pmin=5;pmax=10");
}

START_TEST(a_restart_leaves_what_servers_changed)
{
    struct world *world = start();
    change(world);
    device_restart(world->device);
    world_run(world, 0);
    assert_changed(world);
    device_restart(world->device);
    world_run(world, 0);
    assert_changed(world);
    world_free(world);
}
END_TEST

/* rule: I-21 */
START_TEST(a_restart_leaves_nothing_of_a_process)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", -1, "0='0',1='0',2='1'"), CODE_CHANGED);
    world_run(world, SECOND);
    ck_assert_uint_eq(model_children(device_model(world->device), path_resource(16, 0, 2), NULL, 0),
                      1);
    device_restart(world->device);
    world_run(world, 0);
    const struct model *model = device_model(world->device);
    ck_assert_uint_eq(model_children(model, path_resource(16, 0, 2), NULL, 0), 0);
    ck_assert_int_eq(model_value(model, path_resource(16, 0, 3))->integer, 0);
    world_free(world);
}
END_TEST

/* Whether GetAuthData of /16/0 brings AuthData. */
static bool has_keys(struct world *world)
{
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", -1, "0='0',1='0',2='1'"), CODE_CHANGED);
    world_run(world, SECOND);
    return model_children(device_model(world->device), path_resource(16, 0, 2), NULL, 0) > 0;
}

static void restart(struct world *world)
{
    device_restart(world->device);
    world_run(world, 0);
}

static void replace_instance(struct world *world)
{
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", -1, NULL), CODE_DELETED);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", FORMAT_TLV, "080008860044006576696c"),
                     CODE_CREATED);
}

/* rule: I-19, PF-AUTH-2. The keys of the profile are not for what a server made. */
START_TEST(a_restart_gives_nobody_the_keys_of_another)
{
    struct world *world = start();
    struct error error;
    replace_instance(world);
    ck_assert(!has_keys(world));
    restart(world);
    ck_assert(!has_keys(world));
    restart(world);
    ck_assert(!has_keys(world));
    ck_assert_int_eq(
        device_provision(world->device, path_child(path_resource(16, 0, 0), 0), &error), ST_OK);
    ck_assert(has_keys(world));
    restart(world);
    ck_assert(has_keys(world));
    world_free(world);
}
END_TEST

START_TEST(a_new_process_gives_nobody_the_keys_of_another)
{
    char folder[] = "/tmp/lwm2m-portfolio-test-XXXXXX";
    char file[64];
    struct error_list errors;
    struct state state;
    struct world *world = start();
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/state", folder);
    use_file(world, NULL, file);
    replace_instance(world);
    world_run(world, SECOND);
    error_list_init(&errors);
    state_init(&state);
    ck_assert_int_eq(state_load(&state, world->profile, file, &errors), ST_OK);
    use_file(world, &state, file);
    ck_assert(!has_keys(world));
    state_release(&state);
    error_list_release(&errors);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    world_free(world);
}
END_TEST

START_TEST(a_new_process_finds_it_in_the_file)
{
    char folder[] = "/tmp/lwm2m-portfolio-test-XXXXXX";
    char file[64];
    struct error_list errors;
    struct state state;
    struct world *world = start();
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/state", folder);
    use_file(world, NULL, file);
    change(world);
    ck_assert_int_ne(access(file, F_OK), 0);
    world_run(world, SECOND);
    ck_assert_int_eq(access(file, F_OK), 0);
    error_list_init(&errors);
    state_init(&state);
    ck_assert_int_eq(state_load(&state, world->profile, file, &errors), ST_OK);
    use_file(world, &state, file);
    ck_assert_uint_eq(state.values.count, 0);
    assert_changed(world);
    state_release(&state);
    error_list_release(&errors);
    ck_assert_int_eq(unlink(file), 0);
    /* What nobody changes is not written. */
    world_run(world, SECOND);
    ck_assert_int_ne(access(file, F_OK), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    world_free(world);
}
END_TEST

START_TEST(keeps_what_changed_last_when_it_ends)
{
    char folder[] = "/tmp/lwm2m-portfolio-test-XXXXXX";
    char file[64];
    struct world *world = start();
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/state", folder);
    use_file(world, NULL, file);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/3", 0, "2.0"), CODE_CHANGED);
    world_free(world);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(tries_again_when_the_file_cannot_be_written)
{
    char folder[] = "/tmp/lwm2m-portfolio-test-XXXXXX";
    char file[64];
    struct world *world = start();
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(rmdir(folder), 0);
    snprintf(file, sizeof file, "%s/state", folder);
    use_file(world, NULL, file);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/3", 0, "2.0"), CODE_CHANGED);
    world_run(world, SECOND);
    ck_assert_uint_eq(world_count(&world->events, "error state cannot be written to "), 1);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    world_run(world, 60 * SECOND);
    ck_assert_uint_eq(world_count(&world->events, "error"), 1);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    world_free(world);
}
END_TEST

START_TEST(forgets_attributes_of_what_is_gone)
{
    struct state state;
    struct world *world = start();
    state_init(&state);
    ck_assert(state_add_attribute(&state, 1, path_instance(16, 7), bytes_of("pmin=1")));
    ck_assert(state_add_attribute(&state, 1, path_instance(16, 0), bytes_of("pmin=1")));
    ck_assert(state_add_attribute(&state, 1, path_instance(16, 1), bytes_of("nonsense")));
    use_file(world, &state, NULL);
    state_release(&state);
    world_ask(world, CODE_GET, "/16/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(world_text(world), "</16/0>;pmin=1,"));
    world_free(world);
}
END_TEST

START_TEST(says_when_a_part_does_not_fit)
{
    struct state state;
    struct world *world = start();
    state_init(&state);
    ck_assert(records_add(&state.values, path_resource(16, 0, 9), value_integer(1)));
    use_file(world, &state, NULL);
    state_release(&state);
    ck_assert_uint_eq(world_count(&world->events, "warning a part of the state does not fit"), 0);
    world_free(world);
}
END_TEST

UNIT_MAIN("persistence", a_restart_leaves_what_servers_changed,
          a_restart_leaves_nothing_of_a_process, a_restart_gives_nobody_the_keys_of_another,
          a_new_process_gives_nobody_the_keys_of_another, a_new_process_finds_it_in_the_file,
          keeps_what_changed_last_when_it_ends, tries_again_when_the_file_cannot_be_written,
          forgets_attributes_of_what_is_gone, says_when_a_part_does_not_fit)
