/* SPDX-License-Identifier: Apache-2.0 */
/* Status phrases, messages and error lists. */
#include "base/std.h"

#include "base/buf.h"
#include "base/status.h"
#include "tests/unit/unit.h"

static struct buf text;

static const char *formatted(const struct error *error)
{
    buf_release(&text);
    buf_init(&text, 4096);
    error_format(error, &text);
    ck_assert(!text.bad);
    return buf_text(&text);
}

START_TEST(every_status_has_a_phrase_of_its_own)
{
    for (int a = ST_OK; a <= ST_CANCELLED; a++) {
        const char *phrase = status_text((enum status)a);
        ck_assert_ptr_nonnull(phrase);
        ck_assert_uint_gt(strlen(phrase), 0);
        for (const char *c = phrase; *c != '\0'; c++)
            ck_assert(islower((unsigned char)*c) || *c == ' ');
        for (int b = ST_OK; b < a; b++)
            ck_assert_str_ne(phrase, status_text((enum status)b));
    }
    ck_assert_str_eq(status_text(ST_NOT_FOUND), "not found");
    ck_assert_str_eq(status_text((enum status)99), "unknown status");
}
END_TEST

START_TEST(a_full_message_names_the_place_first)
{
    struct error error;
    error_clear(&error);
    error_place(&error, "vehicle.json", 12, 7);
    error_set(&error, "key length of '%s' must be %d octets", "k1", 16);
    memcpy(error.pointer, "/portfolio/0", sizeof "/portfolio/0");
    ck_assert_str_eq(formatted(&error),
                     "vehicle.json:12:7: error: key length of 'k1' must be 16 octets"
                     " (at /portfolio/0)");
    error.severity = SEVERITY_WARNING;
    error.pointer[0] = '\0';
    ck_assert_str_eq(formatted(&error),
                     "vehicle.json:12:7: warning: key length of 'k1' must be 16 octets");
    buf_release(&text);
}
END_TEST

START_TEST(missing_parts_of_the_place_are_left_out)
{
    struct error error;
    error_clear(&error);
    error_set(&error, "no answer");
    ck_assert_str_eq(formatted(&error), "error: no answer");
    error_place(&error, NULL, 3, 0);
    ck_assert_str_eq(formatted(&error), "3: error: no answer");
    error_place(&error, NULL, 3, 4);
    ck_assert_str_eq(formatted(&error), "3:4: error: no answer");
    error_place(&error, "a", 0, 4);
    ck_assert_str_eq(formatted(&error), "a: error: no answer");
    error_place(&error, NULL, 2, 0);
    ck_assert_str_eq(formatted(&error), "a:2: error: no answer");
    buf_release(&text);
}
END_TEST

START_TEST(clearing_empties_everything)
{
    struct error error;
    memset(&error, 'x', sizeof error);
    error_clear(&error);
    ck_assert_int_eq(error.severity, SEVERITY_ERROR);
    ck_assert_str_eq(error.subject, "");
    ck_assert_str_eq(error.pointer, "");
    ck_assert_str_eq(error.text, "");
    ck_assert_uint_eq(error.line, 0);
    ck_assert_uint_eq(error.column, 0);
}
END_TEST

START_TEST(nobody_interested_is_allowed)
{
    error_set(NULL, "lost %d", 1);
    error_place(NULL, "file", 1, 1);
}
END_TEST

START_TEST(a_sentence_may_wrap_the_one_before)
{
    struct error error;
    error_clear(&error);
    error_set(&error, "'%s' is too short", "k1");
    error_set(&error, "reading keys: %s", error.text);
    ck_assert_str_eq(error.text, "reading keys: 'k1' is too short");
}
END_TEST

START_TEST(setting_the_sentence_keeps_the_place)
{
    struct error error;
    error_clear(&error);
    error_place(&error, "f", 1, 2);
    error_set(&error, "x");
    ck_assert_str_eq(error.subject, "f");
    ck_assert_uint_eq(error.line, 1);
    ck_assert_uint_eq(error.column, 2);
}
END_TEST

START_TEST(long_texts_are_cut_to_their_buffers)
{
    char longer[1000];
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    struct error error;
    error_clear(&error);
    error_set(&error, "%s", longer);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    error_place(&error, longer, 1, 1);
    ck_assert_uint_eq(strlen(error.subject), sizeof error.subject - 1);
}
END_TEST

START_TEST(a_cut_never_splits_a_utf8_character)
{
    struct error error;
    error_clear(&error);
    /* One ASCII octet shifts the three-octet characters through all three phases. */
    char euros[3 * 200 + 3];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(euros, '.', shift);
        for (size_t i = 0; i < 200; i++)
            memcpy(euros + shift + 3 * i, "\xE2\x82\xAC", 3);
        euros[shift + 600] = '\0';
        error_set(&error, "%s", euros);
        ck_assert(utf8_valid(bytes_of(error.text)));
        ck_assert_uint_ge(strlen(error.text), sizeof error.text - 3);
        error_place(&error, euros, 1, 1);
        ck_assert(utf8_valid(bytes_of(error.subject)));
        ck_assert_uint_ge(strlen(error.subject), sizeof error.subject - 3);
    }
}
END_TEST

START_TEST(formatting_stops_at_the_buffers_limit)
{
    struct error error;
    error_clear(&error);
    error_set(&error, "something");
    struct buf out;
    buf_init(&out, 5);
    error_format(&error, &out);
    ck_assert(out.bad);
    buf_release(&out);
}
END_TEST

START_TEST(a_list_keeps_the_order_and_counts_only_errors_as_failure)
{
    struct error_list list;
    error_list_init(&list);
    ck_assert(list.errors == 0);
    struct error error;
    error_clear(&error);
    error.severity = SEVERITY_WARNING;
    error_set(&error, "first");
    error_list_add(&list, &error);
    ck_assert(list.errors == 0);
    error.severity = SEVERITY_ERROR;
    error_set(&error, "second");
    error_list_add(&list, &error);
    ck_assert(list.errors > 0);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_eq(list.errors, 1);
    ck_assert_str_eq(list.items[0].text, "first");
    ck_assert_str_eq(list.items[1].text, "second");
    error_list_release(&list);
    ck_assert_uint_eq(list.count, 0);
    ck_assert_ptr_null(list.items);
}
END_TEST

START_TEST(a_full_list_counts_what_it_drops)
{
    struct error_list list;
    error_list_init(&list);
    struct error error;
    error_clear(&error);
    error.severity = SEVERITY_WARNING;
    for (int i = 0; i < ERROR_LIST_MOST; i++) {
        error_set(&error, "%d", i);
        error_list_add(&list, &error);
    }
    ck_assert_uint_eq(list.dropped, 0);
    error.severity = SEVERITY_ERROR;
    error_list_add(&list, &error);
    ck_assert_uint_eq(list.count, ERROR_LIST_MOST);
    ck_assert_uint_le(list.capacity, ERROR_LIST_MOST);
    ck_assert_uint_eq(list.dropped, 1);
    ck_assert_uint_eq(list.errors, 1);
    ck_assert(list.errors > 0);
    ck_assert_str_eq(list.items[ERROR_LIST_MOST - 1].text, "99");
    error_list_release(&list);
}
END_TEST

START_TEST(sorts_errors_by_their_place)
{
    static const unsigned places[][2] = {{9, 9}, {3, 1}, {2, 7}, {2, 3}, {2, 3}, {1, 5}};
    struct error_list errors;
    error_list_init(&errors);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct error error;
        error_clear(&error);
        error_set(&error, "%zu", i);
        error_place(&error, "f", places[i][0], places[i][1]);
        error_list_add(&errors, &error);
    }
    error_list_sort(&errors, 1);
    static const char *const order[] = {"0", "5", "3", "4", "2", "1"};
    for (size_t i = 0; i < COUNT_OF(order); i++)
        ck_assert_str_eq(errors.items[i].text, order[i]);
    error_list_release(&errors);
}
END_TEST

START_TEST(errors_of_different_files_do_not_pass_each_other)
{
    static const struct {
        const char *subject;
        unsigned line;
    } places[] = {{"a", 9}, {"b", 5}, {"b", 2}, {"a", 1}};
    struct error_list errors;
    error_list_init(&errors);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct error error;
        error_clear(&error);
        error_set(&error, "%zu", i);
        error_place(&error, places[i].subject, places[i].line, 1);
        error_list_add(&errors, &error);
    }
    error_list_sort(&errors, 0);
    static const char *const order[] = {"0", "2", "1", "3"};
    for (size_t i = 0; i < COUNT_OF(order); i++)
        ck_assert_str_eq(errors.items[i].text, order[i]);
    error_list_release(&errors);
}
END_TEST

UNIT_MAIN("status", sorts_errors_by_their_place, errors_of_different_files_do_not_pass_each_other,
          every_status_has_a_phrase_of_its_own, a_full_message_names_the_place_first,
          missing_parts_of_the_place_are_left_out, clearing_empties_everything,
          nobody_interested_is_allowed, a_sentence_may_wrap_the_one_before,
          setting_the_sentence_keeps_the_place, long_texts_are_cut_to_their_buffers,
          a_cut_never_splits_a_utf8_character, formatting_stops_at_the_buffers_limit,
          a_list_keeps_the_order_and_counts_only_errors_as_failure,
          a_full_list_counts_what_it_drops)
