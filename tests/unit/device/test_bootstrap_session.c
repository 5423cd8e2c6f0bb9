/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server may do: write, delete, read, finish; and that all of it comes true at
 * once. */
#include "tests/unit/unit.h"

#include "device/bootstrap_impl.h"
#include "tests/fake/fake_bootstrap.h"

static struct factory *start(void)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    return factory;
}

static uint8_t put(struct factory *factory, const char *uri, const char *senml)
{
    return factory_do(factory, CODE_PUT, uri, FORMAT_SENML_JSON, senml);
}

static void finish(struct factory *factory)
{
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
}

static bool text_is(const struct factory *factory, const char *uri, const char *text)
{
    struct path path;
    ck_assert(path_parse(bytes_of(uri), &path));
    const struct value *value = model_value(factory_model(factory), path);
    return value != NULL && bytes_is(value_bytes(value), text);
}

/* --- write ------------------------------------------------------------------------------------ */

START_TEST(writes_what_servers_cannot)
{
    struct factory *factory = start();
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/3/0/0", 0, "Other"), CODE_CHANGED);
    ck_assert_int_eq(put(factory, "/16/0/0/7", "[{\"bn\":\"/16/0/0/7\",\"vs\":\"new\"}]"),
                     CODE_CHANGED);
    ck_assert(text_is(factory, "/3/0/0", "Acme"));
    finish(factory);
    ck_assert(text_is(factory, "/3/0/0", "Other"));
    ck_assert(text_is(factory, "/16/0/0/0", "HOST4711"));
    ck_assert(text_is(factory, "/16/0/0/7", "new"));
    factory_free(factory);
}
END_TEST

START_TEST(writes_in_tlv_too)
{
    struct factory *factory = start();
    struct message request;
    message_init(&request);
    request.code = CODE_PUT;
    request.format = FORMAT_TLV;
    ck_assert(segments_split(&request.path, '/', bytes_of("/1/3")));
    ck_assert(parse_hex(bytes_of("C10007"), &request.payload));
    ck_assert_int_eq(factory_send(factory, &request), CODE_CHANGED);
    ck_assert_int_eq(factory_get(factory, "/1", FORMAT_SENML_JSON), CODE_CONTENT);
    ck_assert_str_eq(factory_text(factory), "[{\"bn\":\"/1/\",\"n\":\"3/0\",\"v\":7}]");
    factory_free(factory);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
    static const struct {
        const char *uri;
        int format;
        const char *content;
        uint8_t code;
        const char *text;
    } rows[] = {
        {"/", 110, "[]", CODE_METHOD_NOT_ALLOWED, ""},
        {"/1/0/1", -1, "60", CODE_BAD_REQUEST,
         "the request does not tell the format of its content"},
        {"/1/0/1", 50, "60", CODE_UNSUPPORTED_FORMAT, ""},
        {"/1/0/1", 11543, "60", CODE_UNSUPPORTED_FORMAT, ""},
        {"/1/0/1", 0, "0", CODE_BAD_REQUEST,
         "value of \"/1/0/1\" is not in the range 1..4294967295"},
        {"/3/1/0", 0, "x", CODE_BAD_REQUEST, "\"/3/1\" is no possible instance of its object"},
        {"/5/0/1", 0, "x", CODE_BAD_REQUEST, "\"/5\" is an object that the device does not have"},
        {"/16/0/3", 0, "1", CODE_BAD_REQUEST, "nobody can write AuthData and AuthStatus"},
        {"/1/0/99999", 0, "1", CODE_BAD_REQUEST, "the path names nothing that can be there"},
        {"/bs", 0, "1", CODE_BAD_REQUEST, "the path names nothing that can be there"},
        {"/1", 110, "[{\"bn\":\"/3/0/0\",\"vs\":\"x\"}]", CODE_BAD_REQUEST, NULL},
    };
    struct factory *factory = start();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t code = factory_do(factory, CODE_PUT, rows[i].uri, rows[i].format, rows[i].content);
        ck_assert_msg(code == rows[i].code, "row %zu: %u", i, (unsigned)code);
        if (rows[i].text != NULL)
            ck_assert_str_eq(factory_text(factory), rows[i].text);
    }
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/1/0", 110, "[]"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(factory_do(factory, CODE_FETCH, "/", 110, "[]"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(factory_get(factory, "/", FORMAT_LINK), CODE_CONTENT);
    ck_assert_str_eq(factory_text(factory),
                     "</>;lwm2m=1.1,</0>;ver=1.1,</0/1>;uri=\"coap://bs\",</1>;ver=1.1,"
                     "</3>;ver=1.1,</3/0>,</7/0>,</16/0>");
    factory_free(factory);
}
END_TEST

/* --- delete ----------------------------------------------------------------------------------- */

START_TEST(deletes_all_but_what_has_to_stay)
{
    struct factory *factory = start();
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_DELETE, "/", -1, NULL), CODE_DELETED);
    ck_assert_int_eq(factory_get(factory, "/", FORMAT_LINK), CODE_CONTENT);
    ck_assert_str_eq(factory_text(factory), "</>;lwm2m=1.1,</0>;ver=1.1,</0/1>;uri=\"coap://bs\","
                                            "</1>;ver=1.1,</3>;ver=1.1,</3/0>,</7>,</16>");
    ck_assert(model_has(factory_model(factory), path_instance(16, 0)));
    finish(factory);
    ck_assert(!model_has(factory_model(factory), path_instance(16, 0)));
    ck_assert(!model_has(factory_model(factory), path_resource(3, 0, 22)) ||
              model_children(factory_model(factory), path_resource(3, 0, 22), NULL, 0) == 0);
    ck_assert(model_has(factory_model(factory), path_instance(0, 1)));
    factory_free(factory);
}
END_TEST

START_TEST(tells_what_cannot_be_deleted)
{
    static const struct {
        const char *uri;
        uint8_t code;
    } rows[] = {
        {"/0", CODE_DELETED},     {"/0/1", CODE_BAD_REQUEST},
        {"/3", CODE_DELETED},     {"/3/0", CODE_BAD_REQUEST},
        {"/7/0", CODE_DELETED},   {"/7/0", CODE_BAD_REQUEST},
        {"/9", CODE_BAD_REQUEST}, {"/16/0/0", CODE_METHOD_NOT_ALLOWED},
    };
    struct factory *factory = start();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t code = factory_do(factory, CODE_DELETE, rows[i].uri, -1, NULL);
        ck_assert_msg(code == rows[i].code, "%s: %u", rows[i].uri, (unsigned)code);
    }
    factory_free(factory);
}
END_TEST

/* ETS 4: after all accounts were deleted, a bootstrap goes on as usual. */
START_TEST(writes_again_what_was_deleted)
{
    struct factory *factory = start();
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_DELETE, "/0", -1, NULL), CODE_DELETED);
    ck_assert_int_eq(factory_do(factory, CODE_DELETE, "/1", -1, NULL), CODE_DELETED);
    ck_assert_int_eq(factory_get(factory, "/1", FORMAT_SENML_JSON), CODE_CONTENT);
    ck_assert_str_eq(factory_text(factory), "[]");
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_NOT_ACCEPTABLE);
    finish(factory);
    ck_assert(text_is(factory, "/0/0/0", "coap://server"));
    factory_free(factory);
}
END_TEST

/* --- read ------------------------------------------------------------------------------------- */

/* ETS 8. */
START_TEST(reads_the_accounts_and_who_controls_access)
{
    struct factory *factory = start();
    factory_write_account(factory);
    ck_assert_int_eq(put(factory, "/2/0",
                         "[{\"bn\":\"/2/0/\",\"n\":\"0\",\"v\":3},{\"n\":\"1\",\"v\":0},"
                         "{\"n\":\"2/0\",\"v\":31},{\"n\":\"3\",\"v\":65535}]"),
                     CODE_CHANGED);
    ck_assert_int_eq(put(factory, "/1/0/16", "[{\"bn\":\"/1/0/16\",\"vb\":true}]"), CODE_CHANGED);
    ck_assert_int_eq(factory_get(factory, "/1", FORMAT_SENML_JSON), CODE_CONTENT);
    ck_assert_str_eq(factory_text(factory),
                     "[{\"bn\":\"/1/\",\"n\":\"0/0\",\"v\":1},{\"n\":\"0/1\",\"v\":600},"
                     "{\"n\":\"0/6\",\"vb\":false},{\"n\":\"0/7\",\"vs\":\"U\"},"
                     "{\"n\":\"0/16\",\"vb\":true}]");
    ck_assert_int_eq(factory_get(factory, "/2/0", FORMAT_SENML_JSON), CODE_CONTENT);
    ck_assert_int_eq(factory_get(factory, "/2", -1), CODE_CONTENT);
    ck_assert_int_eq(factory->answer.format, FORMAT_SENML_CBOR);
    ck_assert_int_eq(factory_get(factory, "/2", FORMAT_OPAQUE), CODE_NOT_ACCEPTABLE);
    ck_assert_int_eq(factory_get(factory, "/1/9", -1), CODE_NOT_FOUND);
    factory_free(factory);
}
END_TEST

START_TEST(reads_nothing_else)
{
    struct factory *factory = start();
    static const char *const uris[] = {"/", "/0", "/0/1", "/3", "/16/0", "/1/0/0"};
    for (size_t i = 0; i < COUNT_OF(uris); i++)
        ck_assert_int_eq(factory_get(factory, uris[i], -1), CODE_METHOD_NOT_ALLOWED);
    factory_free(factory);
}
END_TEST

START_TEST(has_no_read_in_lwm2m_1_0)
{
    struct factory *factory =
        factory_new("{\"endpoint\": \"e\", \"bootstrap\": {\"uri\": \"coap://bs\"}}");
    factory_open(factory);
    ck_assert_int_eq(factory_get(factory, "/1", -1), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(put(factory, "/1", "[]"), CODE_UNSUPPORTED_FORMAT);
    factory_free(factory);
}
END_TEST

/* --- coming true ------------------------------------------------------------------------------ */

/* The registered servers go on while another one bootstraps. */
START_TEST(keeps_what_became_of_the_device_meanwhile)
{
    struct factory *factory = start();
    struct device *device = factory->world->device;
    ck_assert_int_eq(put(factory, "/3/0/0", "[{\"bn\":\"/3/0/0\",\"vs\":\"New\"}]"), CODE_CHANGED);
    ck_assert_int_eq(device_set(device, path_resource(3, 0, 14), value_string("+02"), NULL), ST_OK);
    finish(factory);
    ck_assert(text_is(factory, "/3/0/14", "+02"));
    ck_assert(text_is(factory, "/3/0/0", "New"));
    factory_free(factory);
}
END_TEST

START_TEST(gives_a_portfolio_instance_its_services)
{
    struct factory *factory = start();
    ck_assert_int_eq(put(factory, "/16/4", "[{\"bn\":\"/16/4/0/0\",\"vs\":\"HOST\"}]"),
                     CODE_CHANGED);
    finish(factory);
    ck_assert(model_has(factory_model(factory), path_resource(16, 4, 1)));
    ck_assert(model_has(factory_model(factory), path_resource(16, 4, 2)));
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(16, 4, 3))->integer, 0);
    factory_free(factory);
}
END_TEST

/* Another instance of the same number: its process starts anew. */
START_TEST(replaces_a_portfolio_instance)
{
    struct factory *factory = start();
    ck_assert_int_eq(factory_do(factory, CODE_DELETE, "/16/0", -1, NULL), CODE_DELETED);
    ck_assert_int_eq(put(factory, "/16/0", "[{\"bn\":\"/16/0/0/1\",\"vs\":\"Maker\"}]"),
                     CODE_CHANGED);
    finish(factory);
    ck_assert(!model_has(factory_model(factory), path_child(path_resource(16, 0, 0), 0)));
    ck_assert(text_is(factory, "/16/0/0/1", "Maker"));
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(16, 0, 3))->integer, 0);
    ck_assert_uint_eq(model_children(factory_model(factory), path_resource(3, 0, 22), NULL, 0), 1);
    factory_free(factory);
}
END_TEST

/* --- a bootstrap while a server is registered ----------------------------------------------------
 */

/* The bootstrap is open, and coap://server may do what it likes. */
static struct factory *both(void)
{
    struct factory *factory = factory_new(
        "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"bootstrap\": {\"uri\": \"coap://bs\"},"
        " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
        " \"objects\": {\"1\": {\"0\": {\"9\": {}}}, \"3\": {\"0\": {}},"
        "  \"16\": {\"0\": {\"0\": {\"0\": \"HOST4711\"}}}},"
        " \"secure_component\": {\"instances\": {\"16/0\": {"
        "  \"authentication\": {\"hashes\": \"from-identity\","
        "   \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}}}}}}");
    factory_open(factory);
    ck_assert_int_eq(world_do(factory->world, CODE_POST, "/1/0/9", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    return factory;
}

static void finish_both(struct factory *factory)
{
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
}

static unsigned starts(struct factory *factory, unsigned instance)
{
    return portfolio_execute(factory->world->device->portfolio, instance,
                             bytes_of("0='0',1='0',2='1'"));
}

START_TEST(leaves_what_a_server_has_deleted_meanwhile)
{
    struct factory *factory = both();
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/16/0/0/3", 0, "1.5"), CODE_CHANGED);
    ck_assert_int_eq(world_do(factory->world, CODE_DELETE, "/16/0", -1, NULL), CODE_DELETED);
    finish_both(factory);
    ck_assert(!model_has(factory_model(factory), path_instance(16, 0)));
    ck_assert_int_eq(starts(factory, 0), CODE_NOT_FOUND);
    factory_free(factory);
}
END_TEST

START_TEST(brings_an_account_back_that_was_written)
{
    struct factory *factory = both();
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/1/0/1", 0, "77"), CODE_CHANGED);
    model_remove(factory->world->device->model, path_instance(1, 0), false);
    finish_both(factory);
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(1, 0, 1))->integer, 77);
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(1, 0, 0))->integer, 1);
    ck_assert(model_has(factory_model(factory), path_resource(1, 0, 9)));
    factory_free(factory);
}
END_TEST

START_TEST(does_not_bring_back_what_nobody_has_written)
{
    struct factory *factory = both();
    ck_assert_int_eq(put(factory, "/2/0", "[{\"bn\":\"/2/0/3\",\"v\":1}]"), CODE_CHANGED);
    ck_assert_int_eq(world_do(factory->world, CODE_DELETE, "/16/0", -1, NULL), CODE_DELETED);
    finish_both(factory);
    ck_assert(!model_has(factory_model(factory), path_instance(16, 0)));
    ck_assert(model_has(factory_model(factory), path_instance(2, 0)));
    factory_free(factory);
}
END_TEST

/* What each of them said of it does not mix, and there is one process. */
START_TEST(replaces_an_instance_that_both_made)
{
    struct factory *factory = both();
    struct model *model = factory->world->device->model;
    ck_assert_int_eq(put(factory, "/16/5", "[{\"bn\":\"/16/5/0/1\",\"vs\":\"Maker\"}]"),
                     CODE_CHANGED);
    ck_assert_int_eq(
        world_do_hex(factory->world, CODE_POST, "/16", FORMAT_TLV, "0805088600440065766931"),
        CODE_CREATED);
    ck_assert_int_eq(starts(factory, 5), CODE_CHANGED);
    finish_both(factory);
    ck_assert(text_is(factory, "/16/5/0/1", "Maker"));
    ck_assert_uint_eq(model_children(model, path_resource(16, 5, 0), NULL, 0), 1);
    ck_assert_int_eq(model_value(model, path_resource(16, 5, 3))->integer, 0);
    model_remove(model, path_instance(16, 5), false);
    ck_assert_int_eq(starts(factory, 5), CODE_NOT_FOUND);
    factory_free(factory);
}
END_TEST

UNIT_MAIN("bootstrap session", writes_what_servers_cannot, writes_in_tlv_too,
          refuses_what_makes_no_sense, deletes_all_but_what_has_to_stay,
          tells_what_cannot_be_deleted, writes_again_what_was_deleted,
          reads_the_accounts_and_who_controls_access, reads_nothing_else, has_no_read_in_lwm2m_1_0,
          keeps_what_became_of_the_device_meanwhile, gives_a_portfolio_instance_its_services,
          replaces_a_portfolio_instance, leaves_what_a_server_has_deleted_meanwhile,
          brings_an_account_back_that_was_written, does_not_bring_back_what_nobody_has_written,
          replaces_an_instance_that_both_made)
