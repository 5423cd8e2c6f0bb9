/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as steps: operations where they say the same, else the very octets, and never a key. */
#include "base/std.h"

#include "codec/codec.h"
#include "net/message.h"
#include "tests/unit/drivers/recording.h"

static struct recording at;

static struct bytes octets(const char *hex)
{
    static struct buf out;
    static uint8_t copy[64];
    buf_init(&out, sizeof copy);
    ck_assert(parse_hex(bytes_of(hex), &out));
    size_t len = out.len;
    memcpy(copy, out.data, len);
    buf_release(&out);
    return (struct bytes){copy, len};
}

START_TEST(writes_operations)
{
    recording_open(&at);
    recording_ask(&at, OPERATION_DISCOVER, "/16/1", NULL);
    recording_ask(&at, OPERATION_ATTRIBUTES, "/16/1/3", "pmin=1&pmax=10");
    recording_raw(&at, CODE_PUT, "/16/1/0/3", FORMAT_TEXT, bytes_of("a $ \"b\" \\ \n"));
    recording_raw(&at, CODE_POST, "/16/1/0", FORMAT_TLV,
                  octets("480003"
                         "4101"
                         "78"));
    recording_raw(&at, CODE_POST, "/16", FORMAT_TLV,
                  octets("0807"
                         "860004"
                         "4100"
                         "4141"));
    recording_ask(&at, OPERATION_DELETE, "/16/0", NULL);
    recording_has(&at, "attributes /16/1/3 pmin=1&pmax=10        => 2.04");
    recording_has(&at, "write /16/1/0/3 \"a \\$ \\\"b\\\" \\\\ \\n\" as text => 2.04");
    recording_has(&at, "delete /16/0                             => 2.02");
    const char *text = recording_text(&at);
    ck_assert_ptr_nonnull(strstr(text, "discover /16/1                           => 2.05 "
                                       "links exactly(</16/1>,"));
    recording_close(&at);
}
END_TEST

/* A malformed content, an argument list that is no text, a query that no operation has. */
START_TEST(falls_back_to_octets)
{
    recording_open(&at);
    ck_assert_uint_eq(recording_raw(&at, CODE_PUT, "/16/1/0", FORMAT_TLV, octets("4105")),
                      CODE_BAD_REQUEST);
    ck_assert_uint_eq(recording_raw(&at, CODE_POST, "/16/1/1", FORMAT_TEXT, octets("00ff")),
                      CODE_BAD_REQUEST);
    recording_raw(&at, CODE_GET, "/16/1/0?a=b", FORMAT_NONE, (struct bytes){NULL, 0});
    recording_raw(&at, CODE_GET, "/x", FORMAT_NONE, (struct bytes){NULL, 0});
    recording_has(&at, "raw PUT /16/1/0 format=11542 payload hex:4105 => 4.00");
    recording_has(&at, "raw POST /16/1/1 format=0 payload hex:00ff => 4.00");
    recording_has(&at, "raw GET /16/1/0?a=b                      => 2.05");
    recording_has(&at, "raw GET /x                               => 4.04");
    recording_close(&at);
}
END_TEST

/* TLV of an account with a key, well-formed or cut off: no octet of the key comes out. */
START_TEST(keeps_keys_out)
{
    recording_open(&at);
    struct bytes account = octets("c80510"
                                  "c0ffee00c0ffee00c0ffee00c0ffee00");
    recording_raw(&at, CODE_PUT, "/0/1", FORMAT_TLV, account);
    recording_raw(&at, CODE_PUT, "/0/1", FORMAT_TLV, (struct bytes){account.data, 12});
    recording_raw(&at, CODE_PUT, "/0/1/5", FORMAT_OPAQUE, (struct bytes){account.data + 3, 16});
    recording_raw(&at, CODE_IPATCH, "/", FORMAT_SENML_CBOR, account);
    recording_lacks(&at, "c0ffee");
    recording_has(&at, "# Left out, for a key may stand in it: PUT /0/1");
    recording_has(&at, "# Left out, for a key may stand in it: iPATCH /");
    const char *text = recording_text(&at);
    ck_assert_ptr_nonnull(strstr(text, "5=$secret_1 as tlv"));
    ck_assert_ptr_nonnull(strstr(text, "write /0/1/5 $secret_2 as opaque"));
    ck_assert_ptr_nonnull(strstr(text, "# Keys are left out"));
    recording_close(&at);
}
END_TEST

START_TEST(knows_a_factory_reset)
{
    recording_open(&at);
    recording_ask(&at, OPERATION_EXECUTE, "/3/0/5", NULL);
    recording_pass(&at, 500);
    recording_lacks(&at, "server forget");
    recording_close(&at);
}
END_TEST

UNIT_MAIN("recorder_steps", knows_a_factory_reset, writes_operations, falls_back_to_octets,
          keeps_keys_out)
