/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as a whole: the shipped ones, every message, and the models made of them. */
#include "base/std.h"

#include <glob.h>

#include "base/clock.h"
#include "model/bootstrap_file.h"
#include "model/secret.h"
#include "tests/unit/model/support.h"

/* --- every message --------------------------------------------------------------------------- */

static void read_text(const char *path, struct buf *out)
{
    buf_init(out, 1 << 20);
    ck_assert_msg(file_read(path, out, NULL, NULL) == ST_OK, "%s", path);
}

static void parse_and_format(const char *path, struct buf *out)
{
    struct error_list errors;
    struct buf text;
    const char *name = strrchr(path, '/') + 1;
    error_list_init(&errors);
    read_text(path, &text);
    if (strncmp(name, "keyring", 7) == 0)
        keyring_free(keyring_parse(buf_bytes(&text), name, "tests/golden/errors", &errors));
    else if (strncmp(name, "security", 8) == 0)
        server_security_free(
            server_security_parse(buf_bytes(&text), name, "tests/golden/errors", &errors));
    else if (strncmp(name, "bootstrap", 9) == 0)
        bootstrap_file_free(
            bootstrap_file_parse(buf_bytes(&text), name, "tests/golden/errors", &errors));
    else
        profile_free(profile_parse(buf_bytes(&text), name, "tests/golden/errors", &errors));
    for (size_t i = 0; i < errors.count; i++) {
        error_format(&errors.items[i], out);
        buf_puts(out, "\n");
    }
    buf_release(&text);
    error_list_release(&errors);
}

START_TEST(gives_the_messages_of_the_golden_files)
{
    glob_t found;
    ck_assert_int_eq(glob("tests/golden/errors/profile-*.json", 0, NULL, &found), 0);
    ck_assert_int_eq(glob("tests/golden/errors/keyring-*.json", GLOB_APPEND, NULL, &found), 0);
    ck_assert_int_eq(glob("tests/golden/errors/security-*.json", GLOB_APPEND, NULL, &found), 0);
    ck_assert_int_eq(glob("tests/golden/errors/bootstrap-*.json", GLOB_APPEND, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 17);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char golden[256];
        struct buf expected;
        struct buf messages;
        int stem = (int)(strlen(found.gl_pathv[i]) - strlen(".json"));
        snprintf(golden, sizeof golden, "%.*s.txt", stem, found.gl_pathv[i]);
        read_text(golden, &expected);
        buf_init(&messages, 1 << 20);
        parse_and_format(found.gl_pathv[i], &messages);
        ck_assert_str_eq(buf_text(&messages), buf_text(&expected));
        buf_release(&messages);
        buf_release(&expected);
    }
    globfree(&found);
}
END_TEST

START_TEST(never_shows_key_octets)
{
    struct buf messages;
    buf_init(&messages, 1 << 20);
    parse_and_format("tests/golden/errors/profile-secure.json", &messages);
    ck_assert_ptr_null(strstr(buf_text(&messages), "0102030405"));
    ck_assert_ptr_null(strstr(buf_text(&messages), "too short"));
    buf_release(&messages);
}
END_TEST

/* --- the shipped profiles ----------------------------------------------------------------------
 */

static struct profile *shipped(const char *name)
{
    char path[64];
    struct error_list errors;
    snprintf(path, sizeof path, "profiles/%s.json", name);
    error_list_init(&errors);
    struct profile *profile = profile_load(path, &errors);
    ck_assert_msg(profile != NULL && errors.count == 0, "%s: %s", name,
                  errors.count > 0 ? errors.items[0].text : "?");
    ck_assert_str_eq(profile->name, path);
    error_list_release(&errors);
    return profile;
}

START_TEST(ships_six_profiles_without_a_warning)
{
    static const char *const names[] = {"minimal",       "gsma",        "vehicle",
                                        "two-instances", "no-services", "ets-c12"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct profile *profile = shipped(names[i]);
        struct model *model = profile_model(profile);
        ck_assert(model_has(model, at("/3/0/16")));
        ck_assert(model_has(model, at("/1/0/8")));
        ck_assert(model_has(model, at("/16")));
        ck_assert_int_eq(profile->version, LWM2M_1_0);
        ck_assert_str_eq(profile->servers[0].uri, "coap://127.0.0.1:5683");
        model_free(model);
        profile_free(profile);
    }
}
END_TEST

/* Profiles of LwM2M 1.1 with several accounts. */
START_TEST(reads_the_profiles_of_1_1_without_a_warning)
{
    static const struct {
        const char *name;
        enum credential_mode mode;
        size_t servers;
    } rows[] = {{"profiles/two-servers", CREDENTIALS_NONE, 2},
                {"profiles/bootstrap", CREDENTIALS_PSK, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[64];
        struct buf text;
        struct error_list errors;
        error_list_init(&errors);
        snprintf(path, sizeof path, "%s.json", rows[i].name);
        read_text(path, &text);
        struct profile *profile = profile_parse(buf_bytes(&text), path, "profiles", &errors);
        ck_assert_msg(profile != NULL && errors.count == 0, "%s", rows[i].name);
        ck_assert_int_eq(profile->version, LWM2M_1_1);
        ck_assert_uint_eq(profile->server_count, rows[i].servers);
        ck_assert_int_eq(
            (profile->bootstrap != NULL ? profile->bootstrap : profile->servers)->security.mode,
            rows[i].mode);
        profile_free(profile);
        buf_release(&text);
        error_list_release(&errors);
    }
}
END_TEST

START_TEST(reads_how_the_device_keeps_in_touch)
{
    struct profile *profile = good_profile("{ \"endpoint\": \"a\" }");
    ck_assert(!profile->queue_mode && !profile->non_confirmable);
    ck_assert_int_eq(profile->awake_ms, 93000);
    ck_assert_ptr_null(profile->state);
    profile_free(profile);
    profile = good_profile("{ \"endpoint\": \"a\", \"queue_mode\": true, \"state\": \"s.json\","
                           "  \"notify\": \"non-confirmable\" }");
    ck_assert(profile->queue_mode && profile->non_confirmable);
    ck_assert_int_eq(profile->awake_ms, 93000);
    ck_assert_str_eq(profile->state, "tests/s.json");
    profile_free(profile);
    profile = good_profile("{ \"endpoint\": \"a\", \"queue_mode\": { \"awake\": \"1.5s\" },"
                           "  \"state\": \"/tmp/s\", \"notify\": \"confirmable\" }");
    ck_assert(profile->queue_mode && !profile->non_confirmable);
    ck_assert_int_eq(profile->awake_ms, 1500);
    ck_assert_str_eq(profile->state, "/tmp/s");
    profile_free(profile);
}
END_TEST

/* Figure 2 of the specification. */
START_TEST(ships_figure_2_as_gsma)
{
    struct profile *profile = shipped("gsma");
    struct model *model = profile_model(profile);
    assert_reads(model, "/3/0/22", "/3/0/22/0 16:1\n");
    ck_assert_uint_eq(model_children(model, at("/16/1/0"), NULL, 0), 4);
    ck_assert(profile_portfolio(profile, 1)->gsma);
    ck_assert(path_equal(profile_portfolio(profile, 1)->dedicated_to, at("/3/0")));
    ck_assert_ptr_null(profile_portfolio(profile, 0));
    model_free(model);
    profile_free(profile);
}
END_TEST

/* Use case 1 takes key 0, use case 2 key 1 of the encryption set. */
START_TEST(ships_both_key_sets_of_the_vehicle)
{
    struct profile *profile = shipped("vehicle");
    const struct provision_instance *instance = provision_find(&profile->provision, 0);
    ck_assert_int_eq(profile->latency_ms, 20);
    for (size_t s = 0; s < SERVICE_COUNT; s++) {
        ck_assert_uint_eq(instance->service[s].key_count, 2);
        ck_assert_ptr_nonnull(provision_key(&instance->service[s], 0));
        ck_assert_ptr_nonnull(provision_key(&instance->service[s], 1));
    }
    const struct provision_service *service = &instance->service[SERVICE_AUTHENTICATION];
    ck_assert_uint_eq(service->hash_count, 4);
    ck_assert_uint_eq(service->hashes[3].identity, 3);
    ck_assert_uint_eq(service->hashes[3].len, 0);
    ck_assert(
        bytes_is((struct bytes){service->hashes[3].text, service->hashes[3].text_len}, "1.4.2"));
    profile_free(profile);
}
END_TEST

START_TEST(ships_the_exact_strings_of_ets_c12)
{
    struct profile *profile = shipped("ets-c12");
    struct model *model = profile_model(profile);
    assert_reads(model, "/16",
                 "/16/0/0/0 \"Host Device ID #1\"\n"
                 "/16/0/0/1 \"Host Develce Manufacturer #1\"\n"
                 "/16/0/0/2 \"Host Device Model #1\"\n"
                 "/16/0/0/3 \"Host Device Software Version #1\"\n");
    assert_reads(model, "/1",
                 "/1/0/0 1\n/1/0/1 86400\n/1/0/2 1\n/1/0/3 10\n/1/0/5 86400\n/1/0/6 false\n"
                 "/1/0/7 \"U\"\n");
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(ships_two_instances_that_differ_in_their_keys_only)
{
    struct profile *profile = shipped("two-instances");
    struct model *model = profile_model(profile);
    const struct value *first = model_value(model, at("/16/0/0/0"));
    ck_assert(value_equal(first, model_value(model, at("/16/1/0/0"))));
    const struct provision_key *one = NULL;
    const struct provision_key *other = NULL;
    ck_assert(!provision_shared_key(&profile->provision, &one, &other));
    ck_assert_int_eq(provision_find(&profile->provision, 0)->service[SERVICE_AUTHENTICATION].suite,
                     provision_find(&profile->provision, 1)->service[SERVICE_AUTHENTICATION].suite);
    ck_assert(!path_equal(profile_portfolio(profile, 0)->dedicated_to,
                          profile_portfolio(profile, 1)->dedicated_to));
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(ships_an_instance_without_services)
{
    struct profile *profile = shipped("no-services");
    struct model *model = profile_model(profile);
    ck_assert_uint_eq(profile->portfolio_count, 0);
    ck_assert_uint_eq(model_children(model, at("/16/0"), NULL, 0), 1);
    model_free(model);
    profile_free(profile);
}
END_TEST

/* --- details -------------------------------------------------------------------------------- */

START_TEST(fills_in_what_a_profile_leaves_out)
{
    struct profile *profile = good_profile("{ \"endpoint\": \"a\" }");
    struct model *model = profile_model(profile);
    ck_assert_str_eq(profile->endpoint, "a");
    ck_assert_str_eq(lwm2m_version_name(profile->version), "1.0");
    ck_assert_int_eq(profile->lifetime, 86400);
    ck_assert_int_eq(profile->latency_ms, 0);
    ck_assert_int_eq(profile->limit_ms, 5000);
    ck_assert_uint_eq(profile->server_count, 1);
    ck_assert_uint_eq(profile->format_count, 0);
    ck_assert_ptr_null(profile->extra_arguments);
    assert_reads(
        model, "/",
        "/1/0/0 1\n/1/0/1 86400\n/1/0/6 false\n/1/0/7 \"U\"\n/3/0/11/0 0\n/3/0/16 \"U\"\n");
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(takes_an_empty_list_of_servers_at_its_word)
{
    struct profile *profile = good_profile("{ \"endpoint\": \"a\", \"servers\": [] }");
    struct model *model = profile_model(profile);
    ck_assert_uint_eq(profile->server_count, 0);
    ck_assert(!model_has(model, at("/0")) && !model_has(model, at("/1")));
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(reads_all_behaviour)
{
    struct profile *profile =
        good_profile("{ \"endpoint\": \"a\", \"lwm2m\": \"1.0\", \"lifetime\": 60,"
                     "  \"servers\": [ { \"ssid\": 7, \"uri\": \"coap://[::1]:9\","
                     "                 \"connect\": \"127.0.0.1\" } ],"
                     "  \"objects\": { \"16\": { \"0\": { \"0\": { \"0\": \"x\" } } } },"
                     "  \"lenient_arguments\": true, \"strict_create\": true,"
                     "  \"auth_data_instances\": 3,"
                     "  \"read_only\": [ \"/16/0/0/0\", \"/16/0/0\" ],"
                     "  \"extra_arguments\": \"4='a,b=c',9,5=''\","
                     "  \"formats\": [ \"text\", \"tlv\" ],"
                     "  \"secure_component\": { \"latency\": \"1.5s\", \"limit\": \"2s\","
                     "                        \"instances\": {} } }");
    ck_assert_int_eq(profile->lifetime, 60);
    ck_assert_uint_eq(profile->servers[0].ssid, 7);
    ck_assert_str_eq(profile->servers[0].uri, "coap://[::1]:9");
    ck_assert_str_eq(profile->servers[0].connect, "127.0.0.1");
    ck_assert(profile->lenient_arguments && profile->strict_create);
    ck_assert_uint_eq(profile->auth_data_instances, 3);
    ck_assert_uint_eq(profile->read_only_count, 2);
    ck_assert_str_eq(profile->extra_arguments, "4='a,b=c',9,5=''");
    ck_assert_uint_eq(profile->format_count, 2);
    ck_assert_int_eq(profile->formats[0], 0);
    ck_assert_int_eq(profile->formats[1], 11542);
    ck_assert_int_eq(profile->latency_ms, 1500);
    ck_assert_int_eq(profile->limit_ms, 2000);
    profile_free(profile);
}
END_TEST

/* I-20 */
START_TEST(makes_models_that_protect_what_is_read_only)
{
    struct profile *profile =
        good_profile("{ \"endpoint\": \"a\", \"read_only\": [ \"/16/0/0/0\" ],"
                     "  \"objects\": { \"16\": { \"0\": { \"0\": { \"0\": \"x\" } } } } }");
    struct model *model = profile_model(profile);
    struct records records;
    records_init(&records);
    add(&records, at("/16/0/0/0"), value_string("y"));
    ck_assert_int_eq(model_write(model, at("/16/0/0/0"), MODEL_REPLACE, &records, NULL),
                     MODEL_NOT_ALLOWED);
    records_release(&records);
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(refuses_extra_arguments_outside_the_grammar)
{
    static const char *const bad[] = {"3='a'",       "4=a",   "4='a' ,5", "4,",     ",4", "4='a",
                                      "4='\\u00e4'", "4,5,4", "4=",       "4='a''", "4 5"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char text[128];
        struct error_list errors;
        error_list_init(&errors);
        snprintf(text, sizeof text, "{ \"endpoint\": \"a\", \"extra_arguments\": \"%s\" }", bad[i]);
        ck_assert_msg(profile_parse(bytes_of(text), "p", ".", &errors) == NULL, "%s", bad[i]);
        ck_assert_uint_eq(errors.errors, 1);
        error_list_release(&errors);
    }
}
END_TEST

START_TEST(accepts_the_uris_that_coap_has)
{
    static const char *const good[] = {"coap://127.0.0.1", "coap://[::1]", "coap://h:1",
                                       "coap://h.example:65535/", "coap://[fe80::1]:5683"};
    static const char *const bad[] = {"coap:/h",       "coap://:5683", "coap://h:",  "coap://h:0x1",
                                      "coap://h:1/x",  "coap://h?x",   "coap://u@h", "coap://[::1",
                                      "coap://[::1]x", "COAP://h"};
    for (size_t i = 0; i < COUNT_OF(good) + COUNT_OF(bad); i++) {
        bool fits = i < COUNT_OF(good);
        const char *uri = fits ? good[i] : bad[i - COUNT_OF(good)];
        char text[160];
        struct error_list errors;
        error_list_init(&errors);
        snprintf(text, sizeof text,
                 "{ \"endpoint\": \"a\", \"servers\": [ { \"ssid\": 1, \"uri\": \"%s\" } ] }", uri);
        struct profile *profile = profile_parse(bytes_of(text), "p", ".", &errors);
        ck_assert_msg((profile != NULL) == fits, "%s", uri);
        profile_free(profile);
        error_list_release(&errors);
    }
}
END_TEST

START_TEST(reports_a_file_that_is_not_there)
{
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_ptr_null(profile_load("tests/no-such-profile.json", &errors));
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text, "cannot open \"tests/no-such-profile.json\": No such "
                                           "file or directory");
    error_list_release(&errors);
    profile_free(NULL);
}
END_TEST

START_TEST(leaves_errors_of_another_file_out_of_account)
{
    struct error_list errors;
    struct error before;
    error_list_init(&errors);
    error_clear(&before);
    error_set(&before, "before");
    error_list_add(&errors, &before);
    struct profile *profile = profile_parse(bytes_of("{ \"endpoint\": \"a\" }"), "p", ".", &errors);
    ck_assert_ptr_nonnull(profile);
    ck_assert_uint_eq(errors.count, 1);
    profile_free(profile);
    error_list_release(&errors);
}
END_TEST

START_TEST(limits_the_number_of_values)
{
    struct buf text;
    struct error_list errors;
    buf_init(&text, 1 << 20);
    error_list_init(&errors);
    buf_puts(&text, "{ \"endpoint\": \"a\", \"objects\": { \"16\": { \"0\": { \"0\": {");
    for (unsigned i = 0; i < 5000; i++)
        buf_printf(&text, "%s\"%u\":\"x\"", i == 0 ? "" : ",", i);
    buf_puts(&text, "} } } } }");
    ck_assert_ptr_null(profile_parse(buf_bytes(&text), "p", ".", &errors));
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text, "more than 4096 values; leave some out");
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

START_TEST(makes_ten_thousand_models_of_one_profile_in_a_moment)
{
    enum { MODELS = 10000, MOST_MS = 5000 };
    struct profile *profile = shipped("vehicle");
    struct model **models = xarray(MODELS, sizeof *models);
    struct clock *clock = clock_new_real();
    int64_t start = clock_now(clock);
    for (size_t i = 0; i < MODELS; i++)
        models[i] = profile_model(profile);
    ck_assert_int_lt(clock_now(clock) - start, MOST_MS);
    put(models[0], "/16/0/0/0", value_string("another"));
    assert_reads(models[MODELS - 1], "/16/0/0/0", "/16/0/0/0 \"WVX0123456789\"\n");
    for (size_t i = 0; i < MODELS; i++)
        model_free(models[i]);
    clock_free(clock);
    free(models);
    profile_free(profile);
}
END_TEST

UNIT_MAIN("profile", gives_the_messages_of_the_golden_files, never_shows_key_octets,
          ships_six_profiles_without_a_warning, reads_the_profiles_of_1_1_without_a_warning,
          reads_how_the_device_keeps_in_touch, ships_figure_2_as_gsma,
          ships_both_key_sets_of_the_vehicle, ships_the_exact_strings_of_ets_c12,
          ships_two_instances_that_differ_in_their_keys_only, ships_an_instance_without_services,
          fills_in_what_a_profile_leaves_out, takes_an_empty_list_of_servers_at_its_word,
          reads_all_behaviour, makes_models_that_protect_what_is_read_only,
          refuses_extra_arguments_outside_the_grammar, accepts_the_uris_that_coap_has,
          reports_a_file_that_is_not_there, leaves_errors_of_another_file_out_of_account,
          limits_the_number_of_values, makes_ten_thousand_models_of_one_profile_in_a_moment)
