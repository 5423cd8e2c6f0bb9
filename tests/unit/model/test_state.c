/* SPDX-License-Identifier: Apache-2.0 */
/* Taking the state of a device and giving it to a new one. */
#include "base/std.h"

#include "model/state.h"
#include "tests/unit/model/support.h"

static const char device[] =
    "{ \"endpoint\": \"dev\", \"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": "
    "\"coap://a\" } ],"
    "  \"objects\": { \"1\": { \"0\": { \"2\": 5 } },"
    "    \"3\": { \"0\": { \"9\": 80, \"14\": \"+01:00\", \"22\": { \"0\": \"16:1\" } } },"
    "    \"16\": { \"0\": { \"0\": { \"0\": \"a\", \"1\": \"b\" } }, \"1\": { \"0\": { \"0\": "
    "\"c\" } } } },"
    "  \"secure_component\": { \"instances\": { \"16/0\": {} } } }";

struct setting {
    struct profile *profile;
    struct model *model;
    struct state state;
};

static void begin(struct setting *setting)
{
    struct error_list errors;
    error_list_init(&errors);
    setting->profile = profile_parse(bytes_of(device), "dev.json", NULL, &errors);
    ck_assert_ptr_nonnull(setting->profile);
    setting->model = profile_model(setting->profile);
    state_init(&setting->state);
    error_list_release(&errors);
}

static void end(struct setting *setting)
{
    state_release(&setting->state);
    model_free(setting->model);
    profile_free(setting->profile);
}

/* Everything that is in a model, those things that cannot be read included. */
static void whole(const struct model *model, struct path path, struct buf *out)
{
    uint16_t ids[64];
    char name[PATH_TEXT];
    const struct value *value = path.depth == 0 ? NULL : model_value(model, path);
    size_t count = model_children(model, path, ids, COUNT_OF(ids));
    if (path.depth > 0) {
        buf_printf(out, "%s ", path_text(path, name));
        if (value != NULL)
            value_format(value, out);
        buf_puts(out, "\n");
    }
    for (size_t i = 0; i < count; i++)
        whole(model, path_child(path, ids[i]), out);
}

/* The state of the model makes of a new model what this one is. */
static void assert_survives(struct setting *setting)
{
    struct model *again = profile_model(setting->profile);
    struct buf then;
    struct buf now;
    buf_init(&then, 1 << 16);
    buf_init(&now, 1 << 16);
    state_take(&setting->state, setting->profile, setting->model);
    ck_assert_int_eq(state_apply(&setting->state, again), ST_OK);
    whole(setting->model, path_root(), &then);
    whole(again, path_root(), &now);
    ck_assert_str_eq(buf_text(&now), buf_text(&then));
    buf_release(&now);
    buf_release(&then);
    model_free(again);
}

START_TEST(is_empty_for_a_new_device)
{
    struct setting setting;
    begin(&setting);
    assert_survives(&setting);
    ck_assert_uint_eq(setting.state.values.count, 0);
    ck_assert_uint_eq(setting.state.gone_count, 0);
    end(&setting);
}
END_TEST

START_TEST(keeps_what_servers_wrote)
{
    struct setting setting;
    begin(&setting);
    put(setting.model, "/1/0/1", value_integer(60));
    put(setting.model, "/3/0/14", value_string("+02:00"));
    put(setting.model, "/3/0/15", value_string("Europe/Berlin"));
    put(setting.model, "/16/0/0/2", value_string("new"));
    model_remove(setting.model, at("/16/0/0/1"), false);
    model_remove(setting.model, at("/1/0/2"), false);
    assert_survives(&setting);
    assert_records(&setting.state.values, "/1/0/1 60\n/3/0/14 \"+02:00\"\n"
                                          "/3/0/15 \"Europe/Berlin\"\n/16/0/0/2 \"new\"\n");
    ck_assert_uint_eq(setting.state.gone_count, 2);
    ck_assert(path_equal(setting.state.gone[0], at("/1/0/2")));
    ck_assert(path_equal(setting.state.gone[1], at("/16/0/0/1")));
    end(&setting);
}
END_TEST

START_TEST(keeps_an_emptied_multiple_resource)
{
    struct setting setting;
    begin(&setting);
    model_remove(setting.model, at("/16/0/0"), true);
    assert_survives(&setting);
    ck_assert_uint_eq(setting.state.gone_count, 2);
    end(&setting);
}
END_TEST

START_TEST(keeps_created_and_deleted_instances)
{
    struct setting setting;
    struct records records;
    uint16_t instance = 0;
    begin(&setting);
    records_init(&records);
    add(&records, at("/16/7/0/3"), value_string("x"));
    ck_assert_int_eq(model_create(setting.model, 16, &records, false, &instance, NULL), MODEL_OK);
    model_add_resource(setting.model, at("/16/7/1"));
    model_add_resource(setting.model, at("/16/7/2"));
    put(setting.model, "/16/7/3", value_integer(0));
    records_clear(&records);
    ck_assert_int_eq(model_create(setting.model, 16, &records, false, &instance, NULL), MODEL_OK);
    ck_assert_int_eq(model_delete(setting.model, 16, 1), MODEL_OK);
    model_remove(setting.model, at("/3/0/22/0"), false);
    assert_survives(&setting);
    assert_records(&setting.state.values,
                   "/16/2 (empty)\n/16/2/0 (empty)\n/16/7 (empty)\n/16/7/0 (empty)\n"
                   "/16/7/0/3 \"x\"\n/16/7/1 (empty)\n/16/7/2 (empty)\n/16/7/3 0\n");
    ck_assert_uint_eq(setting.state.gone_count, 2);
    ck_assert(path_equal(setting.state.gone[1], at("/16/1")));
    records_release(&records);
    end(&setting);
}
END_TEST

/* Accounts that a bootstrap wrote, keys and bootstrap-only resources included. */
START_TEST(keeps_the_result_of_a_bootstrap)
{
    struct setting setting;
    begin(&setting);
    model_remove(setting.model, at("/0/0"), false);
    model_remove(setting.model, at("/1/0"), false);
    put(setting.model, "/0/3/0", value_string("coaps://b"));
    put(setting.model, "/0/3/2", value_integer(0));
    put(setting.model, "/0/3/5", value_octets(VALUE_OPAQUE, bytes_of("secret")));
    put(setting.model, "/1/4/0", value_integer(9));
    put(setting.model, "/1/4/17", value_integer(2));
    put(setting.model, "/2/0/2/9", value_integer(31));
    assert_survives(&setting);
    end(&setting);
}
END_TEST

/* rule: I-21 */
START_TEST(leaves_out_what_the_device_finds_out_for_itself)
{
    struct setting setting;
    begin(&setting);
    put(setting.model, "/16/0/3", value_integer(1));
    put(setting.model, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("signature")));
    put(setting.model, "/3/0/9", value_integer(20));
    put(setting.model, "/16/9/3", value_integer(2));
    put(setting.model, "/16/9/2/0", value_octets(VALUE_OPAQUE, bytes_of("signature")));
    state_take(&setting.state, setting.profile, setting.model);
    assert_records(&setting.state.values, "/16/9 (empty)\n/16/9/2 (empty)\n"
                                          "/16/9/3 0\n");
    end(&setting);
}
END_TEST

START_TEST(leaves_out_what_could_not_be_read_again)
{
    struct setting setting;
    struct bytes octets = {(const uint8_t *)"\xff\xfe", 2};
    begin(&setting);
    put(setting.model, "/3/0/14", value_octets(VALUE_STRING, octets));
    put(setting.model, "/1/0/1", value_integer(-1));
    state_take(&setting.state, setting.profile, setting.model);
    ck_assert_uint_eq(setting.state.values.count, 0);
    end(&setting);
}
END_TEST

START_TEST(bounds_the_attributes)
{
    struct state state;
    char text[STATE_TEXT_MOST + 2];
    state_init(&state);
    memset(text, 'a', sizeof text);
    ck_assert(!state_add_attribute(&state, 1, at("/3"), (struct bytes){(uint8_t *)text, 256}));
    ck_assert(state_add_attribute(&state, 1, at("/3"), (struct bytes){NULL, 0}));
    for (unsigned i = 1; i < STATE_ATTRIBUTES_MOST; i++)
        ck_assert(
            state_add_attribute(&state, i, at("/3/0/9"), (struct bytes){(uint8_t *)text, 255}));
    ck_assert(!state_add_attribute(&state, 1, at("/3"), bytes_of("pmin=1")));
    ck_assert_str_eq(state.attributes[0].text, "");
    ck_assert_uint_eq(strlen(state.attributes[7].text), 255);
    ck_assert_uint_eq(state.attributes[7].ssid, 7);
    state_release(&state);
}
END_TEST

START_TEST(applies_what_fits_and_tells_of_the_rest)
{
    struct setting setting;
    begin(&setting);
    add(&setting.state.values, at("/3/0/14"), value_integer(1));
    add(&setting.state.values, at("/77/0"), value_none());
    add(&setting.state.values, at("/3/0/15"), value_string("x"));
    ck_assert_int_eq(state_apply(&setting.state, setting.model), ST_INVALID);
    assert_reads(setting.model, "/3/0/14", "/3/0/14 \"+01:00\"\n");
    assert_reads(setting.model, "/3/0/15", "/3/0/15 \"x\"\n");
    end(&setting);
}
END_TEST

UNIT_MAIN("state", is_empty_for_a_new_device, keeps_what_servers_wrote,
          keeps_an_emptied_multiple_resource, keeps_created_and_deleted_instances,
          keeps_the_result_of_a_bootstrap, leaves_out_what_the_device_finds_out_for_itself,
          leaves_out_what_could_not_be_read_again, bounds_the_attributes,
          applies_what_fits_and_tells_of_the_rest)
