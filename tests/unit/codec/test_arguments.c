/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of Execute: the grammar of LwM2M TS 1.0, 5.4.5 and the readable form of rule I-13. */
#include "base/std.h"

#include "codec/arguments.h"
#include "codec/codec.h"
#include "tests/unit/unit.h"

/* Reads TEXT and checks its strict form; WANTED NULL means that it must be refused. */
static void check_form(const char *text, enum argument_form form, const char *wanted)
{
    struct arguments arguments;
    struct error error;
    struct buf out;
    buf_init(&out, PAYLOAD_MOST);
    error_clear(&error);
    enum status status = arguments_decode(bytes_of(text), form, &arguments, &error);
    ck_assert_msg((status == ST_OK) == (wanted != NULL), "%s: %s", text, error.text);
    ck_assert_msg((status == ST_OK) == (error.text[0] == '\0'), "%s: %s", text, error.text);
    ck_assert_int_eq(arguments_decode(bytes_of(text), form, &arguments, NULL), status);
    if (wanted != NULL) {
        arguments_encode(&arguments, &out);
        ck_assert(!out.bad);
        ck_assert_str_eq(buf_text(&out), wanted);
    }
    buf_release(&out);
}

START_TEST(the_strict_form_comes_back_octet_by_octet)
{
    static const char *const lists[] = {
        "",
        "0",
        "9",
        "0=''",
        "0,1",
        "0='1',1",
        "0='a,b=c,'",
        "3='0',2='36983160',1='3',0='0'",
        "0,0",
        "2='-5'",
        "4='!#$%&()*+,-./:;<=>?@[]^_`{|}~'",
        "0='0',1='3',2='36983160',3='0'",
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        check_form(lists[i], ARGUMENTS_STRICT, lists[i]);
        check_form(lists[i], ARGUMENTS_READABLE, lists[i]);
    }
}
END_TEST

START_TEST(what_the_grammar_excludes_is_refused)
{
    static const char *const lists[] = {
        " ",        ",",       "0,",           ",0",      "0,,1",   "a",
        "10",       "0=",      "0=1",          "0='",     "0='1",   "0=1'",
        "0='1''",   "0='1'1",  "0='1' ",       " 0='1'",  "0 ='1'", "0= '1'",
        "0='1', 1", "0='1';1", "0='a b'",      "0='\"'",  "0='\\'", "0='\x7F'",
        "0='\x1F'", "0='\n'",  "0='\xC3\xBC'", "0=\"1\"", "-1",     "0=='1'",
        "0='it's'", "\xFF",    "0='1'\n",
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        check_form(lists[i], ARGUMENTS_STRICT, NULL);
}
END_TEST

START_TEST(exactly_the_allowed_octets_stand_in_a_value)
{
    for (unsigned c = 0; c < 256; c++) {
        uint8_t text[] = {'0', '=', '\'', (uint8_t)c, '\''};
        struct arguments arguments;
        bool allowed = c == 0x21 || (c >= 0x23 && c <= 0x26) || (c >= 0x28 && c <= 0x5B) ||
                       (c >= 0x5D && c <= 0x7E);
        enum status status =
            arguments_decode((struct bytes){text, sizeof text}, ARGUMENTS_STRICT, &arguments, NULL);
        ck_assert_msg((status == ST_OK) == allowed, "0x%02x", c);
    }
}
END_TEST

START_TEST(the_printed_form_of_the_specification_is_readable)
{
    check_form("0=SRV_AUTHENT, 1=3,2=0x2345178,3=0", ARGUMENTS_READABLE,
               "0='SRV_AUTHENT',1='3',2='0x2345178',3='0'");
    check_form("  0 = 'a,b' ,\t1 ,2= c=d , 3='' ", ARGUMENTS_READABLE, "0='a,b',1,2='c=d',3=''");
    check_form("   ", ARGUMENTS_READABLE, "");
    check_form("0=SRV_AUTHENT", ARGUMENTS_STRICT, NULL);
}
END_TEST

START_TEST(the_readable_form_has_its_grammar_too)
{
    static const char *const lists[] = {
        "0=",    "0= ,1", "0=a b", "0='a b'", "0='a' b", "0=a'b", "0=\"a\"", "0,",
        "0, ,1", "x=1",   "1 2",   "0=a\\",   "0='a",    "=1",    "0\n",     "0=\xC3\xBC",
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        check_form(lists[i], ARGUMENTS_READABLE, NULL);
}
END_TEST

START_TEST(no_value_differs_from_an_empty_one)
{
    struct arguments arguments;
    ck_assert_int_eq(arguments_decode(bytes_of("0,1='',2='x'"), ARGUMENTS_STRICT, &arguments, NULL),
                     ST_OK);
    ck_assert_uint_eq(arguments.count, 3);
    ck_assert(!arguments.items[0].has_value);
    ck_assert(arguments.items[1].has_value);
    ck_assert_uint_eq(arguments.items[1].value.len, 0);
    ck_assert(arguments.items[2].has_value);
    ck_assert(bytes_is(arguments.items[2].value, "x"));
}
END_TEST

START_TEST(arguments_are_found_and_counted)
{
    struct arguments arguments;
    size_t count = 9;
    ck_assert_int_eq(
        arguments_decode(bytes_of("1='a',0,1='b'"), ARGUMENTS_STRICT, &arguments, NULL), ST_OK);
    ck_assert_ptr_eq(arguments_find(&arguments, 0, &count), &arguments.items[1]);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_eq(arguments_find(&arguments, 1, &count), &arguments.items[0]);
    ck_assert_uint_eq(count, 2);
    ck_assert_ptr_null(arguments_find(&arguments, 2, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(arguments_decode(bytes_of("1"), ARGUMENTS_STRICT, &arguments, NULL), ST_OK);
    ck_assert_ptr_null(arguments_find(&arguments, 0, &count));
}
END_TEST

START_TEST(a_refusal_tells_the_column)
{
    static const struct {
        const char *text;
        enum argument_form form;
        unsigned column;
        const char *fragment;
    } refusals[] = {
        {"x", ARGUMENTS_STRICT, 1, "no digit where an argument should begin"},
        {"0,", ARGUMENTS_STRICT, 3, "no digit"},
        {"0='1',1=3", ARGUMENTS_STRICT, 9, "value of argument '1' is not in apostrophes"},
        {"0='1', 1", ARGUMENTS_STRICT, 7, "no digit"},
        {"0='a b'", ARGUMENTS_STRICT, 5, "value of argument '0' has the octet 0x20"},
        {"7='a", ARGUMENTS_STRICT, 5, "value of argument '7' does not end"},
        {"0='1'2", ARGUMENTS_STRICT, 6, "argument '0' is followed by something else"},
        {"0 = , 1", ARGUMENTS_READABLE, 5, "value of argument '0' is missing"},
        {"0=a b", ARGUMENTS_READABLE, 5, "argument '0' is followed by something else"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct arguments arguments;
        struct error error;
        error_clear(&error);
        ck_assert_int_eq(
            arguments_decode(bytes_of(refusals[i].text), refusals[i].form, &arguments, &error),
            ST_INVALID);
        ck_assert_msg(strstr(error.text, refusals[i].fragment) != NULL, "%s", error.text);
        ck_assert_msg(error.column == refusals[i].column, "%s: %u", refusals[i].text, error.column);
        ck_assert_uint_eq(error.line, 1);
    }
}
END_TEST

START_TEST(count_and_length_are_limited)
{
    struct arguments arguments;
    struct buf text;
    buf_init(&text, 2 * (size_t)PAYLOAD_MOST);
    for (int i = 0; i < ARGUMENTS_MOST; i++)
        buf_puts(&text, i == 0 ? "7" : ",7");
    ck_assert_int_eq(arguments_decode(buf_bytes(&text), ARGUMENTS_STRICT, &arguments, NULL), ST_OK);
    buf_puts(&text, ",7");
    ck_assert_int_eq(arguments_decode(buf_bytes(&text), ARGUMENTS_STRICT, &arguments, NULL),
                     ST_LIMIT);
    buf_clear(&text);
    buf_puts(&text, "0='");
    for (int i = 0; i < ARGUMENT_LEN_MOST; i++)
        buf_puts(&text, "x");
    buf_puts(&text, "'");
    ck_assert_int_eq(arguments_decode(buf_bytes(&text), ARGUMENTS_STRICT, &arguments, NULL), ST_OK);
    text.len--;
    buf_puts(&text, "x'");
    ck_assert_int_eq(arguments_decode(buf_bytes(&text), ARGUMENTS_STRICT, &arguments, NULL),
                     ST_LIMIT);
    buf_clear(&text);
    while (text.len <= PAYLOAD_MOST)
        buf_puts(&text, " ");
    ck_assert_int_eq(arguments_decode(buf_bytes(&text), ARGUMENTS_READABLE, &arguments, NULL),
                     ST_LIMIT);
    buf_release(&text);
}
END_TEST

static bool can_be_written(struct argument argument)
{
    struct arguments arguments = {.count = 1};
    struct buf out;
    arguments.items[0] = argument;
    buf_init(&out, PAYLOAD_MOST);
    arguments_encode(&arguments, &out);
    bool bad = out.bad;
    buf_release(&out);
    return !bad;
}

START_TEST(what_the_grammar_excludes_is_not_written)
{
    char *long_text = xalloc(ARGUMENT_LEN_MOST + 2);
    memset(long_text, 'x', ARGUMENT_LEN_MOST + 1);
    ck_assert(can_be_written((struct argument){0, true, bytes_of("abc")}));
    ck_assert(!can_be_written((struct argument){0, true, bytes_of("a b")}));
    ck_assert(!can_be_written((struct argument){0, true, bytes_of("it's")}));
    ck_assert(!can_be_written((struct argument){0, true, {(const uint8_t *)"\0", 1}}));
    ck_assert(!can_be_written((struct argument){10, true, bytes_of("abc")}));
    ck_assert(!can_be_written((struct argument){0, true, bytes_of(long_text)}));
    ck_assert(can_be_written((struct argument){0, true, bytes_of(long_text + 1)}));
    free(long_text);
}
END_TEST

UNIT_MAIN("arguments", the_strict_form_comes_back_octet_by_octet,
          what_the_grammar_excludes_is_refused, exactly_the_allowed_octets_stand_in_a_value,
          the_printed_form_of_the_specification_is_readable, the_readable_form_has_its_grammar_too,
          no_value_differs_from_an_empty_one, arguments_are_found_and_counted,
          a_refusal_tells_the_column, count_and_length_are_limited,
          what_the_grammar_excludes_is_not_written)
