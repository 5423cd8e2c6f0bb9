/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: codes as text, segments with their limits, copies. */
#include "base/std.h"

#include "net/message.h"
#include "tests/unit/unit.h"

static void check_join(const struct segments *segments, char separator, const char *wanted)
{
    struct buf text;
    buf_init(&text, BODY_MOST);
    segments_join(segments, separator, &text);
    ck_assert_str_eq(buf_text(&text), wanted);
    buf_release(&text);
}

START_TEST(codes_have_names_and_phrases)
{
    static const struct {
        unsigned code;
        const char *text;
        const char *phrase;
    } rows[] = {
        {CODE_EMPTY, "0.00", ""},
        {CODE_GET, "GET", ""},
        {CODE_IPATCH, "iPATCH", ""},
        {8, "0.08", ""},
        {CODE_CREATED, "2.01", "Created"},
        {CODE_CONTINUE, "2.31", "Continue"},
        {CODE_INCOMPLETE, "4.08", "Request Entity Incomplete"},
        {CODE_UNAVAILABLE, "5.03", "Service Unavailable"},
        {COAP_CODE(7, 31), "7.31", ""},
    };
    char text[CODE_TEXT];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_str_eq(code_text(rows[i].code, text), rows[i].text);
        ck_assert_str_eq(code_phrase(rows[i].code), rows[i].phrase);
    }
    ck_assert(code_is_request(CODE_GET) && code_is_request(31));
    ck_assert(!code_is_request(CODE_EMPTY) && !code_is_request(CODE_CREATED));
    ck_assert(code_is_success(CODE_CHANGED) && !code_is_success(CODE_NOT_FOUND));
}
END_TEST

START_TEST(segments_split_and_join)
{
    static const struct {
        char separator;
        const char *text;
        size_t count;
        const char *joined;
    } rows[] = {
        {'/', "", 0, ""},           {'/', "/", 0, ""},          {'/', "/16/0/1", 3, "/16/0/1"},
        {'/', "rd/1", 2, "/rd/1"},  {'/', "/a//b", 3, "/a//b"}, {'/', "/a/", 2, "/a/"},
        {'&', "a=1&b", 2, "a=1&b"}, {'&', "", 0, ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct segments segments;
        segments_init(&segments);
        ck_assert(segments_split(&segments, rows[i].separator, bytes_of(rows[i].text)));
        ck_assert_uint_eq(segments.count, rows[i].count);
        check_join(&segments, rows[i].separator, rows[i].joined);
        segments_release(&segments);
    }
}
END_TEST

START_TEST(segments_keep_their_limits)
{
    uint8_t longest[SEGMENT_LEN_MOST + 1];
    memset(longest, 'x', sizeof longest);
    struct segments segments;
    segments_init(&segments);
    ck_assert(!segments_add(&segments, (struct bytes){longest, sizeof longest}));
    for (unsigned i = 0; i < SEGMENTS_MOST; i++)
        ck_assert(segments_add(&segments, (struct bytes){longest, SEGMENT_LEN_MOST}));
    ck_assert(!segments_add(&segments, bytes_of("")));
    ck_assert(!segments.text.bad);
    ck_assert_uint_eq(segments_at(&segments, SEGMENTS_MOST - 1).len, SEGMENT_LEN_MOST);
    segments_release(&segments);
    ck_assert(!segments_split(&segments, '/', bytes_of("/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7")));
    segments_release(&segments);
}
END_TEST

START_TEST(segments_may_hold_any_octet_and_compare_one_by_one)
{
    struct segments a, b;
    segments_init(&a);
    segments_init(&b);
    ck_assert(segments_add(&a, (struct bytes){(const uint8_t *)"a\0b", 3}));
    ck_assert(segments_add(&a, bytes_of("")));
    ck_assert_uint_eq(segments_at(&a, 0).len, 3);
    ck_assert_ptr_null(segments_at(&a, 1).data);
    ck_assert(!segments_equal(&a, &b));
    ck_assert(segments_add(&b, (struct bytes){(const uint8_t *)"a\0", 2}));
    ck_assert(segments_add(&b, bytes_of("b")));
    ck_assert(!segments_equal(&a, &b));
    segments_release(&b);
    segments_copy(&a, &b);
    ck_assert(segments_equal(&a, &b));
    segments_release(&a);
    segments_release(&b);
}
END_TEST

START_TEST(a_query_item_is_made_of_name_and_value_unless_it_is_too_long)
{
    struct segments query;
    static uint8_t most[SEGMENT_LEN_MOST];
    memset(most, 'x', sizeof most);
    segments_init(&query);
    ck_assert(segments_add_query(&query, "lt", bytes_of("60")));
    ck_assert(bytes_is(segments_at(&query, 0), "lt=60"));
    ck_assert(!segments_add_query(&query, "ep", (struct bytes){most, sizeof most}));
    ck_assert_uint_eq(query.count, 1);
    segments_release(&query);
}
END_TEST

START_TEST(a_query_item_is_found_by_its_name)
{
    struct segments query;
    struct bytes value;
    segments_init(&query);
    ck_assert(segments_split(&query, '&', bytes_of("ltx=9&lt=300&b&ep=")));
    ck_assert(segments_query(&query, "lt", &value));
    ck_assert(bytes_is(value, "300"));
    ck_assert(segments_query(&query, "b", &value));
    ck_assert_ptr_null(value.data);
    ck_assert(segments_query(&query, "ep", &value));
    ck_assert(value.data != NULL && value.len == 0);
    ck_assert(!segments_query(&query, "l", &value));
    ck_assert(!segments_query(&query, "epx", &value));
    segments_release(&query);
}
END_TEST

START_TEST(a_message_starts_empty_and_copies_whole)
{
    struct message message, copy;
    message_init(&message);
    ck_assert(message.confirmable);
    ck_assert_int_eq(message.message_id, -1);
    ck_assert_int_eq(message.format, -1);
    ck_assert_int_eq(message.accept, -1);
    ck_assert_int_eq(message.observe, -1);
    ck_assert(message.payload.secret);
    message.code = CODE_PUT;
    message.sensitive = true;
    message.token_len = 2;
    memcpy(message.token, "ab", 2);
    ck_assert(segments_split(&message.path, '/', bytes_of("/3/0")));
    ck_assert(segments_split(&message.query, '&', bytes_of("pmin=1")));
    ck_assert(segments_split(&message.location, '/', bytes_of("/rd/1")));
    buf_puts(&message.payload, "body");
    message_copy(&message, &copy);
    message_release(&message);
    ck_assert_uint_eq(copy.code, CODE_PUT);
    ck_assert(copy.sensitive && copy.payload.secret);
    ck_assert_mem_eq(copy.token, "ab", 2);
    check_join(&copy.path, '/', "/3/0");
    check_join(&copy.query, '&', "pmin=1");
    check_join(&copy.location, '/', "/rd/1");
    ck_assert(bytes_is(buf_bytes(&copy.payload), "body"));
    message_release(&copy);
}
END_TEST

START_TEST(a_body_has_a_limit)
{
    static const uint8_t octets[BODY_MOST + 1];
    struct message message;
    message_init(&message);
    buf_put(&message.payload, (struct bytes){octets, BODY_MOST});
    ck_assert(!message.payload.bad);
    buf_put_u8(&message.payload, 0);
    ck_assert(message.payload.bad);
    message_release(&message);
}
END_TEST

UNIT_MAIN("message", codes_have_names_and_phrases, segments_split_and_join,
          segments_keep_their_limits, segments_may_hold_any_octet_and_compare_one_by_one,
          a_query_item_is_made_of_name_and_value_unless_it_is_too_long,
          a_query_item_is_found_by_its_name, a_message_starts_empty_and_copies_whole,
          a_body_has_a_limit)
