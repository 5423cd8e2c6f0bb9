/* SPDX-License-Identifier: Apache-2.0 */
/* The fake secure component: readable text in the place of cryptography. */
#include "base/std.h"

#include "tests/fake/fake_secure.h"

static void put_head(const struct secure_request *request, struct buf *out)
{
    buf_printf(out, "enc(/16/%u key=%u)", request->instance, request->key_index);
}

void fake_secure_expect(const struct fake_secure *fake, const struct secure_request *request,
                        struct buf *out)
{
    if (request->service == SERVICE_ENCRYPTION) {
        put_head(request, out);
        buf_put(out, request->data);
        buf_put(out, request->challenge);
        return;
    }
    buf_printf(out, "sig(/16/%u identity=%u key=%u round=%u challenge=", request->instance,
               request->identity, request->key_index, fake->provisioned);
    buf_put_hex(out, request->challenge);
    buf_puts(out, ")");
}

static enum secure_result fake_compute(struct secure *secure, const struct secure_request *request,
                                       struct buf *out)
{
    struct fake_secure *fake = (struct fake_secure *)secure;
    fake->computed++;
    if (fake->result == SECURE_OK)
        fake_secure_expect(fake, request, out);
    return fake->result;
}

static enum secure_result fake_verify(struct secure *secure, const struct secure_request *request,
                                      struct bytes auth_data)
{
    struct fake_secure *fake = (struct fake_secure *)secure;
    struct buf expected;
    buf_init(&expected, AUTH_DATA_MOST);
    fake_secure_expect(fake, request, &expected);
    bool other = request->data.data != NULL && fake->expected != NULL &&
                 !bytes_is(request->data, fake->expected);
    bool fits = !other && bytes_equal(buf_bytes(&expected), auth_data);
    buf_release(&expected);
    return fake->result != SECURE_OK || fits ? fake->result : SECURE_REJECTED;
}

static bool ends_with(struct bytes octets, struct bytes tail)
{
    return octets.len >= tail.len &&
           bytes_equal((struct bytes){octets.data + (octets.len - tail.len), tail.len}, tail);
}

static enum secure_result fake_open(struct secure *secure, const struct secure_request *request,
                                    struct bytes auth_data, struct buf *out)
{
    struct fake_secure *fake = (struct fake_secure *)secure;
    if (fake->result != SECURE_OK)
        return fake->result;
    struct buf head;
    buf_init(&head, AUTH_DATA_MOST);
    put_head(request, &head);
    struct rd rd;
    rd_init(&rd, auth_data);
    bool fits = bytes_equal(rd_take(&rd, head.len), buf_bytes(&head));
    struct bytes plain = rd_take(&rd, rd_left(&rd));
    fits = fits && ends_with(plain, request->challenge);
    if (fits)
        buf_put(out, (struct bytes){plain.data, plain.len - request->challenge.len});
    buf_release(&head);
    return fits ? SECURE_OK : SECURE_REJECTED;
}

static enum secure_result fake_provision(struct secure *secure, unsigned instance,
                                         unsigned identity, struct bytes text)
{
    struct fake_secure *fake = (struct fake_secure *)secure;
    UNUSED(instance);
    UNUSED(identity);
    UNUSED(text);
    if (fake->result == SECURE_OK)
        fake->provisioned++;
    return fake->result;
}

static void fake_free(struct secure *secure)
{
    ((struct fake_secure *)secure)->freed++;
}

static const struct secure_ops fake_ops = {
    .compute = fake_compute,
    .verify = fake_verify,
    .open = fake_open,
    .provision = fake_provision,
    .free = fake_free,
};

struct secure *fake_secure_init(struct fake_secure *fake)
{
    *fake = (struct fake_secure){.secure = {&fake_ops}, .result = SECURE_OK};
    return &fake->secure;
}
