/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the SenML family share: contents in JSON with ' for ", and the device object of
 * the standard's own examples. */
#ifndef TESTS_UNIT_CODEC_SENML_HELPERS_H
#define TESTS_UNIT_CODEC_SENML_HELPERS_H

#include "codec/senml.h"
#include "tests/unit/codec/helpers.h"

/* LwM2M 1.1 TS, the instance of the Device object that every format shows. */
#define DEVICE_RECORDS                                                                             \
    "/3/0/0 \"Open Mobile Alliance\"\n/3/0/1 \"Lightweight M2M Client\"\n/3/0/2 \"345000123\"\n"   \
    "/3/0/3 \"1.0\"\n/3/0/6/0 1\n/3/0/6/1 5\n/3/0/7/0 3800\n/3/0/7/1 5000\n/3/0/8/0 125\n"         \
    "/3/0/8/1 900\n/3/0/9 100\n/3/0/10 15\n/3/0/11/0 0\n/3/0/13 1367491215\n"                      \
    "/3/0/14 \"+02:00\"\n/3/0/16 \"U\"\n"

/* The caller releases. */
static inline struct buf json_of(const char *text)
{
    struct buf json;
    buf_init(&json, 2 * (size_t)PAYLOAD_MOST);
    for (; *text != '\0'; text++)
        buf_put_u8(&json, *text == '\'' ? '"' : (unsigned char)*text);
    return json;
}

/* Reads TEXT with CODEC and compares; the caller keeps TEXT. */
static inline void check_content(const struct codec *codec, const char *base, struct bytes text,
                                 const char *wanted)
{
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status = codec->decode(text, path_of(base), &test_types, &records, &error);
    ck_assert_msg(status == ST_OK, "%s %s: %s", codec->name, wanted, error.text);
    check_records(&records, wanted, base);
    records_release(&records);
}

static inline void check_json(int format, const char *base, const char *text, const char *wanted)
{
    struct buf json = json_of(text);
    check_content(codec_find(format), base, buf_bytes(&json), wanted);
    buf_release(&json);
}

static inline void check_json_refused(int format, const char *base, const char *text,
                                      const char *fragment)
{
    struct buf json = json_of(text);
    check_refused(codec_find(format), buf_bytes(&json), path_of(base), ST_INVALID, fragment);
    buf_release(&json);
}

/* What TEXT says of BASE is written as TEXT again. */
static inline void check_both_ways(int format, const char *base, struct bytes text,
                                   const char *wanted)
{
    const struct codec *codec = codec_find(format);
    struct records records;
    struct buf out;
    check_content(codec, base, text, wanted);
    records_init(&records);
    buf_init(&out, PAYLOAD_MOST);
    ck_assert_int_eq(codec->decode(text, path_of(base), &test_types, &records, NULL), ST_OK);
    ck_assert_int_eq(codec->encode(&records, path_of(base), &out), ST_OK);
    ck_assert_msg(bytes_equal(buf_bytes(&out), text), "%s: %s", wanted, buf_text(&out));
    records_release(&records);
    buf_release(&out);
}

static inline void check_json_both_ways(int format, const char *base, const char *text,
                                        const char *wanted)
{
    struct buf json = json_of(text);
    check_both_ways(format, base, buf_bytes(&json), wanted);
    buf_release(&json);
}

#endif
