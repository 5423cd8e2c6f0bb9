/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server has for its clients: read, found, and each thing that can be wrong. */
#include "base/std.h"

#include "model/bootstrap_file.h"
#include "tests/unit/model/support.h"

static struct bootstrap_file *good(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct bootstrap_file *file = bootstrap_file_parse(bytes_of(text), "b", "profiles", &errors);
    ck_assert_msg(file != NULL, "%s", errors.count > 0 ? errors.items[0].text : "?");
    ck_assert_uint_eq(errors.count, 0);
    error_list_release(&errors);
    return file;
}

/* The file with one client "a" that has OPERATIONS. */
static struct bootstrap_file *parse(const char *operations, struct error_list *errors)
{
    char text[2000];
    snprintf(text, sizeof text, "{\"bootstrap\":1,\"clients\":{\"a\":{\"operations\":[\n%s\n]}}}",
             operations);
    return bootstrap_file_parse(bytes_of(text), "b", "profiles", errors);
}

static const struct operation *operation_of(const struct bootstrap_file *file, size_t index)
{
    ck_assert_uint_gt(file->clients[0].count, index);
    return &file->clients[0].operations[index];
}

START_TEST(reads_each_operation_in_order)
{
    struct bootstrap_file *file =
        good("{ \"bootstrap\": 1, \"clients\": { \"a\": { \"operations\": ["
             " { \"delete\": \"/0\" }, { \"discover\": \"/1\" }, { \"read\": \"/1\" },"
             " { \"write\": \"/0/7\", \"resources\": { \"0\": \"coap://h\", \"1\": false,"
             "   \"5\": \"hex:00ff\" } },"
             " { \"write\": \"/1\", \"instances\": { \"0\": { \"0\": 1 }, \"3\": {} } },"
             " { \"write\": \"/1\", \"instances\": {} },"
             " { \"write\": \"/1/0/1\", \"value\": 60, \"format\": \"text\" },"
             " { \"write\": \"/2/0/2\", \"value\": { \"1\": 15, \"2\": 1 } },"
             " { \"write\": \"/2/0/2\", \"value\": {} } ] } } }");
    static const struct {
        enum operation_kind kind;
        const char *path;
        int format;
        const char *values;
    } cases[] = {
        {OPERATION_DELETE, "/0", -1, ""},
        {OPERATION_DISCOVER, "/1", -1, ""},
        {OPERATION_READ, "/1", -1, ""},
        {OPERATION_WRITE, "/0/7", -1, "/0/7/0 \"coap://h\"\n/0/7/1 false\n/0/7/5 hex:00ff\n"},
        {OPERATION_WRITE, "/1", -1, "/1/0/0 1\n/1/3 (empty)\n"},
        {OPERATION_WRITE, "/1", -1, "/1 (empty)\n"},
        {OPERATION_WRITE, "/1/0/1", 0, "/1/0/1 60\n"},
        {OPERATION_WRITE, "/2/0/2", -1, "/2/0/2/1 15\n/2/0/2/2 1\n"},
        {OPERATION_WRITE, "/2/0/2", -1, "/2/0/2 (empty)\n"},
    };
    ck_assert_uint_eq(file->clients[0].count, COUNT_OF(cases));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(operation_of(file, i)->kind, cases[i].kind);
        ck_assert(path_equal(operation_of(file, i)->path, at(cases[i].path)));
        ck_assert_int_eq(operation_of(file, i)->format, cases[i].format);
        assert_records(&operation_of(file, i)->values, cases[i].values);
    }
    ck_assert(file->clients[0].finish);
    ck_assert(!file->clients[0].goes_on);
    bootstrap_file_free(file);
}
END_TEST

START_TEST(finds_a_client_by_name_else_what_is_for_all)
{
    struct bootstrap_file *file =
        good("{ \"bootstrap\": 1, \"clients\": {"
             " \"*\": { \"operations\": [], \"finish\": false, \"on_error\": \"go-on\" },"
             " \"a\": { \"operations\": [ { \"discover\": \"/\" } ] } } }");
    ck_assert_uint_eq(bootstrap_file_find(file, "a")->count, 1);
    const struct bootstrap_client *any = bootstrap_file_find(file, "b");
    ck_assert_str_eq(any->endpoint, "*");
    ck_assert(!any->finish);
    ck_assert(any->goes_on);
    bootstrap_file_free(file);
    file = good("{ \"bootstrap\": 1, \"clients\": { \"a\": { \"operations\": [] } } }");
    ck_assert_ptr_null(bootstrap_file_find(file, "b"));
    bootstrap_file_free(file);
}
END_TEST

START_TEST(gives_writes_the_format_of_the_client)
{
    struct bootstrap_file *file =
        good("{ \"bootstrap\": 1, \"clients\": { \"a\": { \"format\": \"senml-json\","
             " \"operations\": [ { \"read\": \"/1\" }, { \"write\": \"/1/0/1\", \"value\": 1 },"
             " { \"write\": \"/1/0/1\", \"value\": 1, \"format\": \"tlv\" } ] } } }");
    ck_assert_int_eq(operation_of(file, 0)->format, -1);
    ck_assert_int_eq(operation_of(file, 1)->format, 110);
    ck_assert_int_eq(operation_of(file, 2)->format, 11542);
    bootstrap_file_free(file);
}
END_TEST

START_TEST(knows_the_objects_that_it_defines)
{
    struct bootstrap_file *file =
        good("{ \"bootstrap\": 1, \"definitions\": { \"4000\": { \"name\": \"Own\", \"resources\":"
             " { \"1\": { \"name\": \"N\", \"ops\": \"R\", \"type\": \"integer\" } } } },"
             " \"clients\": { \"a\": { \"operations\":"
             " [ { \"write\": \"/4000/0\", \"resources\": { \"1\": 7 } } ] } } }");
    assert_records(&operation_of(file, 0)->values, "/4000/0/1 7\n");
    bootstrap_file_free(file);
}
END_TEST

/* The octets of DER begin with a SEQUENCE; those of the file with "-----". */
START_TEST(makes_der_of_pem_in_the_security_object)
{
    static const char *const names[] = {"client.pem", "client.key", "server.pub"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char text[200];
        struct error_list errors;
        error_list_init(&errors);
        snprintf(text, sizeof text, "{ \"write\": \"/0/0/5\", \"value\": \"file:keys/%s\" }",
                 names[i]);
        struct bootstrap_file *file = parse(text, &errors);
        ck_assert_ptr_nonnull(file);
        const struct records *values = &operation_of(file, 0)->values;
        ck_assert_uint_eq(values->count, 1);
        ck_assert_uint_eq(value_bytes(&values->items[0].value).data[0], 0x30);
        bootstrap_file_free(file);
        error_list_release(&errors);
    }
}
END_TEST

static const struct {
    const char *operation, *message;
} refused[] = {
    {"{}", "b:2:1: error: there is no operation; add \"delete\", \"write\", \"discover\" or "
           "\"read\" (at /clients/a/operations/0)"},
    {"{ \"delete\": \"/\", \"read\": \"/1\" }",
     "b:2:18: error: there is \"delete\" already; give each operation an object of its own (at "
     "/clients/a/operations/0/read)"},
    {"{ \"delete\": \"/1/0/1\" }",
     "b:2:13: error: \"delete\" must be \"/\" or a path of 1 to 2 ids (at "
     "/clients/a/operations/0/delete)"},
    {"{ \"write\": \"/\", \"resources\": {} }",
     "b:2:12: error: \"write\" must be a path of 1 to 3 ids (at "
     "/clients/a/operations/0/write)"},
    {"{ \"discover\": \"/1/0\" }",
     "b:2:15: error: \"discover\" must be \"/\" or a path of 1 id (at "
     "/clients/a/operations/0/discover)"},
    {"{ \"write\": \"/1/0\" }", "b:2:1: error: \"write\" of an instance needs \"resources\" (at "
                                "/clients/a/operations/0)"},
    {"{ \"write\": \"/1/0\", \"resources\": {}, \"value\": 1 }",
     "b:2:37: error: \"value\" is for a resource, but \"/1/0\" is an instance; use "
     "\"resources\" (at /clients/a/operations/0/value)"},
    {"{ \"read\": \"/1\", \"value\": 1 }",
     "b:2:17: error: \"value\" belongs to \"write\"; leave it out (at "
     "/clients/a/operations/0/value)"},
    {"{ \"write\": \"/999/0\", \"resources\": {} }",
     "b:2:12: error: object 999 is unknown; declare it in \"definitions\" (at "
     "/clients/a/operations/0/write)"},
    {"{ \"write\": \"/1/0\", \"resources\": { \"99\": 1 } }",
     "b:2:35: error: object 1 (LWM2M Server) has no resource 99 (at "
     "/clients/a/operations/0/resources/99)"},
    {"{ \"write\": \"/1/0\", \"resources\": { \"8\": 1 } }",
     "b:2:35: error: resource 8 (Registration Update Trigger) is executable; leave it out (at "
     "/clients/a/operations/0/resources/8)"},
    {"{ \"write\": \"/1/0/1\", \"value\": \"x\" }",
     "b:2:31: error: value of \"/1/0/1\" (Lifetime) must be an integer (at "
     "/clients/a/operations/0/value)"},
    {"{ \"write\": \"/1/0/1\", \"value\": {} }",
     "b:2:31: error: resource 1 (Lifetime) is a single one; give its value instead of an "
     "object "
     "(at /clients/a/operations/0/value)"},
    {"{ \"write\": \"/2/0/2\", \"value\": 1 }",
     "b:2:31: error: resource 2 (ACL) is a multiple one; give its values by id: { \"0\": ... } "
     "(at /clients/a/operations/0/value)"},
    {"{ \"write\": \"/0/0/5\", \"value\": \"text:-----BEGIN X-----\" }",
     "b:2:31: error: PEM text has no private key (at /clients/a/operations/0/value)"},
    {"{ \"write\": \"/1/0\", \"resources\": {}, \"format\": \"text\" }",
     "b:2:47: error: this format carries a single value; use \"tlv\", \"json\", \"senml-json\" or "
     "\"senml-cbor\" (at /clients/a/operations/0/format)"},
    {"{ \"read\": \"/1\", \"format\": \"xml\" }",
     "b:2:27: error: format \"xml\" is unknown; there are \"text\", \"opaque\", \"tlv\", "
     "\"json\", \"cbor\", \"senml-json\" and \"senml-cbor\" (at "
     "/clients/a/operations/0/format)"},
    {"{ \"read\": 1 }", "b:2:11: error: \"read\" must be a path of 1 to 2 ids (at "
                        "/clients/a/operations/0/read)"},
};

START_TEST(refuses_what_makes_no_sense)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct error_list errors;
        struct buf found;
        error_list_init(&errors);
        buf_init(&found, 1 << 16);
        ck_assert_ptr_null(parse(refused[i].operation, &errors));
        for (size_t k = 0; k < errors.count; k++) {
            buf_puts(&found, k == 0 ? "" : "\n");
            error_format(&errors.items[k], &found);
        }
        ck_assert_str_eq(buf_text(&found), refused[i].message);
        buf_release(&found);
        error_list_release(&errors);
    }
}
END_TEST

START_TEST(warns_of_what_clients_refuse)
{
    struct error_list errors;
    error_list_init(&errors);
    struct bootstrap_file *file = parse("{ \"read\": \"/3\" }", &errors);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text,
                     "clients let nothing but objects 1 and 2 be read during a bootstrap");
    bootstrap_file_free(file);
    error_list_release(&errors);
}
END_TEST

START_TEST(wants_a_client)
{
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_ptr_null(
        bootstrap_file_parse(bytes_of("{ \"bootstrap\": 1, \"clients\": {} }"), "b", ".", &errors));
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text,
                     "there is no client; add one by its endpoint name, or \"*\" for all");
    error_list_release(&errors);
}
END_TEST

START_TEST(reads_the_file_that_is_shipped)
{
    struct error_list errors;
    error_list_init(&errors);
    struct bootstrap_file *file = bootstrap_file_load("profiles/keys/server.bootstrap", &errors);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(errors.count, 0);
    ck_assert_ptr_nonnull(bootstrap_file_find(file, "anybody"));
    bootstrap_file_free(file);
    ck_assert_ptr_null(bootstrap_file_load("profiles/keys/none", &errors));
    ck_assert_uint_eq(errors.count, 1);
    error_list_release(&errors);
}
END_TEST

START_TEST(knows_whether_it_has_keys_of_secured_accounts)
{
    static const struct {
        const char *operations;
        bool has;
    } cases[] = {
        {"{ \"write\": \"/0/0\", \"resources\": { \"2\": 0, \"5\": \"hex:00\" } }", true},
        {"{ \"write\": \"/0\", \"instances\": { \"1\": { \"2\": 2, \"5\": \"hex:00\" } } }", true},
        {"{ \"write\": \"/0/0/5\", \"value\": \"hex:00\" }", true},
        {"{ \"write\": \"/0/0/2\", \"value\": 3 }, { \"write\": \"/0/1/5\", \"value\": \"hex:00\" "
         "}",
         true},
        {"{ \"write\": \"/0/0/5\", \"value\": \"hex:00\" }, { \"write\": \"/0/0/2\", \"value\": 3 "
         "}",
         false},
        {"{ \"write\": \"/0/0\", \"resources\": { \"2\": 3, \"5\": \"hex:00\" } }", false},
        {"{ \"write\": \"/0/0\", \"resources\": { \"2\": 0, \"5\": \"hex:\" } }", false},
        {"{ \"delete\": \"/\" }", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error_list errors;
        error_list_init(&errors);
        struct bootstrap_file *file = parse(cases[i].operations, &errors);
        ck_assert_msg(file != NULL, "%s", cases[i].operations);
        ck_assert_msg(bootstrap_client_has_keys(&file->clients[0]) == cases[i].has, "%s",
                      cases[i].operations);
        bootstrap_file_free(file);
        error_list_release(&errors);
    }
}
END_TEST

#define SECURITY_OF(SSID)                                                                          \
    "{\"write\":\"/0/1\",\"resources\":{\"0\":\"coap://h\",\"1\":false,\"2\":3,\"10\":" SSID "}}"
#define SERVER_OF(SSID) "{\"write\":\"/1\",\"instances\":{\"2\":{\"0\":" SSID ",\"1\":60}}}"

START_TEST(warns_of_half_an_account)
{
    static const struct {
        const char *operations, *warning;
    } cases[] = {
        {"{\"delete\":\"/\"}," SECURITY_OF("7") "," SERVER_OF("7"), NULL},
        {"{\"delete\":\"/\"}," SECURITY_OF("7"),
         "\"/0/1\" has no Server object instance with its short server id 7, so that clients "
         "refuse Bootstrap-Finish; write one"},
        {"{\"delete\":\"/\"}," SERVER_OF("7"),
         "\"/1/2\" has no Security object instance with its short server id 7, so that clients "
         "refuse Bootstrap-Finish; write one"},
        {"{\"delete\":\"/\"}," SERVER_OF("7") "," SECURITY_OF("8"),
         "\"/1/2\" has no Security object instance with its short server id 7, so that clients "
         "refuse Bootstrap-Finish; write one"},
        {SECURITY_OF("7"), NULL},
        {"{\"delete\":\"/1\"}," SECURITY_OF("7"), NULL},
        {"{\"delete\":\"/\"}," SECURITY_OF("7") ",{\"delete\":\"/0/1\"}", NULL},
        {"{\"delete\":\"/\"},{\"write\":\"/0/0\",\"resources\":{\"0\":\"coap://"
         "h\",\"1\":true,\"2\":3}}",
         NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error_list errors;
        error_list_init(&errors);
        struct bootstrap_file *file = parse(cases[i].operations, &errors);
        ck_assert_msg(file != NULL, "%s", cases[i].operations);
        ck_assert_int_eq(errors.count > 0, cases[i].warning != NULL);
        if (cases[i].warning != NULL)
            ck_assert_msg(strstr(errors.items[0].text, cases[i].warning) != NULL, "%s",
                          errors.items[0].text);
        bootstrap_file_free(file);
        error_list_release(&errors);
    }
}
END_TEST

UNIT_MAIN("bootstrap_file", warns_of_half_an_account, knows_whether_it_has_keys_of_secured_accounts,
          reads_each_operation_in_order, finds_a_client_by_name_else_what_is_for_all,
          gives_writes_the_format_of_the_client, knows_the_objects_that_it_defines,
          makes_der_of_pem_in_the_security_object, refuses_what_makes_no_sense,
          warns_of_what_clients_refuse, wants_a_client, reads_the_file_that_is_shipped)
