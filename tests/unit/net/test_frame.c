/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in a stream: the octets of RFC 8323 and RFC 7252, both ways, and what is malformed. */
#include "base/std.h"

#include "net/frame.h"
#include "tests/unit/unit.h"

static void hex_of(const char *hex, struct buf *out)
{
    buf_init(out, FRAME_MOST);
    ck_assert(parse_hex(bytes_of(hex), out));
}

struct found {
    bool is_sound;
    unsigned refused;
    struct packet packet;
    struct signal_options signal;
};

static void read_hex(const char *hex, struct found *found)
{
    struct buf octets;
    size_t len = 0;
    memset(found, 0, sizeof *found);
    packet_init(&found->packet);
    hex_of(hex, &octets);
    ck_assert_int_eq(frame_measure(buf_bytes(&octets), &len), FRAME_WHOLE);
    ck_assert_uint_eq(len, octets.len);
    found->is_sound =
        frame_read(buf_bytes(&octets), &found->packet, &found->signal, &found->refused);
    buf_release(&octets);
}

static void expect_hex(const struct buf *octets, const char *hex)
{
    struct buf text;
    buf_init(&text, 2 * FRAME_MOST);
    buf_put_hex(&text, buf_bytes(octets));
    ck_assert_str_eq(buf_text(&text), hex);
    buf_release(&text);
}

static void expect_written(const struct packet *packet, const char *hex)
{
    struct buf octets;
    buf_init(&octets, FRAME_MOST);
    frame_write(packet, &octets);
    expect_hex(&octets, hex);
    buf_release(&octets);
}

/* Figure 6 of RFC 8323: 2.03 with the token 7f and nothing else. */
START_TEST(the_example_of_the_standard)
{
    struct found found;
    read_hex("01437f", &found);
    ck_assert(found.is_sound);
    ck_assert_uint_eq(found.packet.message.code, COAP_CODE(2, 3));
    ck_assert_uint_eq(found.packet.message.token_len, 1);
    ck_assert_uint_eq(found.packet.message.token[0], 0x7f);
    expect_written(&found.packet, "01437f");
    packet_release(&found.packet);
}
END_TEST

START_TEST(options_and_payload)
{
    /* GET /3/0 with the token aabb, Observe 0, Accept 112, Block2 of 512 octets */
    static const char get[] = "9201aabb60513301306170"
                              "6105";
    /* POST /rd?lt=300 with Content-Format 40 and a payload */
    static const char post[] = "d00402b272641128366c743d333030ff3c2f333e";
    struct found found;
    read_hex(get, &found);
    ck_assert(found.is_sound);
    ck_assert_uint_eq(found.refused, 0);
    ck_assert_int_eq(found.packet.message.observe, 0);
    ck_assert_uint_eq(found.packet.message.path.count, 2);
    ck_assert_int_eq(found.packet.message.accept, 112);
    ck_assert(found.packet.block2.present);
    ck_assert_uint_eq(found.packet.block2.szx, 5);
    expect_written(&found.packet, get);
    packet_release(&found.packet);
    read_hex(post, &found);
    ck_assert(found.is_sound);
    ck_assert_int_eq(found.packet.message.format, 40);
    ck_assert(bytes_is(buf_bytes(&found.packet.message.payload), "</3>"));
    expect_written(&found.packet, post);
    packet_release(&found.packet);
}
END_TEST

START_TEST(lengths_of_every_form)
{
    static const struct {
        size_t payload; /* one octet less than what is counted */
        const char *head;
    } rows[] = {
        {11, "c002ff"},      {12, "d00002ff"},      {267, "d0ff02ff"},
        {268, "e0000002ff"}, {65535, "e0fef302ff"}, {BODY_MOST, "e0fef402ff"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct packet packet, again;
        struct buf octets, head;
        struct signal_options signal = {0};
        unsigned refused = 0;
        size_t len = 0;
        packet_init(&packet);
        packet_init(&again);
        packet.message.code = CODE_POST;
        for (size_t n = 0; n < rows[i].payload; n++)
            buf_put_u8(&packet.message.payload, 'z');
        buf_init(&octets, FRAME_MOST);
        frame_write(&packet, &octets);
        hex_of(rows[i].head, &head);
        ck_assert(bytes_equal((struct bytes){octets.data, head.len}, buf_bytes(&head)));
        ck_assert_uint_eq(octets.len, head.len + rows[i].payload);
        for (size_t cut = 0; cut < 8; cut++)
            ck_assert_int_eq(frame_measure((struct bytes){octets.data, cut}, &len), FRAME_SHORT);
        ck_assert_int_eq(frame_measure(buf_bytes(&octets), &len), FRAME_WHOLE);
        ck_assert(frame_read(buf_bytes(&octets), &again, &signal, &refused));
        ck_assert_uint_eq(refused, 0);
        ck_assert_uint_eq(again.message.payload.len, rows[i].payload);
        buf_release(&head);
        buf_release(&octets);
        packet_release(&packet);
        packet_release(&again);
    }
}
END_TEST

START_TEST(what_is_too_long_is_known_by_its_head)
{
    static const char *const heads[] = {"f00000000001", "f0ffffffff01", "09", "0f"};
    size_t len = 0;
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        struct buf octets;
        hex_of(heads[i], &octets);
        ck_assert_int_eq(frame_measure(buf_bytes(&octets), &len),
                         i == 0 ? FRAME_SHORT : FRAME_TOO_LONG);
        buf_release(&octets);
    }
    ck_assert_int_eq(frame_measure((struct bytes){NULL, 0}, &len), FRAME_SHORT);
}
END_TEST

START_TEST(what_is_malformed_is_no_message)
{
    static const char *const bad[] = {
        "1001ff",         /* payload marker without payload */
        "1001f0",         /* option delta 15 */
        "10010f",         /* option length 15 */
        "3001b36162",     /* option cut off */
        "2001d0",         /* delta without its octet; then the frame is too short */
        "6001e0ffff00e0", /* numbers beyond 65535 */
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct packet packet;
        struct buf octets;
        struct signal_options signal = {0};
        unsigned refused = 0;
        packet_init(&packet);
        hex_of(bad[i], &octets);
        ck_assert_msg(!frame_read(buf_bytes(&octets), &packet, &signal, &refused), "%s", bad[i]);
        packet_release(&packet);
        buf_release(&octets);
    }
}
END_TEST

START_TEST(options_are_refused_as_the_standard_says)
{
    static const struct {
        const char *hex;
        unsigned code;
    } rows[] = {
        {"4001e1fdfc00", CODE_BAD_OPTION},     /* unknown critical option 65289 */
        {"4001e1fdfb00", 0},                   /* unknown elective option 65288 */
        {"200111aa", CODE_BAD_OPTION},         /* If-Match */
        {"5001d104280128", CODE_BAD_OPTION},   /* two Accept options */
        {"400161010102", 0},                   /* two Observe options */
        {"3001d10a07", CODE_BAD_REQUEST},      /* Block2 with the reserved size */
        {"6001d40a00000006", CODE_BAD_OPTION}, /* Block2 of four octets */
        {"5001d304000001", CODE_BAD_OPTION},   /* Accept of three octets */
        {"4001c3000028", 0},                   /* Content-Format of three octets */
        {"3001d11661", CODE_BAD_OPTION},       /* Proxy-Uri */
        {"3001317480", 0},                     /* Uri-Host, Uri-Path without a character */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct found found;
        read_hex(rows[i].hex, &found);
        ck_assert_msg(found.is_sound && found.refused == rows[i].code, "%s: %u", rows[i].hex,
                      found.refused);
        packet_release(&found.packet);
    }
}
END_TEST

START_TEST(capabilities_are_told_and_read)
{
    struct buf octets;
    struct found found;
    buf_init(&octets, 64);
    frame_write_csm(&octets);
    expect_hex(&octets, "40e122048020"); /* Max-Message-Size 1152, Block-Wise-Transfer */
    buf_release(&octets);
    read_hex("00e1", &found);
    ck_assert(found.is_sound && !found.signal.has_max_size);
    packet_release(&found.packet);
    read_hex("50e12301000020", &found);
    ck_assert(found.is_sound && found.signal.has_max_size);
    ck_assert_uint_eq(found.signal.max_size, 65536);
    packet_release(&found.packet);
    read_hex("10e110", &found); /* a critical option that nobody knows */
    ck_assert_uint_eq(found.signal.unknown, 1);
    packet_release(&found.packet);
}
END_TEST

START_TEST(signals_carry_a_token_and_text)
{
    struct packet pong;
    struct buf octets;
    packet_init(&pong);
    buf_init(&octets, 64);
    pong.message.code = SIGNAL_PONG;
    pong.message.token_len = 1;
    pong.message.token[0] = 0x42;
    frame_write_signal(&pong, &octets);
    expect_hex(&octets, "01e342"); /* RFC 8323 5.4 */
    buf_clear(&octets);
    pong.message.code = SIGNAL_ABORT;
    pong.message.token_len = 0;
    buf_puts(&pong.message.payload, "no");
    frame_write_signal(&pong, &octets);
    expect_hex(&octets, "30e5ff6e6f");
    buf_release(&octets);
    packet_release(&pong);
}
END_TEST

UNIT_MAIN("frame", the_example_of_the_standard, options_and_payload, lengths_of_every_form,
          what_is_too_long_is_known_by_its_head, what_is_malformed_is_no_message,
          options_are_refused_as_the_standard_says, capabilities_are_told_and_read,
          signals_carry_a_token_and_text)
