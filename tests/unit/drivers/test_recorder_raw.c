/* SPDX-License-Identifier: Apache-2.0 */
/* Requests by their very octets, unless a key may be among them. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/recorder_impl.h"
#include "net/message.h"
#include "tests/unit/drivers/recording.h"

static struct recording at;

struct dictated {
    uint8_t code;
    const char *path; /* NULL: the root */
    int format;
    const char *payload; /* hex */
    const char *said;    /* NULL: it is left out */
};

static void dictate(const struct dictated *row)
{
    struct message request;
    struct path path = path_root();
    struct buf out;
    buf_init(&out, 1000);
    message_init(&request);
    request.code = row->code;
    request.format = row->format;
    request.confirmable = true;
    if (row->path != NULL) {
        ck_assert(path_parse(bytes_of(row->path), &path));
        ck_assert(segments_split(&request.path, '/', bytes_of(row->path + 1)));
    }
    ck_assert(parse_hex(bytes_of(row->payload), &request.payload));
    bool good = record_dictated(at.recorder, &request, &path, &out);
    ck_assert_msg(good == (row->said != NULL), "%s", buf_text(&out));
    if (good)
        ck_assert_str_eq(buf_text(&out), row->said);
    message_release(&request);
    buf_release(&out);
}

/* [{0: "/3/0/9", 2: 1}], [{0: "/0/0/5", 8: h'0a'}] and what is cut off. */
START_TEST(keeps_out_what_may_be_a_key)
{
    static const struct dictated rows[] = {
        {CODE_FETCH, NULL, FORMAT_SENML_CBOR, "00", "raw FETCH / format=112 payload hex:00"},
        {CODE_IPATCH, NULL, FORMAT_SENML_CBOR, "81a200662f332f302f390201",
         "raw iPATCH / format=112 payload hex:81a200662f332f302f390201"},
        {CODE_IPATCH, NULL, FORMAT_SENML_CBOR, "81a200662f302f302f3508410a", NULL},
        {CODE_IPATCH, NULL, FORMAT_SENML_CBOR, "81a200672f32312f302f3008410a", NULL},
        {CODE_IPATCH, NULL, FORMAT_SENML_CBOR, "81a200662f302f302f35084a", NULL},
        {CODE_IPATCH, NULL, 99, "81", NULL},
        {CODE_POST, "/0", FORMAT_TLV, "ff", NULL},
        {CODE_PUT, "/0/0/5", FORMAT_TEXT, "61", NULL},
        {CODE_PUT, "/21/0", FORMAT_TLV, "ff", NULL},
        {CODE_DELETE, "/0/1", FORMAT_NONE, "", "raw DELETE /0/1"},
        {CODE_POST, "/3/0", FORMAT_TLV, "ff", "raw POST /3/0 format=11542 payload hex:ff"},
    };
    recording_open(&at);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        dictate(&rows[i]);
    recording_close(&at);
}
END_TEST

UNIT_MAIN("recorder_raw", keeps_out_what_may_be_a_key)
