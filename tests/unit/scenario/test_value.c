/* SPDX-License-Identifier: Apache-2.0 */
/* Literals. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct sheet sheet;
static struct scan scan;

static void open(const char *text)
{
    sheet_open(&sheet, text);
    scan_init(&scan, &sheet.source, &sheet.names, bytes_of(text));
}

static void close(void)
{
    scan_release(&scan);
    sheet_close(&sheet);
}

/* The literal TEXT, shown with its type; lives until the next call. */
static const char *literal(const char *text, enum value_type type, bool lenient)
{
    static char shown[200];
    struct value value;
    struct buf out;
    open(text);
    bool ok = scan_literal(&scan, type, lenient, ",", &value);
    if (!ok) {
        const char *error = error_shown(&sheet.errors);
        close();
        return error;
    }
    buf_init(&out, sizeof shown - 1);
    buf_printf(&out, "%s ", value_type_name(value.type));
    value_format(&value, &out);
    snprintf(shown, sizeof shown, "%s", buf_text(&out));
    value_release(&value);
    buf_release(&out);
    close();
    return shown;
}

START_TEST(literals_of_each_type)
{
    ck_assert_str_eq(literal("\"Acme\"", VALUE_STRING, false), "string \"Acme\"");
    ck_assert_str_eq(literal("-42", VALUE_INTEGER, false), "integer -42");
    ck_assert_str_eq(literal("9223372036854775807", VALUE_INTEGER, false),
                     "integer 9223372036854775807");
    ck_assert_str_eq(literal("1.5", VALUE_FLOAT, false), "float 1.5");
    ck_assert_str_eq(literal("2", VALUE_FLOAT, false), "float 2");
    ck_assert_str_eq(literal("true", VALUE_BOOLEAN, false), "boolean true");
    ck_assert_str_eq(literal("false", VALUE_BOOLEAN, false), "boolean false");
    ck_assert_str_eq(literal("hex:0a0B", VALUE_OPAQUE, false), "opaque hex:0a0b");
    ck_assert_str_eq(literal("base64:Cgs=", VALUE_OPAQUE, false), "opaque hex:0a0b");
    ck_assert_str_eq(literal("hex:", VALUE_OPAQUE, false), "opaque hex:");
    ck_assert_str_eq(literal("1700000000", VALUE_TIME, false), "time 1700000000");
    ck_assert_str_eq(literal("16:1", VALUE_OBJLINK, false), "objlink 16:1");
    ck_assert_str_eq(literal("65535:65535", VALUE_OBJLINK, false), "objlink 65535:65535");
}
END_TEST

START_TEST(literals_of_no_known_type_are_taken_as_they_look)
{
    ck_assert_str_eq(literal("\"a\"", VALUE_NONE, false), "string \"a\"");
    ck_assert_str_eq(literal("42", VALUE_NONE, false), "integer 42");
    ck_assert_str_eq(literal("4.5", VALUE_NONE, false), "float 4.5");
    ck_assert_str_eq(literal("true", VALUE_NONE, false), "boolean true");
    ck_assert_str_eq(literal("hex:00", VALUE_NONE, false), "opaque hex:00");
    ck_assert_str_eq(literal("16:1", VALUE_NONE, false), "objlink 16:1");
}
END_TEST

START_TEST(a_step_that_expects_an_error_may_send_another_type)
{
    ck_assert_str_eq(literal("42", VALUE_STRING, true), "integer 42");
    ck_assert_str_eq(literal("\"a\"", VALUE_INTEGER, true), "string \"a\"");
    ck_assert_str_eq(literal("7", VALUE_TIME, true), "time 7");
    ck_assert_str_eq(literal("bare", VALUE_STRING, true),
                     "f:1:1: error: \"bare\" is no value; write \"text\", 42, true, hex:0a or "
                     "16:1");
}
END_TEST

START_TEST(what_is_of_another_type_is_refused_with_an_example)
{
    ck_assert_str_eq(literal("bare", VALUE_STRING, false),
                     "f:1:1: error: \"bare\" is no string; write \"text\"");
    ck_assert_str_eq(literal("1.5", VALUE_INTEGER, false),
                     "f:1:1: error: \"1.5\" is no integer; write 42");
    ck_assert_str_eq(literal("9223372036854775808", VALUE_INTEGER, false),
                     "f:1:1: error: \"9223372036854775808\" is no integer; write 42");
    ck_assert_str_eq(literal("1e", VALUE_FLOAT, false),
                     "f:1:1: error: \"1e\" is no float; write 1.5");
    ck_assert_str_eq(literal("1", VALUE_BOOLEAN, false),
                     "f:1:1: error: \"1\" is no boolean; write true or false");
    ck_assert_str_eq(literal("hex:0", VALUE_OPAQUE, false),
                     "f:1:1: error: \"hex:0\" is no opaque; write hex:0a0b or base64:Cgs=");
    ck_assert_str_eq(literal("base64:Cg=", VALUE_OPAQUE, false),
                     "f:1:1: error: \"base64:Cg=\" is no opaque; write hex:0a0b or base64:Cgs=");
    ck_assert_str_eq(literal("now", VALUE_TIME, false),
                     "f:1:1: error: \"now\" is no time; write seconds since 1970");
    ck_assert_str_eq(literal("16:65536", VALUE_OBJLINK, false),
                     "f:1:1: error: \"16:65536\" is no objlink; write 16:1");
    ck_assert_str_eq(literal("\"a\"", VALUE_INTEGER, false),
                     "f:1:1: error: this text is no integer; write 42");
    ck_assert_str_eq(literal("", VALUE_INTEGER, false),
                     "f:1:1: error: a value is missing; write 42");
}
END_TEST

START_TEST(literals_end_at_a_blank_or_a_stop)
{
    struct value value;
    open("1,2 3");
    ck_assert(scan_literal(&scan, VALUE_INTEGER, false, ",", &value));
    ck_assert(scan_symbol(&scan, ","));
    ck_assert(scan_literal(&scan, VALUE_INTEGER, false, ",", &value));
    ck_assert(scan_literal(&scan, VALUE_INTEGER, false, ",", &value));
    ck_assert_int_eq(value.integer, 3);
    close();
}
END_TEST

static const char *quoted(const char *text)
{
    static char shown[200];
    struct buf out;
    open(text);
    buf_init(&out, 20);
    if (!scan_quoted(&scan, &out)) {
        const char *error = error_shown(&sheet.errors);
        buf_release(&out);
        close();
        return error;
    }
    shown[0] = '\0';
    for (size_t i = 0; i < out.len; i++)
        snprintf(shown + 2 * i, 3, "%02x", out.data[i]);
    buf_release(&out);
    close();
    return shown;
}

START_TEST(escapes_stand_for_octets)
{
    ck_assert_str_eq(quoted("\"a\\\"\\\\\\n\\$\\x00\\xfF\""), "61225c0a2400ff");
    ck_assert_str_eq(quoted("\"\""), "");
    ck_assert_str_eq(quoted("\"\xc3\xa9\""), "c3a9");
}
END_TEST

START_TEST(wrong_escapes_are_shown)
{
    ck_assert_str_eq(quoted("\"a\\t\""), "f:1:3: error: this escape is not known; use \\\" \\\\ "
                                         "\\n \\$ or \\xHH");
    ck_assert_str_eq(quoted("\"\\x0g\""), "f:1:2: error: \\x wants two hex digits, as in \\x0a");
    ck_assert_str_eq(quoted("\"\\x"), "f:1:2: error: \\x wants two hex digits, as in \\x0a");
    ck_assert_str_eq(quoted("\"\\"), "f:1:2: error: this escape is not known; use \\\" \\\\ \\n "
                                     "\\$ or \\xHH");
}
END_TEST

START_TEST(texts_must_begin_end_and_fit)
{
    ck_assert_str_eq(quoted("a"), "f:1:1: error: here should be a text in quotation marks");
    ck_assert_str_eq(quoted("\"abc"),
                     "f:1:1: error: this text does not end; put a quotation mark behind it");
    ck_assert_str_eq(quoted("\"123456789012345678901\""), "f:1:1: error: this text is too long");
}
END_TEST

START_TEST(ids_lead_below_a_path)
{
    struct path path;
    char text[PATH_TEXT];
    open("0/1=");
    ck_assert(scan_ids(&scan, path_instance(16, 0), &path));
    ck_assert_str_eq(path_text(path, text), "/16/0/0/1");
    ck_assert_int_eq(scan_peek(&scan), '=');
    close();
    open("0/1/2");
    ck_assert(!scan_ids(&scan, path_instance(16, 0), &path));
    ck_assert_str_eq(error_shown(&sheet.errors),
                     "f:1:1: error: these ids lead deeper than a resource instance");
    close();
    open("x");
    ck_assert(!scan_ids(&scan, path_instance(16, 0), &path));
    close();
}
END_TEST

UNIT_MAIN("value", literals_of_each_type, literals_of_no_known_type_are_taken_as_they_look,
          a_step_that_expects_an_error_may_send_another_type,
          what_is_of_another_type_is_refused_with_an_example, literals_end_at_a_blank_or_a_stop,
          escapes_stand_for_octets, wrong_escapes_are_shown, texts_must_begin_end_and_fit,
          ids_lead_below_a_path)
