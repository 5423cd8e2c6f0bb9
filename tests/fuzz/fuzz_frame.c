/* SPDX-License-Identifier: Apache-2.0 */
/* links: net base */
/* Messages in a stream, one after the other, whatever the octets are. What was understood of one is
 * written, and understood again as the same. */
#include "base/std.h"

#include "net/frame.h"
#include "tests/fuzz/fuzz.h"

static void write_again(const struct packet *packet)
{
    struct packet again;
    struct signal_options signal = {0};
    struct buf first, second;
    unsigned refused = 0;
    size_t len = 0;
    packet_init(&again);
    buf_init(&first, 2 * FRAME_MOST);
    buf_init(&second, 2 * FRAME_MOST);
    frame_write(packet, &first);
    assert(frame_measure(buf_bytes(&first), &len) == FRAME_WHOLE && len == first.len);
    bool is_sound = frame_read(buf_bytes(&first), &again, &signal, &refused);
    assert(is_sound && refused == 0);
    frame_write(&again, &second);
    assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    assert(bytes_equal(buf_bytes(&packet->message.payload), buf_bytes(&again.message.payload)));
    buf_release(&first);
    buf_release(&second);
    packet_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    size_t len = 0;
    while (frame_measure(rest, &len) == FRAME_WHOLE) {
        struct packet packet;
        struct signal_options signal = {0};
        unsigned refused = 0;
        assert(len > 0 && len <= rest.len);
        packet_init(&packet);
        bool is_sound = frame_read((struct bytes){rest.data, len}, &packet, &signal, &refused);
        if (is_sound && refused == 0 && !code_is_signal(packet.message.code))
            write_again(&packet);
        packet_release(&packet);
        rest = (struct bytes){rest.data + len, rest.len - len};
    }
    return 0;
}
