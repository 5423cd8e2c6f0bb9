/* SPDX-License-Identifier: Apache-2.0 */
/* No value is left in a text that was redacted. */
#include "tests/unit/unit.h"

#include "cli/redact.h"

START_TEST(values_go_and_the_rest_stays)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"2.05 {0/0=\"HOST4711\",3=0}", "2.05 {0/0=\"(redacted)\",3=0}"},
        {"2.05 hex:00ff, base64:AA==.", "2.05 hex:(redacted), base64:(redacted)."},
        {"\"a\\\"b\" c", "\"(redacted)\" c"},
        {"\"open", "\"(redacted)\""},
        {"\"open\\", "\"(redacted)\""},
        {"hex:", "hex:(redacted)"},
        {"", ""},
        {"nothing to hide", "nothing to hide"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text;
        buf_init(&text, 1000);
        buf_puts(&text, rows[i].text);
        redact_text(&text);
        ck_assert_str_eq(buf_text(&text), rows[i].wanted);
        buf_release(&text);
    }
}
END_TEST

START_TEST(what_does_not_fit_is_cut_and_not_left)
{
    struct buf text;
    buf_init(&text, 12);
    buf_puts(&text, "\"ab\" \"cd\"");
    redact_text(&text);
    ck_assert_ptr_null(strstr(buf_text(&text), "ab"));
    ck_assert_ptr_null(strstr(buf_text(&text), "cd"));
    buf_release(&text);
}
END_TEST

UNIT_MAIN("redact", values_go_and_the_rest_stays, what_does_not_fit_is_cut_and_not_left)
