/* SPDX-License-Identifier: Apache-2.0 */
/* What is claimed of a device by its profile, and what is not. */
#include "base/std.h"

#include "drivers/house.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct house house;
static const char *text;

static struct profile *load(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors)
{
    UNUSED(arg);
    memset(out_sha256, 7, 32);
    return profile_parse(bytes_of(text), name, ".", errors);
}

static void claim(const char *profile)
{
    struct error error;
    error_clear(&error);
    text = profile;
    scene_open(&scene);
    house_init(&house, &(struct house_config){.world = scene.world, .load = load, .stands = true});
    ck_assert_msg(house_settle(&house, &(struct setting){.profile = "x"}, &error) == ST_OK, "%s",
                  error.text);
}

static void drop(void)
{
    house_release(&house);
    scene_close(&scene);
}

static bool meets(const char *word)
{
    for (const char *const *need = house.claims.needs; *need != NULL; need++)
        if (strcmp(*need, word) == 0)
            return true;
    return false;
}

#define ACCOUNT(URI)                                                                               \
    "\"servers\":[{\"ssid\":7,\"uri\":\"" URI "\",\"security\":{\"mode\":\"none\"}}]"
#define SEALS                                                                                      \
    "\"secure_component\":{\"instances\":{\"16/9\":{\"encryption\":{\"keys\":{"                    \
    "\"3\":\"hex:202122232425262728292a2b2c2d2e2f\","                                              \
    "\"6\":\"hex:502122232425262728292a2b2c2d2e2f\"}}}}}"

START_TEST(the_second_of_each_has_a_name)
{
    claim(SCENE_PROFILE(""));
    ck_assert_uint_eq(house.claims.identity, 0);
    ck_assert_uint_eq(house.claims.identity2, 1);
    ck_assert_uint_eq(house.claims.key, 4);
    ck_assert_uint_eq(house.claims.key2, 5);
    ck_assert_uint_eq(house.claims.encryption_key2, ID_NONE);
    ck_assert(meets("two-identities") && meets("two-keys") && meets("one-auth-data"));
    ck_assert(!meets("two-encryption-keys") && !meets("queue-mode") && !meets("tcp"));
    drop();
}
END_TEST

START_TEST(a_device_that_only_seals_has_its_keys)
{
    claim("{\"endpoint\":\"e\"," ACCOUNT(
        "coap://h") ",\"auth_data_instances\":2,"
                    "\"objects\":{\"16\":{\"9\":{\"0\":{\"2\":\"C\",\"77\":\"x\"}}}}," SEALS "}");
    ck_assert(!house.claims.authentication && house.claims.encryption);
    ck_assert_uint_eq(house.claims.key, 3);
    ck_assert_uint_eq(house.claims.key2, ID_NONE);
    ck_assert_uint_eq(house.claims.encryption_key2, 6);
    ck_assert(!meets("two-identities") && !meets("two-keys") && meets("two-encryption-keys"));
    ck_assert(!meets("one-auth-data"));
    drop();
}
END_TEST

#define SIGNS(OCTET, MORE)                                                                         \
    "{" MORE "\"authentication\":{\"hashes\":\"from-identity\",\"keys\":{\"4\":\"hex:" OCTET       \
    "0b0c0d0e0f0102030405060708090a\"}}}"
#define FOUR(INSTANCES)                                                                            \
    "{\"endpoint\":\"e\",\"objects\":{\"16\":{\"1\":{\"0\":{\"0\":\"A\",\"5\":"                    \
    "\"01234567890123456789012345678901\",\"6\":\"0123456789012345678901234567890123\","           \
    "\"7\":\"B\"}},\"2\":{\"0\":{\"0\":\"C\"}},\"3\":{\"0\":{\"0\":\"D\"}},"                       \
    "\"8\":{\"0\":{\"9\":\"E\"}}}},\"secure_component\":{\"instances\":{\"16/1\":" SIGNS("0a", "") \
        INSTANCES "}}}"

START_TEST(the_next_instance_with_a_service_has_a_name)
{
    claim(SCENE_PROFILE(""));
    ck_assert_uint_eq(house.claims.other.depth, 0);
    ck_assert(!meets("other-service"));
    drop();
    /* Of 16/2 something is missing, of 16/3 all. */
    claim(FOUR(
        ",\"16/2\":" SIGNS("1a", "\"omit\":[3],") ","
                                                  "\"16/8\":{\"encryption\":{\"keys\":{\"3\":"
                                                  "\"hex:202122232425262728292a2b2c2d2e2f\"}}}"));
    ck_assert(path_equal(house.claims.other, path_instance(16, 8)) && meets("other-service"));
    ck_assert_uint_eq(house.claims.other_service, 1);
    ck_assert_uint_eq(house.claims.other_identity, 9);
    ck_assert_uint_eq(house.claims.other_key, 3);
    drop();
    claim(FOUR(",\"16/8\":" SIGNS("1a", "")));
    ck_assert_uint_eq(house.claims.other_service, 0);
    ck_assert_uint_eq(house.claims.other_identity, 9);
    ck_assert_uint_eq(house.claims.other_key, 4);
    drop();
}
END_TEST

START_TEST(a_long_identity_has_a_name)
{
    claim(SCENE_PROFILE(""));
    ck_assert_uint_eq(house.claims.long_identity, ID_NONE);
    ck_assert(!meets("long-identity"));
    drop();
    claim(FOUR(""));
    ck_assert_uint_eq(house.claims.long_identity, 6);
    ck_assert(meets("long-identity"));
    drop();
}
END_TEST

/* rule: I-16 */
START_TEST(a_service_without_auth_status_is_partial)
{
    claim(SCENE_PROFILE(""));
    ck_assert(!house.claims.is_partial);
    drop();
    claim("{\"endpoint\":\"e\",\"objects\":{\"16\":{\"9\":{\"0\":{\"2\":\"C\"}}}},"
          "\"secure_component\":{\"instances\":{\"16/9\":{\"omit\":[3],\"encryption\":{\"keys\":{"
          "\"3\":\"hex:202122232425262728292a2b2c2d2e2f\"}}}}}}");
    ck_assert(house.claims.is_partial && house.claims.encryption);
    drop();
}
END_TEST

START_TEST(of_a_registration_only_what_is_said)
{
    claim(SCENE_PROFILE(""));
    ck_assert_str_eq(house.claims.registered, "lwm2m=1.0 lt=300 links(</3/0>, </16/0>, </16/1>)");
    drop();
    claim("{\"endpoint\":\"e\",\"lwm2m\":\"1.1\",\"queue_mode\":{\"awake\":\"1s\"}," ACCOUNT(
        "coap+tcp://h") ","
                        "\"objects\":{\"1\":{\"0\":{\"7\":\"UT\"}}}}");
    ck_assert_str_eq(house.claims.registered, "lwm2m=1.1 b=UT queue links(</3/0>)");
    ck_assert(meets("queue-mode") && meets("tcp") && !meets("bootstrap"));
    ck_assert(meets("fresh-device")); /* the server stands, and the device begins anew */
    ck_assert(house.claims.is_over_tcp && !meets("udp") && meets("nosec") && meets("one-server"));
    drop();
}
END_TEST

START_TEST(a_factory_setting_begins_with_a_bootstrap)
{
    claim("{\"endpoint\":\"e\",\"bootstrap\":{\"uri\":\"coap://h\"}}");
    ck_assert(meets("bootstrap") && meets("bootstrap-only") && !meets("one-server"));
    drop();
    claim("{\"endpoint\":\"e\",\"bootstrap\":{\"uri\":\"coap://h\"}," ACCOUNT("coap://h") "}");
    ck_assert(meets("bootstrap") && !meets("bootstrap-only") && meets("udp"));
    drop();
}
END_TEST

START_TEST(what_refuses_writes_is_told)
{
    claim(SCENE_PROFILE(",\"read_only\":[\"/16/1/0/1\"],\"strict_create\":true"));
    ck_assert_uint_eq(house.claims.read_only_count, 1);
    ck_assert(path_equal(house.claims.read_only[0], (struct path){{16, 1, 0, 1}, 4}));
    ck_assert(meets("strict-create") && !meets("lenient-create"));
    drop();
    claim(SCENE_PROFILE(""));
    ck_assert(house.claims.read_only_count == 0 && meets("lenient-create"));
    drop();
}
END_TEST

/* Mute Send of the first server. */
START_TEST(a_send_is_muted_unless_it_is_said)
{
    claim(SCENE_PROFILE(""));
    ck_assert(house.claims.is_muted);
    drop();
    claim("{\"endpoint\":\"e\",\"lwm2m\":\"1.1\"," ACCOUNT(
        "coap://h") ",\"objects\":{\"1\":{\"0\":{\"23\":true}}}}");
    ck_assert(house.claims.is_muted);
    ck_assert(path_equal(house.claims.mute, (struct path){{1, 0, 23}, 3}));
    drop();
    claim("{\"endpoint\":\"e\",\"lwm2m\":\"1.1\"," ACCOUNT(
        "coap://h") ",\"objects\":{\"1\":{\"0\":{\"23\":false}}}}");
    ck_assert(!house.claims.is_muted);
    drop();
}
END_TEST

UNIT_MAIN("claims", the_second_of_each_has_a_name, the_next_instance_with_a_service_has_a_name,
          a_long_identity_has_a_name, a_device_that_only_seals_has_its_keys,
          a_service_without_auth_status_is_partial, of_a_registration_only_what_is_said,
          a_factory_setting_begins_with_a_bootstrap, what_refuses_writes_is_told,
          a_send_is_muted_unless_it_is_said)
