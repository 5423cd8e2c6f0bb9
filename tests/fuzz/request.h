/* SPDX-License-Identifier: Apache-2.0 */
/* A request as fields: octet 0 method (low 3 bits) and what a target makes of the rest, octet 1
 * Content-Format (low 4 bits) and Accept (high 4 bits) by index, then URI and content, each with
 * its length in front (one octet, and two). */
#ifndef TESTS_FUZZ_REQUEST_H
#define TESTS_FUZZ_REQUEST_H

#include "net/message.h"

/* Fills OUT, which is initialised here, and HOW with octet 0; false, and OUT empty, when the
 * request is cut off or has no place in a message. */
static inline bool read_request(struct rd *rd, unsigned *out_how, struct message *out)
{
    static const uint8_t methods[] = {CODE_GET, CODE_POST,  CODE_PUT,    CODE_DELETE,
                                      CODE_GET, CODE_FETCH, CODE_IPATCH, CODE_PATCH};
    static const int formats[] = {-1,   -1,   0,  40, 42,  11542, 1541,  1542,
                                  1543, 1544, 50, 60, 110, 112,   11543, 65535};
    unsigned how = rd_u8(rd);
    unsigned contents = rd_u8(rd);
    struct bytes uri = rd_take(rd, rd_u8(rd));
    struct bytes payload = rd_take(rd, (size_t)rd_be(rd, 2));
    size_t len = 0;
    while (len < uri.len && uri.data[len] != '?')
        len++;
    message_init(out);
    out->code = methods[how & 7];
    out->format = formats[contents & 15];
    out->accept = formats[contents >> 4];
    *out_how = how;
    if (!rd->bad && segments_split(&out->path, '/', (struct bytes){uri.data, len}) &&
        (len == uri.len ||
         segments_split(&out->query, '&', (struct bytes){uri.data + len + 1, uri.len - len - 1}))) {
        buf_put(&out->payload, payload);
        return true;
    }
    message_release(out);
    return false;
}

#endif
