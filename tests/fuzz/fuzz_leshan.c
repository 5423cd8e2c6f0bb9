/* SPDX-License-Identifier: Apache-2.0 */
/* links: adapters base */
/* The Leshan adapter: the first octet says whether the rest is an event stream, an answer of the
 * REST interface or a line of the tool. Whatever it is, what the adapter says is lines of JSON. */
#include "base/std.h"

#include "adapters/leshan.h"
#include "tests/fuzz/fuzz.h"

static void check_lines(const struct buf *out)
{
    size_t from = 0;
    assert(!out->bad && (out->len == 0 || out->data[out->len - 1] == '\n'));
    for (size_t i = 0; i < out->len; i++) {
        if (out->data[i] != '\n')
            continue;
        struct error_list errors;
        error_list_init(&errors);
        struct json_doc *doc =
            json_parse((struct bytes){out->data + from, i - from}, "line", &errors);
        assert(doc != NULL);
        json_doc_free(doc);
        error_list_release(&errors);
        from = i + 1;
    }
}

static void hear(void *arg, struct bytes name, struct bytes data)
{
    struct adapter_request request = {.id = 1};
    operation_init(&request.operation, OPERATION_READ);
    if (bytes_is(name, LESHAN_DELAYED))
        leshan_late_reply(&request, data, arg);
    else
        leshan_event(name, data, arg);
    adapter_request_release(&request);
}

static void take_stream(struct bytes octets, struct buf *out)
{
    struct leshan_stream stream;
    leshan_stream_init(&stream, hear, out);
    bool fits = leshan_stream_take(&stream, octets);
    UNUSED(fits);
    leshan_stream_release(&stream);
}

static void take_answer(struct bytes body, bool composite, struct buf *out)
{
    struct adapter_request request = {.id = 1};
    operation_init(&request.operation, composite ? OPERATION_READ_COMPOSITE : OPERATION_READ);
    request.operation.path = path_instance(16, 0);
    leshan_reply(&request, 200, body, out);
    struct buf list;
    buf_init(&list, 16 * (size_t)ADAPTER_LINE_MOST);
    if (leshan_registrations(body, &list))
        check_lines(&list);
    buf_release(&list);
    adapter_request_release(&request);
}

static void take_request(struct bytes line)
{
    struct adapter_request request;
    struct leshan_call call;
    struct error error;
    error_clear(&error);
    leshan_call_init(&call);
    if (adapter_request_read(line, &request, &error) != ST_OK) {
        assert(error.text[0] != '\0');
    } else if (request.is_operation && leshan_call_build(&request, &call, &error) == ST_OK) {
        for (size_t i = 0; i < call.target.len; i++)
            assert(call.target.data[i] > ' ' && call.target.data[i] < 0x7f);
    }
    leshan_call_release(&call);
    adapter_request_release(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes rest = {data + 1, size - 1};
    struct buf out;
    buf_init(&out, 16 * (size_t)ADAPTER_LINE_MOST);
    if (data[0] == 's')
        take_stream(rest, &out);
    else if (data[0] == 'a' || data[0] == 'c')
        take_answer(rest, data[0] == 'c', &out);
    else
        take_request(rest);
    check_lines(&out);
    buf_release(&out);
    return 0;
}
