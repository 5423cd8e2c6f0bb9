/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor over an expanded piece of a line. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct sheet sheet;
static struct scan scan;

static void open_with(const char *text)
{
    scan_init(&scan, &sheet.source, &sheet.names, bytes_of(text));
}

/* Over TEXT with `pf`=/16/0, `long`=one two, `tok` saved. */
static void open(const char *text)
{
    sheet_open(&sheet, text);
    names_set(&sheet.names, bytes_of("pf"), "/16/0", false);
    names_set(&sheet.names, bytes_of("long"), "one two", false);
    names_set(&sheet.names, bytes_of("none"), "", false);
    names_set(&sheet.names, bytes_of("tok"), NULL, false);
    open_with(text);
}

static void close(void)
{
    scan_release(&scan);
    sheet_close(&sheet);
}

static const char *expanded(const char *text)
{
    static char copy[200];
    open(text);
    ck_assert(!scan.failed);
    snprintf(copy, sizeof copy, "%s", buf_text(&scan.text));
    close();
    return copy;
}

static const char *not_expanded(const char *text)
{
    open(text);
    ck_assert(scan.failed);
    const char *shown = error_shown(&sheet.errors);
    close();
    return shown;
}

START_TEST(names_are_replaced_by_their_text)
{
    ck_assert_str_eq(expanded("$pf/3 $long"), "/16/0/3 one two");
    ck_assert_str_eq(expanded("$pf$pf"), "/16/0/16/0");
    ck_assert_str_eq(expanded("\"$pf\""), "\"/16/0\"");
    ck_assert_str_eq(expanded("$none"), "");
    ck_assert_str_eq(expanded("plain"), "plain");
    ck_assert_str_eq(expanded(""), "");
}
END_TEST

START_TEST(saved_names_and_escaped_dollars_stay)
{
    ck_assert_str_eq(expanded("$tok|$pf"), "$tok|/16/0");
    ck_assert_str_eq(expanded("\"\\$pf\\\\\""), "\"\\$pf\\\\\"");
    ck_assert_str_eq(expanded("a\\"), "a\\");
}
END_TEST

START_TEST(the_end_of_a_line_that_goes_on_is_a_blank)
{
    ck_assert_str_eq(expanded("a\\\nb"), "a  b");
    ck_assert_str_eq(expanded("a \\\r\nb"), "a    b");
}
END_TEST

START_TEST(unset_names_are_reported_where_they_stand)
{
    ck_assert_str_eq(not_expanded("a $gone/3"),
                     "f:1:3: error: name \"$gone\" is not set here; set it by 'let' or --set");
    ck_assert_str_eq(not_expanded("a $ b"),
                     "f:1:3: error: '$' stands without a name; write \\$ inside a text for the "
                     "character");
}
END_TEST

START_TEST(a_profile_without_a_portfolio_says_so)
{
    sheet_open(&sheet, "$pf/3");
    open_with("$pf/3");
    ck_assert_str_eq(error_shown(&sheet.errors),
                     "f:1:1: error: name \"$pf\" is not set: the profile has no Portfolio "
                     "instance; give one by --set pf=/16/0");
    close();
}
END_TEST

START_TEST(only_the_first_error_is_reported)
{
    open("$gone $lost");
    scan_error(&scan, 0, "another");
    ck_assert_uint_eq(sheet.errors.count, 1);
    ck_assert_int_eq(scan_peek(&scan), -1);
    ck_assert_uint_eq(scan_token(&scan, "").len, 0);
    close();
}
END_TEST

START_TEST(errors_find_the_place_behind_a_replaced_name)
{
    open("$long xyz");
    scan_error(&scan, 9, "here");
    ck_assert_str_eq(error_shown(&sheet.errors), "f:1:8: error: here");
    close();
    open("$long xyz");
    scan_error(&scan, 4, "inside");
    ck_assert_str_eq(error_shown(&sheet.errors), "f:1:1: error: inside");
    close();
    open("ab");
    scan_error(&scan, 1000, "past the end");
    ck_assert_str_eq(error_shown(&sheet.errors), "f:1:3: error: past the end");
    close();
}
END_TEST

START_TEST(what_grows_too_long_is_refused)
{
    char big[4001];
    char piece[3 * 40 + 1];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    for (size_t i = 0; i < 40; i++)
        memcpy(piece + 3 * i, "$x ", 4);
    sheet_open(&sheet, piece);
    names_set(&sheet.names, bytes_of("x"), big, false);
    open_with(piece);
    ck_assert_str_eq(error_shown(&sheet.errors),
                     "f:1:1: error: this is too long with its names replaced; at most 65536 "
                     "octets fit");
    close();
}
END_TEST

START_TEST(symbols_and_keywords_are_taken_when_they_are_there)
{
    open(" => asx as x");
    ck_assert(!scan_symbol(&scan, "=="));
    ck_assert(scan_symbol(&scan, "=>"));
    ck_assert(!scan_keyword(&scan, "as"));
    ck_assert(scan_symbol(&scan, "as"));
    ck_assert(scan_symbol(&scan, "x"));
    ck_assert(scan_keyword(&scan, "as"));
    ck_assert(scan_more(&scan));
    ck_assert(scan_keyword(&scan, "x"));
    ck_assert(!scan_more(&scan));
    ck_assert(!scan_symbol(&scan, "x"));
    close();
}
END_TEST

START_TEST(words_and_tokens_end_where_they_should)
{
    open("a\"b c\"f g,h i");
    ck_assert(bytes_is(scan_token(&scan, ""), "a\"b c\"f"));
    ck_assert(bytes_is(scan_token(&scan, ","), "g"));
    ck_assert(scan_symbol(&scan, ","));
    ck_assert(bytes_is(scan_rest(&scan), "h i"));
    ck_assert_uint_eq(scan_rest(&scan).len, 0);
    close();
    open("x\"y,z\"w,v");
    ck_assert(bytes_is(scan_token(&scan, ","), "x\"y,z\"w"));
    close();
    open(" rest of it  ");
    ck_assert(bytes_is(scan_rest(&scan), "rest of it"));
    close();
}
END_TEST

START_TEST(what_is_left_over_is_reported_with_the_usage)
{
    open("a b");
    ck_assert(bytes_is(scan_token(&scan, ""), "a"));
    scan_end(&scan, "a");
    ck_assert_str_eq(error_shown(&sheet.errors),
                     "f:1:3: error: this does not belong here; write: a");
    close();
    open("a ");
    ck_assert(bytes_is(scan_token(&scan, ""), "a"));
    scan_end(&scan, "a");
    ck_assert_uint_eq(sheet.errors.count, 0);
    close();
}
END_TEST

START_TEST(ids_are_whole_numbers_up_to_65534)
{
    static const char *const wrong[] = {"65535", "-1", "x", "", "007", "99999999999999999999"};
    unsigned id = 7;
    open("65534 0");
    ck_assert(scan_id(&scan, &id));
    ck_assert_uint_eq(id, 65534);
    ck_assert(scan_id(&scan, &id));
    ck_assert_uint_eq(id, 0);
    close();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        open(wrong[i]);
        ck_assert(!scan_id(&scan, &id));
        ck_assert_str_eq(error_shown(&sheet.errors),
                         "f:1:1: error: here should be a whole number from 0 to 65534");
        close();
    }
}
END_TEST

START_TEST(groups_are_taken_whole)
{
    open("(a (b) \")\" c) d");
    ck_assert(bytes_is(scan_group(&scan), "a (b) \")\" c"));
    ck_assert(scan_keyword(&scan, "d"));
    close();
    open("()");
    ck_assert_uint_eq(scan_group(&scan).len, 0);
    ck_assert(!scan.failed);
    close();
    open("x");
    scan_group(&scan);
    ck_assert_str_eq(error_shown(&sheet.errors), "f:1:1: error: here should be '('");
    close();
    open("(a (b)");
    scan_group(&scan);
    ck_assert_str_eq(error_shown(&sheet.errors), "f:1:1: error: '(' is not closed; add ')'");
    close();
    open("(a \"b)");
    scan_group(&scan);
    ck_assert_str_eq(error_shown(&sheet.errors), "f:1:4: error: this text does not end; put a "
                                                 "quotation mark behind it");
    close();
}
END_TEST

START_TEST(the_name_of_a_saved_value_is_taken)
{
    open("$tok|x");
    char *name = scan_saved(&scan, "|");
    ck_assert_str_eq(name, "tok");
    free(name);
    ck_assert_uint_eq(scan.at, 4);
    close();
}
END_TEST

UNIT_MAIN("scan", names_are_replaced_by_their_text, saved_names_and_escaped_dollars_stay,
          the_end_of_a_line_that_goes_on_is_a_blank, unset_names_are_reported_where_they_stand,
          a_profile_without_a_portfolio_says_so, only_the_first_error_is_reported,
          errors_find_the_place_behind_a_replaced_name, what_grows_too_long_is_refused,
          symbols_and_keywords_are_taken_when_they_are_there,
          words_and_tokens_end_where_they_should, what_is_left_over_is_reported_with_the_usage,
          ids_are_whole_numbers_up_to_65534, groups_are_taken_whole,
          the_name_of_a_saved_value_is_taken)
