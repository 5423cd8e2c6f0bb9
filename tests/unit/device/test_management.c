/* SPDX-License-Identifier: Apache-2.0 */
/* Device management on the in-memory network: every operation, and every way to be refused. */
#include "tests/unit/device/manager.h"

/* --- Read ----------------------------------------------------------------------------- */

/* /16/0: three Identity instances, AuthStatus 0. */
#define PORTFOLIO_0                                                                                \
    "880020" /* Identity, 32 octets */                                                             \
    "480008484f535434373131"                                                                       \
    "48010b41636d65204d6f746f7273"                                                                 \
    "4503312e342e32"                                                                               \
    "c10300" /* AuthStatus */
/* /16/1: one Identity instance, AuthStatus 0. */
#define PORTFOLIO_1                                                                                \
    "880008"                                                                                       \
    "46007365636f6e64"                                                                             \
    "c10300"

START_TEST(reads_an_instance_as_tlv)
{
    struct world *world = start();
    ck_assert_int_eq(get(world, "/16/0"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert(world_is_hex(world, PORTFOLIO_0));
    world_free(world);
}
END_TEST

START_TEST(reads_an_object_as_tlv)
{
    struct world *world = start();
    ck_assert_int_eq(get(world, "/16"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert(world_is_hex(world, "080026" PORTFOLIO_0 "08010e" PORTFOLIO_1));
    world_free(world);
}
END_TEST

START_TEST(reads_a_single_value_as_text)
{
    struct world *world = start();
    ck_assert_int_eq(get(world, "/3/0/0"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TEXT);
    ck_assert_str_eq(world_text(world), "Acme");
    ck_assert_int_eq(get(world, "/16/0/0/1"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TEXT);
    ck_assert_str_eq(world_text(world), "Acme Motors");
    ck_assert_int_eq(get(world, "/3/0/22/3"), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "16:1");
    world_free(world);
}
END_TEST

START_TEST(reads_a_multiple_resource_as_tlv_even_with_one_instance)
{
    struct world *world = start();
    ck_assert_int_eq(get(world, "/16/1/0"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert(world_is_hex(world, "880008"
                                  "4600"
                                  "7365636f6e64"));
    ck_assert_int_eq(read_as(world, "/16/1/0", TEXT), CODE_NOT_ACCEPTABLE);
    world_free(world);
}
END_TEST

START_TEST(reads_auth_data_that_is_not_there_as_an_empty_resource)
{
    struct world *world = start();
    ck_assert_int_eq(get(world, "/16/0/2"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert(world_is_hex(world, "8002"));
    ck_assert_int_eq(get(world, "/16/0/2/0"), CODE_NOT_FOUND);
    ck_assert_int_eq(read_as(world, "/16/0/2", OPAQUE), CODE_NOT_ACCEPTABLE);
    world_free(world);
}
END_TEST

/* LwM2M TS 1.0, 6.4 */
START_TEST(prefers_text_and_senml_cbor_in_1_1)
{
    struct world *world =
        start_with("{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"servers\": [{\"ssid\": 1, \"uri\":"
                   " \"coap://server\"}], \"objects\": {\"3\": {\"0\": {\"0\": \"Acme\", \"11\": "
                   "{\"0\": 0}}}}}");
    ck_assert_int_eq(get(world, "/3/0/0"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TEXT);
    ck_assert_int_eq(get(world, "/3/0/11"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, SENML_CBOR);
    ck_assert(world_is_hex(world, "81a321682f332f302f31312f"
                                  "006130"
                                  "0200"));
    ck_assert_int_eq(read_as(world, "/3/0/0", CBOR), CODE_CONTENT);
    ck_assert(world_is_hex(world, "6441636d65"));
    ck_assert_int_eq(read_as(world, "/3/0/11", JSON), CODE_NOT_ACCEPTABLE);
    ck_assert_int_eq(read_as(world, "/3/0/11", TLV), CODE_CONTENT);
    world_free(world);
}
END_TEST

START_TEST(partial_update_of_a_multiple_resource_adds_and_overwrites)
{
    struct world *world =
        start_with("{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"servers\": [{\"ssid\": 1, \"uri\":"
                   " \"coap://server\"}], \"objects\": {\"16\": {\"0\": {\"0\": {\"0\": \"a\", "
                   "\"1\": \"b\"}}}}}");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/0", SENML_JSON,
                              "[{\"bn\":\"/16/0/0/\",\"n\":\"1\",\"vs\":\"c\"},"
                              "{\"n\":\"5\",\"vs\":\"d\"}]"),
                     CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/0"), "a");
    ck_assert_str_eq(value_at(world, "/16/0/0/1"), "c");
    ck_assert_str_eq(value_at(world, "/16/0/0/5"), "d");
    world_free(world);
}
END_TEST

START_TEST(answers_in_the_format_that_is_accepted)
{
    struct world *world = start();
    ck_assert_int_eq(read_as(world, "/3/0/0", TLV), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert(world_is_hex(world, "c40041636d65"));
    ck_assert_int_eq(read_as(world, "/16/0/0/1", TLV), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert_int_eq(read_as(world, "/3/0/0", OLD_TLV), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, OLD_TLV);
    world_free(world);
}
END_TEST

START_TEST(does_not_answer_in_a_format_that_is_unknown_or_does_not_fit)
{
    struct world *world = start();
    const struct {
        const char *uri;
        int accept;
    } cases[] = {{"/3/0/0", 50}, {"/3/0/0", CBOR},  {"/3/0/0", 65535},  {"/16/0", TEXT},
                 {"/16", TEXT},  {"/16/0/0", TEXT}, {"/3/0/0", OPAQUE}, {"/16/0", OPAQUE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(read_as(world, cases[i].uri, cases[i].accept), CODE_NOT_ACCEPTABLE);
        ck_assert_int_eq(world->answer.format, NO_FORMAT);
        ck_assert_uint_eq(world->answer.payload.len, 0);
    }
    world_free(world);
}
END_TEST

START_TEST(prefers_the_formats_of_the_profile)
{
    struct world *world = start_with("{\"endpoint\": \"e\", \"formats\": [\"opaque\", \"tlv\"],"
                                     " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                                     " \"objects\": {\"3\": {\"0\": {\"0\": \"Acme\"}}}}");
    ck_assert_int_eq(get(world, "/3/0/0"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    world_free(world);
}
END_TEST

START_TEST(reads_an_empty_object)
{
    struct world *world = start_with("{\"endpoint\": \"e\", \"objects\": {\"16\": {}},"
                                     " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}]}");
    ck_assert_int_eq(get(world, "/16"), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, TLV);
    ck_assert_uint_eq(world->answer.payload.len, 0);
    world_free(world);
}
END_TEST

/* --- paths ---------------------------------------------------------------------------- */

START_TEST(knows_what_is_not_there)
{
    struct world *world = start();
    const char *const uris[] = {"/9",          "/16/9",     "/16/0/9",   "/16/0/0/9",   "/3/0/8",
                                "/foo",        "/16/x",     "/16/-1",    "/16/00",      "/016",
                                "/16/65535",   "/16/99999", "/65535",    "/16/0/0/0/0", "/bs",
                                "/4294967312", "/9/0/0",    "/16/0/77/1"};
    for (size_t i = 0; i < COUNT_OF(uris); i++) {
        ck_assert_msg(get(world, uris[i]) == CODE_NOT_FOUND, "GET %s", uris[i]);
        ck_assert_msg(world_do(world, CODE_PUT, uris[i], TEXT, "x") == CODE_NOT_FOUND, "PUT %s",
                      uris[i]);
        ck_assert_msg(world_do(world, CODE_DELETE, uris[i], NO_FORMAT, NULL) != CODE_DELETED,
                      "DELETE %s", uris[i]);
    }
    world_free(world);
}
END_TEST

START_TEST(does_not_take_two_ids_in_one_segment)
{
    struct world *world = start();
    struct message *request = world_ask(world, CODE_GET, "/");
    ck_assert(segments_add(&request->path, bytes_of("3/0")));
    ck_assert(segments_add(&request->path, bytes_of("0")));
    ck_assert_int_eq(world_send(world), CODE_NOT_FOUND);
    world_free(world);
}
END_TEST

START_TEST(does_not_allow_operations_where_they_have_no_place)
{
    struct world *world = start();
    const struct {
        uint8_t method;
        const char *uri;
        int format;
    } cases[] = {
        {CODE_GET, "/", NO_FORMAT},
        {CODE_POST, "/", TLV},
        {CODE_DELETE, "/", NO_FORMAT},
        {CODE_FETCH, "/", TLV},
        {CODE_IPATCH, "/", TLV},
        {CODE_GET, "/3//0", NO_FORMAT},
        {CODE_GET, "/3/0/", NO_FORMAT},
        {CODE_FETCH, "/3/0", TLV},
        {CODE_PATCH, "/3/0", TLV},
        {CODE_IPATCH, "/3/0/0", TLV},
        {9, "/3/0", NO_FORMAT},
        {CODE_PUT, "/16", TLV},
        {CODE_DELETE, "/16", NO_FORMAT},
        {CODE_DELETE, "/16/0/0", NO_FORMAT},
        {CODE_DELETE, "/16/0/0/1", NO_FORMAT},
        {CODE_POST, "/16/0/0/1", NO_FORMAT},
        {CODE_POST, "/3/0/0", NO_FORMAT},
        {CODE_POST, "/16/0/0", NO_FORMAT},
        {CODE_GET, "/16/0/1", NO_FORMAT},
        {CODE_GET, "/3/0/4", NO_FORMAT},
        {CODE_GET, "/16/0/3/0", NO_FORMAT},
        {CODE_GET, "/3/0/0/0", NO_FORMAT},
        {CODE_DELETE, "/3/0", NO_FORMAT},
        {CODE_DELETE, "/1/0", NO_FORMAT},
        {CODE_POST, "/3", NO_FORMAT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ck_assert_msg(world_do(world, cases[i].method, cases[i].uri, cases[i].format, NULL) ==
                          CODE_METHOD_NOT_ALLOWED,
                      "%u %s gives %x", cases[i].method, cases[i].uri, world->answer.code);
    ck_assert_int_eq(read_as(world, "/16/0/0/1", LINKS), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(read_as(world, "/", LINKS), CODE_METHOD_NOT_ALLOWED);
    world_free(world);
}
END_TEST

/* ETS 221 */
START_TEST(lets_nobody_near_the_security_object)
{
    struct world *world = start();
    const uint8_t methods[] = {CODE_GET, CODE_PUT, CODE_POST, CODE_DELETE, CODE_FETCH};
    const char *const uris[] = {"/0", "/0/0", "/0/0/0", "/0/7", "/0?pmin=30&pmax=45"};
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        for (size_t k = 0; k < COUNT_OF(uris); k++)
            ck_assert_int_eq(world_do(world, methods[i], uris[k], NO_FORMAT, NULL),
                             CODE_UNAUTHORIZED);
    ck_assert_int_eq(read_as(world, "/0", LINKS), CODE_UNAUTHORIZED);
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/0/0", TLV, "c100"), CODE_UNAUTHORIZED);
    world_free(world);
}
END_TEST

/* --- Discover ------------------------------------------------------------------------- */

START_TEST(discovers_what_is_there)
{
    struct world *world = start();
    ck_assert_int_eq(read_as(world, "/16/1", LINKS), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, LINKS);
    ck_assert_str_eq(world_text(world),
                     "</16/1>,</16/1/0>;dim=1,</16/1/1>,</16/1/2>;dim=0,</16/1/3>");
    ck_assert_int_eq(read_as(world, "/16/9", LINKS), CODE_NOT_FOUND);
    ck_assert_int_eq(read_as(world, "/16/0/9", LINKS), CODE_NOT_FOUND);
    world_free(world);
}
END_TEST

/* --- Execute -------------------------------------------------------------------------- */

START_TEST(executes_with_text_arguments_only)
{
    struct world *world = start();
    const char *arguments = "0='0',1='3',2='36983160',3='0'";
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, arguments), CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", TEXT, arguments), CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", TLV, arguments),
                     CODE_UNSUPPORTED_FORMAT);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", CBOR, arguments),
                     CODE_UNSUPPORTED_FORMAT);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0'"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/7/1", NO_FORMAT, arguments), CODE_NOT_FOUND);
    world_free(world);
}
END_TEST

/* Use case 1 of appendix B.2 without the server's judgement. */
START_TEST(hands_auth_data_out_once_and_marks_it)
{
    struct world *world = start();
    ck_assert_int_eq(
        world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='3',2='36983160',3='0'"),
        CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "0");
    world_run(world, 20);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "1");
    ck_assert_int_eq(read_as(world, "/16/0", LINKS), CODE_CONTENT);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "1");
    ck_assert_int_eq(read_as(world, "/16/0/2/0", OPAQUE), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "sig(/16/0 identity=3 key=0 round=0 challenge=02345178)");
    ck_assert_str_eq(value_at(world, "/16/0/3"), "0");
    ck_assert_int_eq(get(world, "/16/0/2"), CODE_CONTENT);
    ck_assert(world_is_hex(world, "8002"));
    world_free(world);
}
END_TEST

START_TEST(keeps_auth_data_when_the_read_is_refused)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='3',2='1',3='0'"),
                     CODE_CHANGED);
    world_run(world, 20);
    ck_assert_int_eq(read_as(world, "/16/0/2", TEXT), CODE_NOT_ACCEPTABLE);
    ck_assert_int_eq(read_as(world, "/16", CBOR), CODE_NOT_ACCEPTABLE);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "1");
    world_free(world);
}
END_TEST

START_TEST(marks_content_with_auth_data_as_sensitive)
{
    struct world *world = start();
    struct records records;
    struct message response;
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='3',2='1',3='0'"),
                     CODE_CHANGED);
    world_run(world, 20);
    records_init(&records);
    message_init(&response);
    device_content(registration_account(world->device->registrations), path_instance(16, 0), TLV,
                   &records, &response);
    ck_assert_int_eq(response.code, CODE_CONTENT);
    ck_assert(response.sensitive);
    message_release(&response);
    records_clear(&records);
    message_init(&response);
    device_content(registration_account(world->device->registrations), path_resource(16, 0, 0), TLV,
                   &records, &response);
    ck_assert(!response.sensitive);
    message_release(&response);
    records_release(&records);
    world_free(world);
}
END_TEST

/* --- Write-Attributes and Observe ----------------------------------------------------- */

START_TEST(writes_attributes_when_there_is_a_query_and_no_content)
{
    struct world *world = start();
    const char *const uris[] = {"/16?pmin=1", "/16/0?pmin=2&pmax=5", "/16/0/3?pmin=3",
                                "/16/0/0/1?pmax=100"};
    for (size_t i = 0; i < COUNT_OF(uris); i++)
        ck_assert_int_eq(world_do(world, CODE_PUT, uris[i], NO_FORMAT, NULL), CODE_CHANGED);
    ck_assert_int_eq(read_as(world, "/16/0/3", LINKS), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "</16/0/3>;pmin=3;pmax=5");
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0", NO_FORMAT, NULL), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0?pmin=1", NO_FORMAT, "x"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0?pmin=x", NO_FORMAT, NULL), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/8?pmin=1", NO_FORMAT, NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/9?pmin=1", NO_FORMAT, NULL), CODE_NOT_FOUND);
    world_free(world);
}
END_TEST

START_TEST(observes_with_a_read_and_cancels_with_one)
{
    struct world *world = start();
    struct message *request = world_ask(world, CODE_GET, "/3/0/9");
    request->observe = 0;
    request->token_len = 1;
    request->token[0] = 7;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_int_ge(world->answer.observe, 0);
    request = world_ask(world, CODE_GET, "/3/0/9");
    request->observe = 1;
    request->token_len = 1;
    request->token[0] = 7;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_int_eq(world->answer.observe, -1);
    ck_assert_str_eq(world_text(world), "80");
    world_ask(world, CODE_GET, "/16/0/1")->observe = 0;
    ck_assert_int_eq(world_send(world), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world->answer.observe, -1);
    world_free(world);
}
END_TEST

START_TEST(answers_before_it_updates_its_registration)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", NO_FORMAT, NULL), CODE_CREATED);
    ck_assert_uint_eq(world->heard_before_answer, 0);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1 "), 1);
    world_free(world);
}
END_TEST

UNIT_MAIN("management", prefers_text_and_senml_cbor_in_1_1,
          partial_update_of_a_multiple_resource_adds_and_overwrites, reads_an_instance_as_tlv,
          reads_an_object_as_tlv, reads_a_single_value_as_text,
          reads_a_multiple_resource_as_tlv_even_with_one_instance,
          reads_auth_data_that_is_not_there_as_an_empty_resource,
          answers_in_the_format_that_is_accepted,
          does_not_answer_in_a_format_that_is_unknown_or_does_not_fit,
          prefers_the_formats_of_the_profile, reads_an_empty_object, knows_what_is_not_there,
          does_not_take_two_ids_in_one_segment, does_not_allow_operations_where_they_have_no_place,
          lets_nobody_near_the_security_object, discovers_what_is_there,
          executes_with_text_arguments_only, hands_auth_data_out_once_and_marks_it,
          keeps_auth_data_when_the_read_is_refused, marks_content_with_auth_data_as_sensitive,
          writes_attributes_when_there_is_a_query_and_no_content,
          observes_with_a_read_and_cancels_with_one, answers_before_it_updates_its_registration)
