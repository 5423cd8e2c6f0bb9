/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, words and places. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

/* The words of LINE joined by bars; the text lives until the next call. */
static const char *words_of(const char *line)
{
    static char joined[2000];
    struct sheet sheet;
    struct words words;
    sheet_open(&sheet, line);
    ck_assert(lex_words(&sheet.source, bytes_of(line), &words));
    joined[0] = '\0';
    for (size_t i = 0, len = 0; i < words.count; i++)
        len += (size_t)snprintf(joined + len, sizeof joined - len, "%s%.*s", i == 0 ? "" : "|",
                                (int)words.items[i].len, (const char *)words.items[i].data);
    sheet_close(&sheet);
    return joined;
}

static const char *refused(const char *line)
{
    struct sheet sheet;
    struct words words;
    sheet_open(&sheet, line);
    ck_assert(!lex_words(&sheet.source, bytes_of(line), &words));
    const char *shown = error_shown(&sheet.errors);
    sheet_close(&sheet);
    return shown;
}

START_TEST(words_are_cut_at_blanks)
{
    ck_assert_str_eq(words_of("  read\t/16/0  =>\r"), "read|/16/0|=>");
    ck_assert_str_eq(words_of(""), "");
    ck_assert_str_eq(words_of("   \t "), "");
}
END_TEST

START_TEST(quotes_and_brackets_keep_a_word_together)
{
    ck_assert_str_eq(words_of("a \"b c\" d"), "a|\"b c\"|d");
    ck_assert_str_eq(words_of("x=\"a \\\" b\" y"), "x=\"a \\\" b\"|y");
    ck_assert_str_eq(words_of("f(a, b) {c, (d e)} g"), "f(a, b)|{c, (d e)}|g");
    ck_assert_str_eq(words_of("f(\")\" x) y"), "f(\")\" x)|y");
    ck_assert_str_eq(words_of("a [B C]"), "a|[B C]");
    ck_assert_str_eq(words_of("a) b}"), "a)|b}");
}
END_TEST

START_TEST(a_hash_at_the_start_of_a_word_begins_a_comment)
{
    ck_assert_str_eq(words_of("# all of it"), "");
    ck_assert_str_eq(words_of("read /16 # why"), "read|/16");
    ck_assert_str_eq(words_of("a#b \"# c\""), "a#b|\"# c\"");
}
END_TEST

START_TEST(what_does_not_end_is_shown_where_it_begins)
{
    ck_assert_str_eq(refused("ab \"c d"),
                     "f:1:4: error: this text does not end; put a quotation mark behind it");
    ck_assert_str_eq(refused("a f(x {y}"), "f:1:4: error: '(' is not closed on this line; add ')'");
    ck_assert_str_eq(refused("a {x"), "f:1:3: error: '{' is not closed on this line; add '}'");
    ck_assert_str_eq(refused("a [x y"), "f:1:3: error: '[' is not closed on this line; add ']'");
}
END_TEST

START_TEST(a_line_has_a_most_of_words)
{
    char line[2 * WORDS_MOST + 3];
    for (size_t i = 0; i < sizeof line - 1; i++)
        line[i] = i % 2 == 0 ? 'a' : ' ';
    line[sizeof line - 1] = '\0';
    ck_assert_str_eq(refused(line), "f:1:513: error: the line has more than 256 words; split it");
    line[2 * WORDS_MOST - 1] = '\0';
    ck_assert_uint_eq(strlen(words_of(line)), 2 * WORDS_MOST - 1);
}
END_TEST

START_TEST(lines_go_on_behind_a_backslash)
{
    struct bytes rest = bytes_of("a \\\n b\nc \\\r\nd\\e\r\n\nlast");
    struct bytes line;
    ck_assert(lex_line(&rest, &line));
    ck_assert(bytes_is(line, "a \\\n b"));
    ck_assert(lex_line(&rest, &line));
    ck_assert(bytes_is(line, "c \\\r\nd\\e\r"));
    ck_assert(lex_line(&rest, &line));
    ck_assert_uint_eq(line.len, 0);
    ck_assert(lex_line(&rest, &line));
    ck_assert(bytes_is(line, "last"));
    ck_assert(!lex_line(&rest, &line));
    ck_assert_str_eq(words_of("a\\\n b \\\r\n\\x"), "a|b|\\x");
}
END_TEST

START_TEST(a_text_does_not_go_on_in_the_next_line)
{
    ck_assert_str_eq(refused("a \"b \\\n c\""),
                     "f:1:3: error: this text does not end; put a quotation mark behind it");
}
END_TEST

START_TEST(spans_reach_over_blanks_and_know_their_place_when_empty)
{
    const char *text = "a  b c";
    struct sheet sheet;
    struct words words;
    sheet_open(&sheet, text);
    ck_assert(lex_words(&sheet.source, bytes_of(text), &words));
    ck_assert(bytes_is(words_span(&words, 1, 3), "b c"));
    struct bytes nothing = words_span(&words, 2, 2);
    ck_assert_uint_eq(nothing.len, 0);
    ck_assert_ptr_eq(nothing.data, text + 4);
    sheet_close(&sheet);
}
END_TEST

START_TEST(names_are_letters_digits_and_underscores)
{
    ck_assert(lex_is_name(bytes_of("a_1")));
    ck_assert(lex_is_name(bytes_of("_")));
    ck_assert(!lex_is_name(bytes_of("1a")));
    ck_assert(!lex_is_name(bytes_of("a-b")));
    ck_assert(!lex_is_name(bytes_of("")));
    ck_assert(!lex_is_name(bytes_of("\xc3\xa9")));
}
END_TEST

START_TEST(messages_show_no_half_characters)
{
    char text[100];
    ck_assert_int_eq(lex_shown(bytes_of("short")), 5);
    memset(text, 'a', sizeof text);
    memcpy(text + 59, "\xc3\xa9", 2);
    ck_assert_int_eq(lex_shown((struct bytes){(const uint8_t *)text, sizeof text}), 59);
    text[58] = 'b';
    memcpy(text + 58, "\xc3\xa9", 2);
    text[60] = 'c';
    ck_assert_int_eq(lex_shown((struct bytes){(const uint8_t *)text, sizeof text}), 60);
}
END_TEST

START_TEST(places_are_counted_from_the_first_line)
{
    unsigned line = 0;
    unsigned column = 0;
    const char *text = "ab\ncd\n";
    struct source source = {.file = "f", .text = bytes_of(text), .first_line = 7};
    source_locate(&source, (const uint8_t *)text, &line, &column);
    ck_assert_uint_eq(line, 7);
    ck_assert_uint_eq(column, 1);
    source_locate(&source, (const uint8_t *)text + 4, &line, &column);
    ck_assert_uint_eq(line, 8);
    ck_assert_uint_eq(column, 2);
    source_locate(&source, (const uint8_t *)text + 6, &line, &column);
    ck_assert_uint_eq(line, 9);
    ck_assert_uint_eq(column, 1);
}
END_TEST

static const char *shown_at(const char *text, size_t at)
{
    static char shown[500];
    struct source source = {.file = "f", .text = bytes_of(text), .first_line = 1};
    struct buf out;
    buf_init(&out, sizeof shown - 1);
    source_show(&source, (const uint8_t *)text + at, &out);
    snprintf(shown, sizeof shown, "%s", buf_text(&out));
    buf_release(&out);
    return shown;
}

START_TEST(the_caret_stands_below_its_character)
{
    ck_assert_str_eq(shown_at("one\ntwo three\nfour", 8), "    two three\n        ^\n");
    ck_assert_str_eq(shown_at("a\tb c", 4), "    a\tb c\n     \t  ^\n");
    ck_assert_str_eq(shown_at("\xc3\xa9\xe2\x82\xac x\r\n", 6),
                     "    \xc3\xa9\xe2\x82\xac x\n       ^\n");
    ck_assert_str_eq(shown_at("ab", 2), "    ab\n      ^\n");
}
END_TEST

UNIT_MAIN("lex", words_are_cut_at_blanks, quotes_and_brackets_keep_a_word_together,
          a_hash_at_the_start_of_a_word_begins_a_comment,
          what_does_not_end_is_shown_where_it_begins, a_line_has_a_most_of_words,
          lines_go_on_behind_a_backslash, a_text_does_not_go_on_in_the_next_line,
          spans_reach_over_blanks_and_know_their_place_when_empty,
          names_are_letters_digits_and_underscores, messages_show_no_half_characters,
          places_are_counted_from_the_first_line, the_caret_stands_below_its_character)
