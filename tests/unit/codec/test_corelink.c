/* SPDX-License-Identifier: Apache-2.0 */
/* Link lists: registrations, answers to Discover, and the limits. */
#include "base/std.h"

#include "codec/codec.h"
#include "codec/corelink.h"
#include "tests/unit/unit.h"

/* Reads TEXT and checks how it is written again. */
static void check_written(const char *text, const char *wanted)
{
    struct links links;
    struct error error;
    struct buf out;
    links_init(&links);
    error_clear(&error);
    buf_init(&out, PAYLOAD_MOST);
    enum status status = links_decode(bytes_of(text), &links, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", text, error.text);
    links_encode(&links, &out);
    ck_assert_str_eq(buf_text(&out), wanted);
    links_release(&links);
    buf_release(&out);
}

START_TEST(lists_come_back_as_they_were)
{
    static const char *const lists[] = {
        "",
        "</>;rt=\"oma.lwm2m\";ct=11542,</1/0>,</16>;ver=1.0",
        "</>;rt=\"oma.lwm2m\";ct=\"0 42 11542\",</3/0>,</16/0>,</16/1>",
        "</3/0>;pmin=10;pmax=200,</3/0/7>;dim=2;lt=1.5;gt=-6;st=1",
        "</16/0/0/>;dim=4",
        "<>",
        "</a;b~>;obs~;x=~;y=\"\"",
        "<coap://[2001:db8::1]:5683/x?y=%20>;rel=a/b",
        "</a>;title=\"say \\\"hi\\\" \\\\ now; <b>, c\"",
        "</a>;title*=\"M\xC3\xBCll\"",
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        check_written(lists[i], lists[i]);
}
END_TEST

START_TEST(blanks_after_commas_are_tolerated)
{
    check_written("</16/0/0/>;dim=4, </16/1/0/>;dim=2,\t </1>",
                  "</16/0/0/>;dim=4,</16/1/0/>;dim=2,</1>");
}
END_TEST

START_TEST(a_registration_is_understood)
{
    struct links links;
    links_init(&links);
    ck_assert_int_eq(links_decode(bytes_of("</>;rt=\"oma.lwm2m\";ct=11542;hb,</1/0>,</16>;ver=1.0"),
                                  &links, NULL),
                     ST_OK);
    ck_assert_uint_eq(links.count, 3);
    const struct link *root = links_find(&links, path_root());
    ck_assert_ptr_eq(root, &links.items[0]);
    ck_assert_str_eq(link_attribute(root, "rt"), "oma.lwm2m");
    ck_assert(root->attributes[0].quoted);
    ck_assert_str_eq(link_attribute(root, "ct"), "11542");
    ck_assert(!root->attributes[1].quoted);
    ck_assert_str_eq(link_attribute(root, "hb"), "");
    ck_assert_ptr_null(root->attributes[2].value);
    ck_assert_ptr_null(link_attribute(root, "r"));
    ck_assert_uint_eq(links_find(&links, path_instance(1, 0))->attribute_count, 0);
    ck_assert_str_eq(link_attribute(links_find(&links, path_object(16)), "ver"), "1.0");
    ck_assert_ptr_null(links_find(&links, path_object(1)));
    links_release(&links);
}
END_TEST

START_TEST(targets_are_paths_or_something_else)
{
    static const struct {
        const char *text, *path;
    } targets[] = {
        {"</>", "/"},
        {"</16>", "/16"},
        {"</16/>", "/16"},
        {"</16/0/0/>", "/16/0/0"},
        {"</3/0/11/1>", "/3/0/11/1"},
        {"</65534>", "/65534"},
        {"</65535>", NULL},
        {"</16/x>", NULL},
        {"</lwm2m/16/0>", NULL},
        {"</16//>", NULL},
        {"<//>", NULL},
        {"</1/2/3/4/5>", NULL},
        {"<>", NULL},
        {"</016>", NULL},
        {"<16>", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct links links;
        char text[PATH_TEXT];
        links_init(&links);
        ck_assert_int_eq(links_decode(bytes_of(targets[i].text), &links, NULL), ST_OK);
        ck_assert_msg(links.items[0].has_path == (targets[i].path != NULL), "%s", targets[i].text);
        if (targets[i].path != NULL)
            ck_assert_str_eq(path_text(links.items[0].path, text), targets[i].path);
        links_release(&links);
    }
}
END_TEST

START_TEST(lists_are_built_and_written)
{
    struct links links;
    struct buf out;
    links_init(&links);
    buf_init(&out, 200);
    struct link *root = links_add(&links, path_root());
    ck_assert(link_add_attribute(root, "rt", "oma.lwm2m", true));
    ck_assert(link_add_attribute(root, "ct", "11542", false));
    ck_assert_ptr_nonnull(links_add(&links, path_instance(16, 0)));
    struct link *identity = links_add(&links, path_resource(16, 0, 0));
    ck_assert(link_add_attribute(identity, "dim", "4", false));
    ck_assert(link_add_attribute(identity, "obs", NULL, false));
    links_encode(&links, &out);
    ck_assert_str_eq(buf_text(&out), "</>;rt=\"oma.lwm2m\";ct=11542,</16/0>,</16/0/0>;dim=4;obs");
    links_release(&links);
    buf_release(&out);
}
END_TEST

START_TEST(a_value_that_needs_quotes_gets_them)
{
    struct links links;
    struct buf out;
    links_init(&links);
    buf_init(&out, 200);
    struct link *link = links_add(&links, path_root());
    ck_assert(link_add_attribute(link, "a", "x y", false));
    ck_assert(link_add_attribute(link, "b", "", false));
    ck_assert(link_add_attribute(link, "c", "say \"hi\"\\", false));
    links_encode(&links, &out);
    ck_assert_str_eq(buf_text(&out), "</>;a=\"x y\";b=\"\";c=\"say \\\"hi\\\"\\\\\"");
    links_release(&links);
    buf_release(&out);
}
END_TEST

START_TEST(malformed_lists_are_refused_with_their_column)
{
    static const struct {
        const char *text;
        unsigned column;
        const char *fragment;
    } refusals[] = {
        {" ", 1, "no < where a link should begin"},
        {"/1/0", 1, "no <"},
        {",</1>", 1, "no <"},
        {"</1>,", 6, "no <"},
        {"</1>, ", 7, "no <"},
        {"</1>,,</2>", 6, "no <"},
        {"</1", 4, "a target that no > ends"},
        {"</1 >", 4, "a target that no > ends"},
        {"</1\x01>", 4, "no > ends"},
        {"</1></2>", 5, "something else than a comma"},
        {"</1> ,</2>", 5, "something else than a comma"},
        {"</1>;", 6, "no attribute name"},
        {"</1>;;a", 6, "no attribute name"},
        {"</1>;=b", 6, "no attribute name"},
        {"</1>; a", 6, "no attribute name"},
        {"</1>;a=", 8, "without a value"},
        {"</1>;a=,</2>", 8, "without a value"},
        {"</1>;a b", 7, "something else than a comma"},
        {"</1>;a=\"b", 10, "does not end, or a control character"},
        {"</1>;a=\"b\\", 11, "does not end"},
        {"</1>;a=\"b\x01\"", 10, "control character"},
        {"</1>;a=\"\\\x7F\"", 10, "control character"},
        {"</1>;a=\"\xC3\"", 11, "not UTF-8"},
        {"</1>;a=\"b\"c", 11, "something else than a comma"},
        {"</1>;a=\xC3\xBC", 8, "without a value"},
        {"</1>;a=1 ", 9, "something else than a comma"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct links links;
        struct error error;
        links_init(&links);
        error_clear(&error);
        ck_assert_int_eq(links_decode(bytes_of(refusals[i].text), &links, &error), ST_INVALID);
        ck_assert_msg(strstr(error.text, refusals[i].fragment) != NULL, "%s: %s", refusals[i].text,
                      error.text);
        ck_assert_msg(error.column == refusals[i].column, "%s: %u", refusals[i].text, error.column);
        links_release(&links);
    }
}
END_TEST

START_TEST(a_nul_is_no_end)
{
    static const struct {
        const char *text;
        size_t len;
    } lists[] = {{"</1\0>", 5}, {"</1>;a\0", 7}, {"</1>;a=\"\0\"", 10}, {"</1>\0", 5}};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct links links;
        struct bytes text = {(const uint8_t *)lists[i].text, lists[i].len};
        links_init(&links);
        ck_assert_int_eq(links_decode(text, &links, NULL), ST_INVALID);
        links_release(&links);
    }
}
END_TEST

/* COUNT copies of a unit between a beginning and an end. */
static struct buf repeated(const char *begin, const char *unit, size_t count, const char *end)
{
    struct buf text;
    buf_init(&text, 2 * (size_t)PAYLOAD_MOST);
    buf_puts(&text, begin);
    for (size_t i = 0; i < count; i++)
        buf_puts(&text, unit);
    buf_puts(&text, end);
    return text;
}

START_TEST(links_attributes_words_and_octets_are_limited)
{
    static const struct {
        const char *begin, *unit, *end;
        size_t most; /* that many units are good, one more is too many */
    } limits[] = {
        {"</1>", ",</1>", "", LINKS_MOST - 1},    {"</1>", ";a=1", "", LINK_ATTRIBUTES_MOST},
        {"<", "a", ">", LINK_TEXT_MOST},          {"</1>;", "a", "=1", LINK_TEXT_MOST},
        {"</1>;a=", "a", "", LINK_TEXT_MOST},     {"</1>;a=\"", "a", "\"", LINK_TEXT_MOST},
        {"</1>,", " ", "</2>", PAYLOAD_MOST - 9},
    };
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        for (size_t more = 0; more < 2; more++) {
            struct links links;
            struct error error;
            struct buf text =
                repeated(limits[i].begin, limits[i].unit, limits[i].most + more, limits[i].end);
            links_init(&links);
            error_clear(&error);
            enum status status = links_decode(buf_bytes(&text), &links, &error);
            ck_assert_msg(status == (more == 0 ? ST_OK : ST_LIMIT), "%s%s: %s", limits[i].begin,
                          limits[i].unit, error.text);
            ck_assert((error.text[0] == '\0') == (more == 0));
            links_release(&links);
            buf_release(&text);
        }
}
END_TEST

START_TEST(a_full_list_and_a_full_link_take_no_more)
{
    struct links links;
    links_init(&links);
    for (unsigned i = 0; i < LINKS_MOST; i++)
        ck_assert_ptr_nonnull(links_add(&links, path_object(i)));
    ck_assert_ptr_null(links_add(&links, path_object(LINKS_MOST)));
    struct buf text = repeated("", "x", LINK_TEXT_MOST + 1, "");
    ck_assert(!link_add_attribute(&links.items[0], buf_text(&text), NULL, false));
    ck_assert(!link_add_attribute(&links.items[0], "a", buf_text(&text), false));
    for (int i = 0; i < LINK_ATTRIBUTES_MOST; i++)
        ck_assert(link_add_attribute(&links.items[0], "a", "1", false));
    ck_assert(!link_add_attribute(&links.items[0], "a", "1", false));
    links_release(&links);
    links_release(&links);
    buf_release(&text);
}
END_TEST

START_TEST(a_buffer_without_room_is_bad)
{
    struct links links;
    struct buf out;
    links_init(&links);
    buf_init(&out, 10);
    ck_assert_int_eq(links_decode(bytes_of("</1/0>,</16>"), &links, NULL), ST_OK);
    links_encode(&links, &out);
    ck_assert(out.bad);
    links_release(&links);
    buf_release(&out);
}
END_TEST

UNIT_MAIN("corelink", lists_come_back_as_they_were, blanks_after_commas_are_tolerated,
          a_registration_is_understood, targets_are_paths_or_something_else,
          lists_are_built_and_written, a_value_that_needs_quotes_gets_them,
          malformed_lists_are_refused_with_their_column, a_nul_is_no_end,
          links_attributes_words_and_octets_are_limited, a_full_list_and_a_full_link_take_no_more,
          a_buffer_without_room_is_bad)
