/* SPDX-License-Identifier: Apache-2.0 */
/* Composite operations: several paths in one request, read, written and observed. */
#include "tests/unit/device/composites.h"

enum { LATENCY = 20, MANY = 300 };

static uint8_t fetch(struct heard *heard, const char *body)
{
    prepare(heard, CODE_FETCH, FORMAT_SENML_JSON, body);
    return world_send(heard->world);
}

static uint8_t write_all(struct heard *heard, const char *body)
{
    prepare(heard, CODE_IPATCH, FORMAT_SENML_JSON, body);
    return world_send(heard->world);
}

static const char *text_at(struct heard *heard, const char *uri)
{
    world_ask(heard->world, CODE_GET, uri)->accept = FORMAT_TEXT;
    return world_send(heard->world) == CODE_CONTENT ? world_text(heard->world) : "(none)";
}

static void expect_fetched(struct heard *heard, const char *body, const char *content)
{
    ck_assert_int_eq(fetch(heard, body), CODE_CONTENT);
    ck_assert_int_eq(heard->world->answer.format, FORMAT_SENML_JSON);
    ck_assert_str_eq(world_text(heard->world), content);
}

/* --- Read-Composite ----------------------------------------------------------------------- */

/* ETS 280 and 281: the executable /1/0/8 is absent. */
START_TEST(reads_what_the_paths_name_and_nothing_else)
{
    struct heard *heard = start();
    expect_fetched(heard, "[{\"n\":\"/3/0/16\"},{\"n\":\"/3/0/11/0\"},{\"n\":\"/1/0/8\"}]",
                   "[{\"n\":\"/3/0/16\",\"vs\":\"U\"},{\"n\":\"/3/0/11/0\",\"v\":0}]");
    heard_free(heard);
}
END_TEST

/* ETS 236 */
START_TEST(leaves_missing_paths_out)
{
    struct heard *heard = start();
    expect_fetched(heard, "[{\"n\":\"/3/0/15\"},{\"n\":\"/77/0/1\"},{\"n\":\"/3/0/14\"}]",
                   "[{\"n\":\"/3/0/14\",\"vs\":\"+01\"}]");
    expect_fetched(heard, "[{\"n\":\"/77\"},{\"n\":\"/16/9\"}]", "[]");
    expect_fetched(heard, "[]", "[]");
    heard_free(heard);
}
END_TEST

START_TEST(returns_no_value_twice)
{
    struct heard *heard = start();
    expect_fetched(heard, "[{\"n\":\"/16/0/0/3\"},{\"n\":\"/16/0/0\"}]",
                   "[{\"n\":\"/16/0/0/0\",\"vs\":\"HOST\"},{\"n\":\"/16/0/0/3\",\"vs\":\"1.4\"}]");
    heard_free(heard);
}
END_TEST

/* ETS 235 */
START_TEST(never_returns_the_security_object)
{
    struct heard *heard = start();
    ck_assert_int_eq(fetch(heard, "[{\"n\":\"/\"}]"), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(world_text(heard->world), "\"/16/0/0/0\""));
    ck_assert_ptr_nonnull(strstr(world_text(heard->world), "\"/1/0/1\""));
    ck_assert_ptr_null(strstr(world_text(heard->world), "\"/0/"));
    expect_fetched(heard, "[{\"n\":\"/0\"},{\"n\":\"/0/0/0\"}]", "[]");
    heard_free(heard);
}
END_TEST

/* LwM2M TS 1.0, 6.4 */
START_TEST(prefers_senml_cbor_even_for_one_value)
{
    struct heard *heard = start();
    prepare(heard, CODE_FETCH, FORMAT_SENML_JSON, "[{\"n\":\"/3/0/16\"}]");
    heard->world->request.accept = FORMAT_NONE;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_int_eq(heard->world->answer.format, FORMAT_SENML_CBOR);
    /* [{0: "/3/0/16", 3: "U"}] */
    ck_assert(world_is_hex(heard->world, "81a200672f332f302f3136036155"));
    heard_free(heard);
}
END_TEST

START_TEST(refuses_formats_that_have_no_composite)
{
    struct heard *heard = start();
    prepare(heard, CODE_FETCH, FORMAT_SENML_JSON, "[{\"n\":\"/3/0/16\"}]");
    heard->world->request.accept = FORMAT_TEXT;
    ck_assert_int_eq(world_send(heard->world), CODE_NOT_ACCEPTABLE);
    heard->world->request.accept = FORMAT_TLV;
    ck_assert_int_eq(world_send(heard->world), CODE_NOT_ACCEPTABLE);
    prepare(heard, CODE_FETCH, FORMAT_TLV, "x");
    ck_assert_int_eq(world_send(heard->world), CODE_UNSUPPORTED_FORMAT);
    prepare(heard, CODE_FETCH, FORMAT_NONE, "");
    ck_assert_int_eq(world_send(heard->world), CODE_BAD_REQUEST);
    ck_assert_int_eq(fetch(heard, "[{\"n\":\"3/0\"}"), CODE_BAD_REQUEST);
    prepare(heard, CODE_IPATCH, FORMAT_TEXT, "1");
    ck_assert_int_eq(world_send(heard->world), CODE_UNSUPPORTED_FORMAT);
    heard_free(heard);
}
END_TEST

START_TEST(refuses_more_paths_than_it_takes)
{
    struct heard *heard = start();
    struct buf body;
    buf_init(&body, 1 << 16);
    for (unsigned i = 0; i < MANY; i++)
        buf_printf(&body, "%c{\"n\":\"/77/%u\"}", i == 0 ? '[' : ',', i);
    buf_puts(&body, "]");
    ck_assert_int_eq(fetch(heard, buf_text(&body)), CODE_BAD_REQUEST);
    ck_assert_str_eq(world_text(heard->world), "the request names 300 paths; name at most 256");
    buf_release(&body);
    heard_free(heard);
}
END_TEST

START_TEST(has_no_composite_in_1_0)
{
    struct heard *heard = heard_new(NULL);
    ck_assert_int_eq(fetch(heard, "[{\"n\":\"/3\"}]"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(write_all(heard, "[{\"n\":\"/3/0/9\",\"v\":1}]"), CODE_METHOD_NOT_ALLOWED);
    heard_free(heard);
}
END_TEST

START_TEST(has_composites_on_the_root_only)
{
    struct heard *heard = start();
    world_ask(heard->world, CODE_FETCH, "/3/0")->format = FORMAT_SENML_JSON;
    ck_assert_int_eq(world_send(heard->world), CODE_METHOD_NOT_ALLOWED);
    world_ask(heard->world, CODE_IPATCH, "/3/0")->format = FORMAT_SENML_JSON;
    ck_assert_int_eq(world_send(heard->world), CODE_METHOD_NOT_ALLOWED);
    heard_free(heard);
}
END_TEST

/* rule: I-10, PF-DM-7 */
START_TEST(reading_auth_data_consumes_it)
{
    struct heard *heard = start();
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_int_eq(fetch(heard, "[{\"n\":\"/16/0/3\"}]"), CODE_CONTENT);
    ck_assert(has_data(heard, 0));
    ck_assert_int_eq(fetch(heard, "[{\"n\":\"/16/0\"},{\"n\":\"/3/0/9\"}]"), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(world_text(heard->world), "\"/16/0/2/0\",\"vd\":"));
    ck_assert_ptr_nonnull(strstr(world_text(heard->world), "\"/16/0/3\",\"v\":1"));
    ck_assert(!has_data(heard, 0));
    ck_assert_int_eq(status_of(heard, 0), 0);
    expect_fetched(heard, "[{\"n\":\"/16/0/2\"}]", "[]");
    heard_free(heard);
}
END_TEST

/* --- Write-Composite ---------------------------------------------------------------------- */

/* ETS 230 */
START_TEST(writes_several_objects_at_once)
{
    struct heard *heard = start();
    world_forget(heard->world);
    ck_assert_int_eq(write_all(heard, "[{\"n\":\"/1/0/1\",\"v\":61},{\"n\":\"/1/0/6\",\"vb\":true},"
                                      "{\"n\":\"/16/0/0/0\",\"vs\":\"aa\"},"
                                      "{\"n\":\"/16/0/0/1\",\"vs\":\"bb\"}]"),
                     CODE_CHANGED);
    world_run(heard->world, 100);
    ck_assert_str_eq(text_at(heard, "/1/0/1"), "61");
    ck_assert_str_eq(text_at(heard, "/1/0/6"), "1");
    ck_assert_str_eq(text_at(heard, "/16/0/0/0"), "aa");
    ck_assert_str_eq(text_at(heard, "/16/0/0/1"), "bb");
    ck_assert_str_eq(text_at(heard, "/16/0/0/3"), "1.4");
    ck_assert_uint_eq(world_count(&heard->world->heard, "POST /rd/1?lt=61"), 1);
    heard_free(heard);
}
END_TEST

START_TEST(writes_all_or_nothing)
{
    static const struct {
        const char *bad;
        uint8_t code;
    } cases[] = {
        {"{\"n\":\"/16/0/3\",\"v\":1}", CODE_METHOD_NOT_ALLOWED},
        {"{\"n\":\"/16/0/2/0\",\"vd\":\"YQ\"}", CODE_METHOD_NOT_ALLOWED},
        {"{\"n\":\"/16/7/0/0\",\"vs\":\"x\"}", CODE_NOT_FOUND},
        {"{\"n\":\"/1/0/1\",\"vs\":\"x\"}", CODE_BAD_REQUEST},
        {"{\"n\":\"/0/0/0\",\"vs\":\"coap://evil\"}", CODE_UNAUTHORIZED},
    };
    struct heard *heard = start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char body[160];
        snprintf(body, sizeof body, "[{\"n\":\"/16/0/0/0\",\"vs\":\"aa\"},%s]", cases[i].bad);
        ck_assert_msg(write_all(heard, body) == cases[i].code, "%s", body);
        ck_assert_str_eq(text_at(heard, "/16/0/0/0"), "HOST");
    }
    heard_free(heard);
}
END_TEST

UNIT_MAIN("composite", reads_what_the_paths_name_and_nothing_else, leaves_missing_paths_out,
          returns_no_value_twice, never_returns_the_security_object,
          prefers_senml_cbor_even_for_one_value, refuses_formats_that_have_no_composite,
          refuses_more_paths_than_it_takes, has_no_composite_in_1_0,
          has_composites_on_the_root_only, reading_auth_data_consumes_it,
          writes_several_objects_at_once, writes_all_or_nothing)
