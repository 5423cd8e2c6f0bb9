/* SPDX-License-Identifier: Apache-2.0 */
/* What the codec tests share: a table of resource types, octets from hex, records as text. */
#ifndef TESTS_UNIT_CODEC_HELPERS_H
#define TESTS_UNIT_CODEC_HELPERS_H

#include "codec/codec.h"
#include "tests/unit/unit.h"

/* Object 100 has one resource of each type: 1 string, 2 integer, ... as enum value_type counts,
 * the same from 10 on as multiple ones, from 300 on with wide ids; 20 is executable. The others are
 * those of the standards' examples. What is not here is unknown. */
static const struct {
    uint16_t object, resource;
    struct codec_type type;
} known_types[] = {
    {100, 1, {VALUE_STRING, false}},    {100, 11, {VALUE_STRING, true}},
    {100, 2, {VALUE_INTEGER, false}},   {100, 12, {VALUE_INTEGER, true}},
    {100, 3, {VALUE_FLOAT, false}},     {100, 13, {VALUE_FLOAT, true}},
    {100, 4, {VALUE_BOOLEAN, false}},   {100, 14, {VALUE_BOOLEAN, true}},
    {100, 5, {VALUE_OPAQUE, false}},    {100, 15, {VALUE_OPAQUE, true}},
    {100, 6, {VALUE_TIME, false}},      {100, 16, {VALUE_TIME, true}},
    {100, 7, {VALUE_OBJLINK, false}},   {100, 17, {VALUE_OBJLINK, true}},
    {100, 301, {VALUE_STRING, false}},  {100, 311, {VALUE_STRING, true}},
    {100, 302, {VALUE_INTEGER, false}}, {100, 312, {VALUE_INTEGER, true}},
    {100, 20, {VALUE_NONE, false}},     {1, 0, {VALUE_INTEGER, false}},
    {1, 1, {VALUE_INTEGER, false}},     {1, 6, {VALUE_BOOLEAN, false}},
    {1, 7, {VALUE_STRING, false}},      {2, 0, {VALUE_INTEGER, false}},
    {2, 1, {VALUE_INTEGER, false}},     {2, 2, {VALUE_INTEGER, true}},
    {2, 3, {VALUE_INTEGER, false}},     {3, 0, {VALUE_STRING, false}},
    {3, 1, {VALUE_STRING, false}},      {3, 2, {VALUE_STRING, false}},
    {3, 3, {VALUE_STRING, false}},      {3, 6, {VALUE_INTEGER, true}},
    {3, 7, {VALUE_INTEGER, true}},      {3, 8, {VALUE_INTEGER, true}},
    {3, 9, {VALUE_INTEGER, false}},     {3, 10, {VALUE_INTEGER, false}},
    {3, 11, {VALUE_INTEGER, true}},     {3, 13, {VALUE_TIME, false}},
    {3, 14, {VALUE_STRING, false}},     {3, 16, {VALUE_STRING, false}},
    {3, 22, {VALUE_OBJLINK, true}},     {16, 0, {VALUE_STRING, true}},
    {16, 1, {VALUE_NONE, false}},       {16, 2, {VALUE_OPAQUE, true}},
    {16, 3, {VALUE_INTEGER, false}},    {65, 0, {VALUE_OBJLINK, true}},
    {65, 1, {VALUE_STRING, false}},     {65, 2, {VALUE_INTEGER, false}},
    {66, 0, {VALUE_STRING, false}},     {66, 1, {VALUE_STRING, false}},
    {66, 2, {VALUE_OBJLINK, false}},
};

static inline bool describe_known(const void *arg, struct path path, struct codec_type *out)
{
    UNUSED(arg);
    for (size_t i = 0; i < COUNT_OF(known_types); i++)
        if (known_types[i].object == path.id[0] && known_types[i].resource == path.id[2]) {
            *out = known_types[i].type;
            return true;
        }
    return false;
}

static const struct codec_types test_types = {describe_known, NULL};

static inline struct path path_of(const char *text)
{
    struct path path = path_root();
    ck_assert_msg(path_parse(bytes_of(text), &path), "%s", text);
    return path;
}

/* The octets of hex digits with blanks among them; the caller releases. */
static inline struct buf octets_of(const char *hex)
{
    struct buf digits;
    struct buf octets;
    buf_init(&digits, 2 * (size_t)PAYLOAD_MOST);
    buf_init(&octets, PAYLOAD_MOST);
    for (; *hex != '\0'; hex++)
        if (*hex != ' ')
            buf_put_u8(&digits, (unsigned char)*hex);
    ck_assert(parse_hex(buf_bytes(&digits), &octets));
    buf_release(&digits);
    return octets;
}

static inline void check_octets(const struct buf *octets, const char *hex, const char *what)
{
    struct buf wanted = octets_of(hex);
    struct buf have;
    buf_init(&have, 4 * (size_t)PAYLOAD_MOST);
    buf_put_hex(&have, buf_bytes(octets));
    ck_assert_msg(bytes_equal(buf_bytes(octets), buf_bytes(&wanted)), "%s: %s", what,
                  buf_text(&have));
    buf_release(&have);
    buf_release(&wanted);
}

/* RECORDS as a person reads them, each line with its end. */
static inline void check_records(const struct records *records, const char *wanted,
                                 const char *what)
{
    struct buf text;
    buf_init(&text, 4 * (size_t)PAYLOAD_MOST);
    records_format(records, &text);
    ck_assert_msg(strcmp(buf_text(&text), wanted) == 0, "%s:\n%s", what, buf_text(&text));
    buf_release(&text);
}

/* Reads TEXT and checks that it is refused with STATUS and a sentence that has FRAGMENT in it. */
static inline void check_refused(const struct codec *codec, struct bytes text, struct path base,
                                 enum status status, const char *fragment)
{
    struct records records;
    struct error error;
    char place[PATH_TEXT];
    records_init(&records);
    error_clear(&error);
    enum status got = codec->decode(text, base, &test_types, &records, &error);
    ck_assert_msg(got == status, "%s for %s: %s", fragment, path_text(base, place),
                  status_text(got));
    ck_assert_msg(strstr(error.text, fragment) != NULL, "%s: %s", fragment, error.text);
    records_clear(&records);
    ck_assert_int_eq(codec->decode(text, base, &test_types, &records, NULL), status);
    records_release(&records);
}

#endif
