/* SPDX-License-Identifier: Apache-2.0 */
/* AuthData of a key of another set is found out. */
#include "base/std.h"

#include "tests/unit/drivers/scene.h"

/* As in scene.h, by the same tools: the signature of "1.4.2" with the encryption key, and the
 * ciphertext of "1.4.2" with authentication key 5. */
#define SIGNED_BY_ENCRYPTION_KEY "b3f7771e23db21f83ca2687340335f11"
#define SEALED_BY_KEY_5          "000102030405060708090a0b023bc749ee82f0e009db0ee5a82a1e2f912d019425c5a01c84"

static struct scene scene;
static struct error problem;

static bool finds(enum service service, unsigned key, const char *hex)
{
    static const uint8_t challenge[] = {2, 0x34, 0x51, 0x78};
    uint8_t octets[200];
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len; i++) {
        unsigned octet = 0;
        ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &octet), 1);
        octets[i] = (uint8_t)octet;
    }
    const struct trial trial = {
        .provision = &scene.profile->provision,
        .chance = &scene.chance,
        .request = {.instance = 1,
                    .service = service,
                    .identity = 3,
                    .key_index = (uint16_t)key,
                    .challenge = {challenge, sizeof challenge}},
        .auth_data = {octets, len},
    };
    error_clear(&problem);
    return trial_finds(&trial, &problem);
}

START_TEST(a_signature_by_the_encryption_key_is_found_out)
{
    scene_open(&scene);
    ck_assert(finds(SERVICE_AUTHENTICATION, 4, SIGNED_BY_ENCRYPTION_KEY));
    ck_assert_str_eq(problem.text,
                     "it fits key 0 for encryption of \"/16/1\", which is of another set");
    scene_close(&scene);
}
END_TEST

START_TEST(a_ciphertext_by_an_authentication_key_is_found_out)
{
    scene_open(&scene);
    ck_assert(finds(SERVICE_ENCRYPTION, 0, SEALED_BY_KEY_5));
    ck_assert_str_eq(problem.text,
                     "it fits key 5 for authentication of \"/16/1\", which is of another set");
    scene_close(&scene);
}
END_TEST

START_TEST(what_fits_nothing_or_its_own_set_is_not)
{
    scene_open(&scene);
    ck_assert(!finds(SERVICE_AUTHENTICATION, 4, SIGNATURE_HOST4711));
    ck_assert(!finds(SERVICE_AUTHENTICATION, 5, SIGNATURE_1_4_2));
    ck_assert(!finds(SERVICE_ENCRYPTION, 0, "00"));
    ck_assert_str_eq(problem.text, "");
    scene_close(&scene);
}
END_TEST

UNIT_MAIN("trial", a_signature_by_the_encryption_key_is_found_out,
          a_ciphertext_by_an_authentication_key_is_found_out,
          what_fits_nothing_or_its_own_set_is_not)
