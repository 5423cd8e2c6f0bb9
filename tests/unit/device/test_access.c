/* SPDX-License-Identifier: Apache-2.0 */
/* What object 2 allows each of two servers, for every operation. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

/* The device registers with 101, which has the letters ACCESS; object 2 is made from them. */
#define TWO_SERVERS(ACCESS)                                                                        \
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"servers\": ["                                     \
    "  {\"ssid\": 101, \"uri\": \"coap://server\", \"access\": \"" ACCESS "\"},"                   \
    "  {\"ssid\": 102, \"uri\": \"coap://other\"}],"                                               \
    " \"objects\": {\"3\": {\"0\": {\"0\": \"Acme\", \"5\": {}, \"12\": {}, \"14\": \"+01\"}},"    \
    "  \"16\": {\"0\": {\"0\": {\"0\": \"a\"}}, \"1\": {\"0\": {\"0\": \"b\"}}}}}"

static struct world *start(const char *profile)
{
    struct world *world = world_new(profile);
    world_register(world);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    return world;
}

static void set(struct world *world, struct path path, int64_t integer)
{
    struct model *model = world->device->model;
    ck_assert_int_eq(model_put(model, path, value_integer(integer)), ST_OK);
}

/* The instance of object 2 for the object instance at PATH. */
static unsigned control_of(struct world *world, unsigned object, unsigned instance)
{
    const struct model *model = device_model(world->device);
    for (unsigned id = 0; model_has(model, path_instance(2, id)); id++)
        if (model_value(model, path_resource(2, id, 0))->integer == object &&
            model_value(model, path_resource(2, id, 1))->integer == instance)
            return id;
    return ID_NONE;
}

START_TEST(each_letter_allows_its_operations_and_no_others)
{
    static const struct {
        const char *profile;
        uint8_t read, write, execute, delete, create;
    } cases[] = {
        {TWO_SERVERS(""), CODE_UNAUTHORIZED, CODE_UNAUTHORIZED, CODE_UNAUTHORIZED,
         CODE_UNAUTHORIZED, CODE_UNAUTHORIZED},
        {TWO_SERVERS("R"), CODE_CONTENT, CODE_UNAUTHORIZED, CODE_UNAUTHORIZED, CODE_UNAUTHORIZED,
         CODE_UNAUTHORIZED},
        {TWO_SERVERS("W"), CODE_UNAUTHORIZED, CODE_CHANGED, CODE_UNAUTHORIZED, CODE_UNAUTHORIZED,
         CODE_UNAUTHORIZED},
        {TWO_SERVERS("E"), CODE_UNAUTHORIZED, CODE_UNAUTHORIZED, CODE_CHANGED, CODE_UNAUTHORIZED,
         CODE_UNAUTHORIZED},
        {TWO_SERVERS("D"), CODE_UNAUTHORIZED, CODE_UNAUTHORIZED, CODE_UNAUTHORIZED, CODE_DELETED,
         CODE_UNAUTHORIZED},
        {TWO_SERVERS("C"), CODE_UNAUTHORIZED, CODE_UNAUTHORIZED, CODE_UNAUTHORIZED,
         CODE_UNAUTHORIZED, CODE_CREATED},
        {TWO_SERVERS("RWEDC"), CODE_CONTENT, CODE_CHANGED, CODE_CHANGED, CODE_DELETED,
         CODE_CREATED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct world *world = start(cases[i].profile);
        ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/0", -1, NULL), cases[i].read);
        ck_assert_int_eq(world_do(world, CODE_GET, "/3/0", -1, NULL), cases[i].read);
        ck_assert_int_eq(world_do(world, CODE_PUT, "/3/0?pmin=1", -1, NULL),
                         cases[i].read == CODE_CONTENT ? CODE_CHANGED : CODE_UNAUTHORIZED);
        ck_assert_int_eq(world_do(world, CODE_PUT, "/3/0/14", 0, "+02"), cases[i].write);
        ck_assert_int_eq(world_do(world, CODE_POST, "/3/0/12", -1, NULL), cases[i].execute);
        ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/1", -1, NULL), cases[i].delete);
        ck_assert_int_eq(world_do(world, CODE_POST, "/16", -1, NULL), cases[i].create);
        world_ask(world, CODE_GET, "/3/0")->accept = FORMAT_LINK;
        ck_assert_int_eq(world_send(world), CODE_CONTENT);
        world_free(world);
    }
}
END_TEST

START_TEST(what_is_not_there_is_not_found_before_rights_count)
{
    struct world *world = start(TWO_SERVERS(""));
    ck_assert_int_eq(world_do(world, CODE_GET, "/16/7", -1, NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/7", -1, NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(world_do(world, CODE_GET, "/0/0", -1, NULL), CODE_UNAUTHORIZED);
    world_free(world);
}
END_TEST

START_TEST(one_server_alone_may_do_everything)
{
    struct world *world = world_new(NULL);
    struct records records;
    records_init(&records);
    world_register(world);
    ck_assert(access_allows(world->device, 1, path_instance(3, 0), RIGHT_WRITE));
    ck_assert(access_allows(world->device, 1, path_object(16), RIGHT_CREATE));
    ck_assert(access_grant(world->device, 1, path_instance(16, 0)));
    ck_assert(!model_has(device_model(world->device), path_object(2)));
    access_filter(world->device, 1, &records);
    records_release(&records);
    world_free(world);
}
END_TEST

START_TEST(the_own_entry_counts_then_the_default_then_the_owner)
{
    struct world *world = start(TWO_SERVERS("R"));
    struct model *model = world->device->model;
    const struct device *device = world->device;
    struct path target = path_instance(16, 0);
    struct path list = path_resource(2, control_of(world, 16, 0), 2);
    set(world, path_child(list, 0), RIGHT_WRITE);
    ck_assert(access_allows(device, 101, target, RIGHT_READ));
    ck_assert(!access_allows(device, 101, target, RIGHT_WRITE));
    ck_assert(access_allows(device, 7, target, RIGHT_WRITE));
    ck_assert(!access_allows(device, 7, target, RIGHT_READ));
    model_remove(model, path_child(list, 101), true);
    ck_assert(access_allows(device, 101, target, RIGHT_WRITE));
    model_remove(model, list, true);
    ck_assert(access_allows(device, 101, target, RIGHT_DELETE));
    ck_assert(!access_allows(device, 101, path_object(3), RIGHT_CREATE));
    ck_assert(!access_allows(device, 102, target, RIGHT_READ));
    world_free(world);
}
END_TEST

START_TEST(who_is_controlled_by_nothing_is_closed)
{
    struct world *world = start(TWO_SERVERS("RWEDC"));
    model_remove(world->device->model, path_instance(2, control_of(world, 16, 0)), false);
    ck_assert_int_eq(world_do(world, CODE_GET, "/16/0", -1, NULL), CODE_UNAUTHORIZED);
    world_free(world);
}
END_TEST

START_TEST(an_object_shows_the_instances_that_may_be_read)
{
    struct world *world = start(TWO_SERVERS("R"));
    set(world, path_child(path_resource(2, control_of(world, 16, 1), 2), 101), 0);
    world_ask(world, CODE_GET, "/16")->accept = FORMAT_SENML_JSON;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "[{\"bn\":\"/16/\",\"n\":\"0/0/0\",\"vs\":\"a\"}]");
    set(world, path_child(path_resource(2, control_of(world, 16, 0), 2), 101), 0);
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "[]");
    world_free(world);
}
END_TEST

START_TEST(the_list_is_everybodys_to_read_and_its_owners_to_write)
{
    struct world *world = start(TWO_SERVERS("R"));
    char uri[32];
    unsigned control = control_of(world, 16, 0);
    snprintf(uri, sizeof uri, "/2/%u/2/102", control);
    ck_assert_int_eq(world_do(world, CODE_GET, "/2", -1, NULL), CODE_CONTENT);
    ck_assert_int_eq(world_do(world, CODE_PUT, uri, 0, "1"), CODE_CHANGED);
    set(world, path_resource(2, control, 3), 102);
    ck_assert_int_eq(world_do(world, CODE_PUT, uri, 0, "3"), CODE_UNAUTHORIZED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/2", -1, NULL), CODE_UNAUTHORIZED);
    snprintf(uri, sizeof uri, "/2/%u", control);
    ck_assert_int_eq(world_do(world, CODE_DELETE, uri, -1, NULL), CODE_UNAUTHORIZED);
    world_free(world);
}
END_TEST

START_TEST(who_creates_an_instance_owns_it_and_its_control_goes_with_it)
{
    struct world *world = start(TWO_SERVERS("C"));
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", -1, NULL), CODE_CREATED);
    const struct model *model = device_model(world->device);
    unsigned control = control_of(world, 16, 2);
    ck_assert_uint_ne(control, ID_NONE);
    ck_assert_int_eq(model_value(model, path_resource(2, control, 3))->integer, 101);
    ck_assert_int_eq(model_value(model, path_child(path_resource(2, control, 2), 101))->integer,
                     15);
    ck_assert_int_eq(world_do(world, CODE_GET, "/16/2", -1, NULL), CODE_CONTENT);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/2", -1, NULL), CODE_DELETED);
    ck_assert_uint_eq(control_of(world, 16, 2), ID_NONE);
    world_free(world);
}
END_TEST

static void fill(struct world *world)
{
    enum status status = ST_OK;
    for (unsigned i = 0; status == ST_OK; i++)
        status = model_put(world->device->model, path_child(path_resource(3, 0, 7), i),
                           value_integer(1));
    ck_assert_int_eq(status, ST_LIMIT);
}

/* Whatever is missing for the rights, from all of them to the last one, nothing stays. */
START_TEST(what_nobody_could_have_rights_to_is_not_created)
{
    unsigned refusals = 0;
    for (unsigned room = 0; room < 20; room++) {
        struct world *world = start(TWO_SERVERS("C"));
        struct model *model = world->device->model;
        fill(world);
        for (unsigned i = 0; i < room; i++)
            model_remove(model, path_child(path_resource(3, 0, 7), i), false);
        size_t controls = model_children(model, path_object(2), NULL, 0);
        uint8_t code = world_do(world, CODE_POST, "/16", -1, NULL);
        bool created = code == CODE_CREATED;
        refusals += !created;
        ck_assert_int_eq(model_has(model, path_instance(16, 2)), created);
        ck_assert_uint_eq(model_children(model, path_object(2), NULL, 0), controls + created);
        if (!created)
            ck_assert_str_eq(world_text(world), "the device has no room for the access rights; "
                                                "delete an instance");
        ck_assert_int_eq(
            portfolio_execute(world->device->portfolio, 2, bytes_of("0='0',1='0',2='1'")),
            created ? CODE_CHANGED : CODE_NOT_FOUND);
        world_free(world);
    }
    ck_assert_uint_gt(refusals, 3); /* one for each cell that could be missing */
    ck_assert_uint_lt(refusals, 20);
}
END_TEST

START_TEST(composites_leave_out_and_refuse_what_is_not_allowed)
{
    static const char both[] =
        "[{\"n\":\"/3/0/14\",\"vs\":\"+05\"},{\"n\":\"/16/1/0/0\",\"vs\":\"c\"}]";
    struct world *world = start(TWO_SERVERS("RW"));
    set(world, path_child(path_resource(2, control_of(world, 16, 1), 2), 101), 0);
    world_ask(world, CODE_FETCH, "/")->accept = FORMAT_SENML_JSON;
    world->request.format = FORMAT_SENML_JSON;
    buf_puts(&world->request.payload, "[{\"n\":\"/16/1\"},{\"n\":\"/16/0/0/0\"}]");
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "[{\"n\":\"/16/0/0/0\",\"vs\":\"a\"}]");
    ck_assert_int_eq(world_do(world, CODE_IPATCH, "/", FORMAT_SENML_JSON, both), CODE_UNAUTHORIZED);
    set(world, path_child(path_resource(2, control_of(world, 16, 1), 2), 101), RIGHT_WRITE);
    ck_assert_int_eq(world_do(world, CODE_IPATCH, "/", FORMAT_SENML_JSON, both), CODE_CHANGED);
    world_free(world);
}
END_TEST

UNIT_MAIN("access", each_letter_allows_its_operations_and_no_others,
          what_is_not_there_is_not_found_before_rights_count, one_server_alone_may_do_everything,
          the_own_entry_counts_then_the_default_then_the_owner,
          who_is_controlled_by_nothing_is_closed, an_object_shows_the_instances_that_may_be_read,
          the_list_is_everybodys_to_read_and_its_owners_to_write,
          who_creates_an_instance_owns_it_and_its_control_goes_with_it,
          what_nobody_could_have_rights_to_is_not_created,
          composites_leave_out_and_refuse_what_is_not_allowed)
