/* SPDX-License-Identifier: Apache-2.0 */
/* A template's own text with new keys and hashes in it. */
#include "base/std.h"

#include "tests/unit/model/support.h"

static const char template_text[] =
    "{\n"
    "  \"endpoint\": \"a\", \"description\": \"hex:00 \\\"keys\\\"\",\n"
    "  \"objects\": { \"16\": { \"0\": { \"0\": { \"0\": \"x\" } }, \"1\": { \"0\": { \"0\": \"y\" "
    "} } } },\n"
    "  \"secure_component\": { \"instances\": {\n"
    "    \"16/1\": { \"encryption\": { \"keys\": { \"0\": \"text:q\\\"0123456789abcd\" } } },\n"
    "    \"16/0\": {\n"
    "      \"authentication\": {\n"
    "        \"hashes\": { \"0\": \"text:0123456789abcdef0123456789abcdef\" },\n"
    "        \"keys\": { \"1\": \"text:1123456789abcdef\", \"0\": \"text:2123456789abcdef\" }\n"
    "      }\n"
    "    }\n"
    "  } }\n"
    "}\n";

static const char written[] =
    "{\n"
    "  \"endpoint\": \"a\", \"description\": \"hex:00 \\\"keys\\\"\",\n"
    "  \"objects\": { \"16\": { \"0\": { \"0\": { \"0\": \"x\" } }, \"1\": { \"0\": { \"0\": \"y\" "
    "} } } },\n"
    "  \"secure_component\": { \"instances\": {\n"
    "    \"16/1\": { \"encryption\": { \"keys\": { \"0\": \"hex:61616161616161616161616161616161\" "
    "} } },\n"
    "    \"16/0\": {\n"
    "      \"authentication\": {\n"
    "        \"hashes\": { \"0\": \"hex:"
    "6868686868686868686868686868686868686868686868686868686868686868\" },\n"
    "        \"keys\": { \"1\": \"hex:63636363636363636363636363636363\", \"0\": "
    "\"hex:62626262626262626262626262626262\" }\n"
    "      }\n"
    "    }\n"
    "  } }\n"
    "}\n";

static void provide(struct provision *provision)
{
    provision_init(provision);
    struct provision_instance *zero = provision_add(provision, 0);
    struct provision_service *signing = &zero->service[SERVICE_AUTHENTICATION];
    provision_add_key(signing, 0, bytes_of("bbbbbbbbbbbbbbbb"));
    provision_add_key(signing, 1, bytes_of("cccccccccccccccc"));
    struct provision_hash *hash = provision_add_hash(signing, 0);
    memset(hash->octets, 'h', hash->len = 32);
    struct provision_instance *one = provision_add(provision, 1);
    provision_add_key(&one->service[SERVICE_ENCRYPTION], 0, bytes_of("aaaaaaaaaaaaaaaa"));
}

START_TEST(replaces_keys_and_hashes_and_keeps_every_other_octet)
{
    struct provision provision;
    struct buf out;
    provide(&provision);
    buf_init_secret(&out, 1 << 16);
    profile_free(good_profile(template_text));
    ck_assert_int_eq(profile_write(bytes_of(template_text), &provision, &out, NULL), ST_OK);
    ck_assert_str_eq(buf_text(&out), written);
    profile_free(good_profile(buf_text(&out)));
    provision_release(&provision);
    buf_release(&out);
}
END_TEST

START_TEST(leaves_from_identity_alone)
{
    static const char text[] =
        "{ \"secure_component\": { \"instances\": { \"16/0\": { \"authentication\": "
        "{ \"hashes\": \"from-identity\", \"keys\": {} } } } } }";
    struct provision provision;
    struct buf out;
    provide(&provision);
    buf_init_secret(&out, 1 << 16);
    ck_assert_int_eq(profile_write(bytes_of(text), &provision, &out, NULL), ST_OK);
    ck_assert_str_eq(buf_text(&out), text);
    provision_release(&provision);
    buf_release(&out);
}
END_TEST

static void assert_unwritten(const char *text, enum status status, const char *message)
{
    struct provision provision;
    struct buf out;
    struct error error;
    provide(&provision);
    error_clear(&error);
    buf_init_secret(&out, 200);
    ck_assert_int_eq(profile_write(bytes_of(text), &provision, &out, &error), status);
    ck_assert_str_eq(error.text, message);
    provision_release(&provision);
    buf_release(&out);
}

START_TEST(refuses_to_leave_an_old_key_or_hash_in)
{
    assert_unwritten("{ \"secure_component\": { \"instances\": { \"16/0\": { \"authentication\": "
                     "{ \"keys\": { \"7\": \"hex:00\" } } } } } }",
                     ST_INVALID, "there is no new key \"7\"; provision all that the profile names");
    assert_unwritten("{ \"secure_component\": { \"instances\": { \"16/0\": { \"authentication\": "
                     "{ \"hashes\": { \"7\": \"hex:00\" } } } } } }",
                     ST_INVALID,
                     "there is no new hash \"7\"; provision all that the profile names");
    assert_unwritten("{ \"secure_component\": { \"instances\": { \"16/9\": { \"encryption\": "
                     "{ \"keys\": { \"7\": \"hex:00\" } } } } } }",
                     ST_INVALID,
                     "there is no new instance \"16/9\"; provision all that the profile names");
}
END_TEST

START_TEST(refuses_a_template_that_does_not_parse_or_fit)
{
    assert_unwritten("{ \"a\": }", ST_INVALID, "expected a value, found \"}\"");
    assert_unwritten(template_text, ST_LIMIT, "profile has more than 200 octets");
    assert_unwritten("[]", ST_OK, "");
}
END_TEST

UNIT_MAIN("profile_write", replaces_keys_and_hashes_and_keeps_every_other_octet,
          leaves_from_identity_alone, refuses_to_leave_an_old_key_or_hash_in,
          refuses_a_template_that_does_not_parse_or_fit)
