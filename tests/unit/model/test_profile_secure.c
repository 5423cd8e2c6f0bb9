/* SPDX-License-Identifier: Apache-2.0 */
/* The secure component of a profile: suites, keys, hashes, and which resources an instance has. */
#include "base/std.h"

#include <sys/stat.h>
#include <unistd.h>

#include "model/secret.h"
#include "tests/unit/model/support.h"

/* A profile with identities 0 and 5 in 16/0, TOP beside "objects" and ENTRY as that of 16/0. */
static const char *compose(const char *top, const char *entry)
{
    static char text[8192];
    snprintf(
        text, sizeof text,
        "{ \"endpoint\": \"a\", %s\n"
        "\"objects\": { \"16\": { \"0\": { \"0\": { \"0\": \"zero\", \"5\": \"five\" } } } },\n"
        "\"secure_component\": { \"instances\": { \"16/0\": { %s } } } }",
        top, entry);
    return text;
}

static const struct provision_service *service_of(const struct profile *profile,
                                                  enum service service)
{
    return &provision_find(&profile->provision, 0)->service[service];
}

static void assert_key(const struct provision_service *service, unsigned index, const char *octets)
{
    const struct provision_key *key = provision_key(service, index);
    ck_assert_ptr_nonnull(key);
    ck_assert(bytes_is((struct bytes){key->octets, key->len}, octets));
    ck_assert(!key->is_public);
}

START_TEST(takes_keys_of_every_form_and_the_default_suites)
{
    struct profile *profile = good_profile(compose(
        "", "\"authentication\": { \"hashes\": \"from-identity\", \"keys\": {"
            "  \"0\": \"hex:30313233343536373839616263646566\", \"65534\": "
            "\"text:0123456789ABCDEF\" } },"
            "\"encryption\": { \"keys\": { \"3\": \"base64:YWJjZGVmZ2hpamtsbW5vcA==\" } }"));
    const struct provision_service *authentication = service_of(profile, SERVICE_AUTHENTICATION);
    const struct provision_service *encryption = service_of(profile, SERVICE_ENCRYPTION);
    ck_assert_int_eq(authentication->suite, SUITE_SHA256_AES128_CMAC);
    ck_assert_int_eq(encryption->suite, SUITE_AES128_CCM);
    assert_key(authentication, 0, "0123456789abcdef");
    assert_key(authentication, 65534, "0123456789ABCDEF");
    assert_key(encryption, 3, "abcdefghijklmnop");
    ck_assert_uint_eq(provision_key(encryption, 3)->line, 3);
    ck_assert_int_eq(provision_find(&profile->provision, 0)->challenge_rule, CHALLENGE_MINIMAL);
    profile_free(profile);
}
END_TEST

/* I-23 */
START_TEST(keeps_the_text_of_the_identities_to_be_hashed)
{
    struct profile *profile = good_profile(
        compose("", "\"authentication\": { \"hashes\": \"from-identity\","
                    "                    \"keys\": { \"0\": \"text:0123456789abcdef\" } }"));
    const struct provision_service *service = service_of(profile, SERVICE_AUTHENTICATION);
    ck_assert_uint_eq(service->hash_count, 2);
    ck_assert_uint_eq(service->hashes[1].identity, 5);
    ck_assert_uint_eq(service->hashes[1].len, 0);
    ck_assert(
        bytes_is((struct bytes){service->hashes[1].text, service->hashes[1].text_len}, "five"));
    profile_free(profile);
}
END_TEST

START_TEST(takes_hashes_that_are_given)
{
    struct profile *profile = good_profile(compose(
        "",
        "\"authentication\": { \"hashes\": { \"5\": \"text:0123456789abcdef0123456789abcdef\" },"
        "                    \"keys\": { \"0\": \"text:0123456789abcdef\" } }"));
    const struct provision_service *service = service_of(profile, SERVICE_AUTHENTICATION);
    ck_assert_uint_eq(service->hash_count, 1);
    ck_assert_uint_eq(service->hashes[0].identity, 5);
    ck_assert_ptr_null(service->hashes[0].text);
    ck_assert(bytes_is((struct bytes){service->hashes[0].octets, service->hashes[0].len},
                       "0123456789abcdef0123456789abcdef"));
    profile_free(profile);
}
END_TEST

/* I-4 */
START_TEST(takes_the_octet_rule_of_the_instance_before_that_of_the_profile)
{
    static const char service[] =
        "\"encryption\": { \"keys\": { \"0\": \"text:0123456789abcdef\" } }";
    char entry[256];
    struct profile *profile = good_profile(compose("\"challenge_octets\": \"int64\",", service));
    ck_assert_int_eq(provision_find(&profile->provision, 0)->challenge_rule, CHALLENGE_INT64);
    profile_free(profile);
    snprintf(entry, sizeof entry, "\"challenge_octets\": \"text\", %s", service);
    profile = good_profile(compose("\"challenge_octets\": \"int64\",", entry));
    ck_assert_int_eq(provision_find(&profile->provision, 0)->challenge_rule, CHALLENGE_TEXT);
    profile_free(profile);
}
END_TEST

static void assert_resources(const char *entry, const char *expected)
{
    struct profile *profile = good_profile(compose("", entry));
    struct model *model = profile_model(profile);
    struct buf found;
    uint16_t ids[4];
    buf_init(&found, 64);
    size_t count = model_children(model, at("/16/0"), ids, 4);
    for (size_t i = 0; i < count; i++)
        buf_printf(&found, "%u ", (unsigned)ids[i]);
    ck_assert_str_eq(buf_text(&found), expected);
    buf_release(&found);
    model_free(model);
    profile_free(profile);
}

/* PF-OBJ-9, I-16 */
START_TEST(gives_an_instance_all_service_resources_but_those_it_omits)
{
    static const char service[] =
        "\"encryption\": { \"keys\": { \"0\": \"text:0123456789abcdef\" } }";
    char entry[256];
    assert_resources(service, "0 1 2 3 ");
    snprintf(entry, sizeof entry, "\"omit\": [ 3 ], %s", service);
    assert_resources(entry, "0 1 2 ");
    snprintf(entry, sizeof entry, "\"omit\": [ 1, 2, 3 ], %s", service);
    assert_resources(entry, "0 ");
}
END_TEST

START_TEST(knows_the_length_of_every_suite)
{
    for (size_t i = 0; suite_at(i) != NULL; i++) {
        const struct suite_info *suite = suite_at(i);
        char key[2 * KEY_MOST + 3];
        char entry[1024];
        for (size_t digits = 2 * suite->key_len, d = 0; d <= digits + 2; d++)
            key[d] = d < digits ? 'a' : '\0';
        bool signs = suite->service == SERVICE_AUTHENTICATION;
        snprintf(entry, sizeof entry,
                 "\"%s\": { \"suite\": \"%s\", \"keys\": { \"0\": \"hex:%s\" } %s }",
                 service_name(suite->service), suite->name, key,
                 signs ? ", \"hashes\": \"from-identity\"" : "");
        struct profile *profile = good_profile(compose("", entry));
        ck_assert_int_eq(service_of(profile, suite->service)->suite, suite->suite);
        profile_free(profile);
    }
}
END_TEST

START_TEST(limits_keys_and_hashes)
{
    struct buf keys;
    struct buf hashes;
    struct buf text;
    struct error_list errors;
    error_list_init(&errors);
    buf_init(&keys, 1 << 20);
    buf_init(&hashes, 1 << 20);
    buf_init(&text, 1 << 20);
    for (unsigned i = 0; i < 65; i++) {
        buf_printf(&keys, "%s\"%u\": \"hex:%032x\"", i == 0 ? "" : ",", i, i);
        buf_printf(&hashes, "%s\"%u\": \"x\"", i == 0 ? "" : ",", i);
    }
    buf_printf(&text,
               "{ \"endpoint\": \"a\", \"objects\": { \"16\": { \"0\": { \"0\": { %s } } } },"
               "  \"secure_component\": { \"instances\": { \"16/0\": { \"authentication\": {"
               "    \"hashes\": \"from-identity\", \"keys\": { %s } } } } } }",
               buf_text(&hashes), buf_text(&keys));
    ck_assert_ptr_null(profile_parse(buf_bytes(&text), "p", ".", &errors));
    ck_assert_uint_eq(errors.count, 2);
    ck_assert_str_eq(errors.items[0].text, "more than 64 hashes; leave some out");
    ck_assert_str_eq(errors.items[1].text, "more than 64 keys; leave some out");
    error_list_release(&errors);
    buf_release(&keys);
    buf_release(&hashes);
    buf_release(&text);
}
END_TEST

START_TEST(limits_the_length_of_an_identity_that_is_hashed)
{
    struct buf text;
    struct error_list errors;
    error_list_init(&errors);
    buf_init(&text, 1 << 20);
    buf_printf(&text,
               "{ \"endpoint\": \"a\", \"objects\": { \"16\": { \"0\": { \"0\": { \"0\": "
               "\"%04097d\" } } } },"
               "  \"secure_component\": { \"instances\": { \"16/0\": { \"authentication\": {"
               "    \"hashes\": \"from-identity\","
               "    \"keys\": { \"0\": \"text:0123456789abcdef\" } } } } } }",
               0);
    ck_assert_ptr_null(profile_parse(buf_bytes(&text), "p", ".", &errors));
    ck_assert_str_eq(errors.items[0].text, "identity 0 has more than 4096 octets");
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

/* The component delivers at its limit; only what takes longer fails. */
START_TEST(takes_a_latency_up_to_the_limit_without_a_warning)
{
    struct profile *profile = good_profile(
        "{ \"endpoint\": \"a\", \"objects\": { \"16\": { \"0\": { \"0\": {} } } },"
        "  \"secure_component\": { \"latency\": \"2s\", \"limit\": \"2s\", \"instances\": {"
        "    \"16/0\": { \"encryption\": { \"keys\": { \"0\": \"text:0123456789abcdef\" } } } } } "
        "}");
    ck_assert_int_eq(profile->latency_ms, profile->limit_ms);
    profile_free(profile);
}
END_TEST

START_TEST(warns_of_a_key_file_that_everybody_can_read)
{
    char path[] = "/tmp/profile-key-XXXXXX";
    struct error_list errors;
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "0123456789abcdef", 16), 16);
    ck_assert_int_eq(fchmod(fd, 0644), 0);
    close(fd);
    error_list_init(&errors);
    char entry[256];
    snprintf(entry, sizeof entry, "\"encryption\": { \"keys\": { \"0\": \"file:%s\" } }",
             strrchr(path, '/') + 1);
    struct profile *profile = profile_parse(bytes_of(compose("", entry)), "p", "/tmp", &errors);
    ck_assert_ptr_nonnull(profile);
    assert_key(service_of(profile, SERVICE_ENCRYPTION), 0, "0123456789abcdef");
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_int_eq(errors.items[0].severity, SEVERITY_WARNING);
    ck_assert_str_eq(errors.items[0].text, "everybody can read the file; take that right away");
    ck_assert_uint_eq(errors.items[0].line, 3);
    profile_free(profile);
    error_list_release(&errors);
    unlink(path);
}
END_TEST

/* PF-SC-3 */
START_TEST(names_both_places_of_a_shared_key)
{
    assert_refused(
        compose("", "\"authentication\": { \"hashes\": \"from-identity\",\n\"keys\": { \"7\":"
                    " \"text:0123456789abcdef\" } },\n\"encryption\": { \"keys\": { \"8\":"
                    " \"hex:30313233343536373839616263646566\" } }"),
        "p:5:32: error: key octets are those of the authentication key 7 of \"16/0\" at line 4 "
        "too; "
        "every key set must have its own "
        "(at /secure_component/instances/16~10/encryption/keys/8)");
}
END_TEST

UNIT_MAIN("profile_secure", takes_a_latency_up_to_the_limit_without_a_warning,
          takes_keys_of_every_form_and_the_default_suites,
          keeps_the_text_of_the_identities_to_be_hashed, takes_hashes_that_are_given,
          takes_the_octet_rule_of_the_instance_before_that_of_the_profile,
          gives_an_instance_all_service_resources_but_those_it_omits,
          knows_the_length_of_every_suite, limits_keys_and_hashes,
          limits_the_length_of_an_identity_that_is_hashed,
          warns_of_a_key_file_that_everybody_can_read, names_both_places_of_a_shared_key)
