/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict of the server on AuthData that it holds keys for. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

static enum judgement judge(struct fake_client *client, enum service service, struct bytes data,
                            struct buf *out)
{
    struct secure_request request = {.service = service, .challenge = bytes_of("chal")};
    return server_judge(&client->verifier, &request, data, out);
}

START_TEST(judges_what_fits_and_what_does_not)
{
    struct fake_client *client = fake_client_new();
    struct buf good, opened;
    buf_init(&good, 256);
    buf_init(&opened, 256);
    struct secure_request request = {.service = SERVICE_AUTHENTICATION,
                                     .challenge = bytes_of("chal")};
    fake_secure_expect(&client->secure, &request, &good);
    ck_assert_int_eq(judge(client, SERVICE_AUTHENTICATION, buf_bytes(&good), &opened),
                     JUDGEMENT_GENUINE);
    ck_assert_int_eq(judge(client, SERVICE_AUTHENTICATION, bytes_of("no"), &opened),
                     JUDGEMENT_MISMATCH);
    request.service = SERVICE_ENCRYPTION;
    request.data = bytes_of("secret");
    buf_clear(&good);
    fake_secure_expect(&client->secure, &request, &good);
    ck_assert_int_eq(judge(client, SERVICE_ENCRYPTION, buf_bytes(&good), &opened),
                     JUDGEMENT_GENUINE);
    ck_assert(bytes_is(buf_bytes(&opened), "secret"));
    client->secure.result = SECURE_NO_KEY;
    ck_assert_int_eq(judge(client, SERVICE_ENCRYPTION, buf_bytes(&good), &opened),
                     JUDGEMENT_UNKNOWN);
    buf_release(&good);
    buf_release(&opened);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("server", judges_what_fits_and_what_does_not)
