/* SPDX-License-Identifier: Apache-2.0 */
/* Send: what the server hears without asking, and when the device keeps silent. */
#include "tests/unit/device/composites.h"

enum { LATENCY = 20 };

static enum status send_to(struct heard *heard, const char *const *paths, struct error *error)
{
    struct records records;
    records_init(&records);
    for (; *paths != NULL; paths++) {
        struct path path;
        ck_assert(path_parse(bytes_of(*paths), &path));
        ck_assert(records_add(&records, path, value_none()));
    }
    world_forget(heard->world);
    error_clear(error);
    enum status status = device_send(heard->world->device, &records, error);
    world_run(heard->world, 10);
    records_release(&records);
    return status;
}

static void set_mute(struct heard *heard, const char *value)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/1/0/23", FORMAT_TEXT, value), CODE_CHANGED);
}

static const char *const two_paths[] = {"/3/0/9", "/3/0/16", NULL};

/* ETS 306 */
START_TEST(posts_the_values_to_dp)
{
    struct heard *heard = heard_new(SENDING_PROFILE("\"senml-json\""));
    struct error error;
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_OK);
    ck_assert_str_eq(buf_text(&heard->world->heard),
                     "POST /dp [{\"n\":\"/3/0/9\",\"v\":50},{\"n\":\"/3/0/16\",\"vs\":\"U\"}]\n");
    ck_assert_str_eq(buf_text(&heard->world->events), "");
    heard_free(heard);
}
END_TEST

START_TEST(sends_senml_cbor_unless_the_profile_prefers_json)
{
    static const char *const paths[] = {"/3/0/16", NULL};
    struct heard *heard = heard_new(SENDING_PROFILE("\"tlv\""));
    struct error error;
    ck_assert_int_eq(send_to(heard, paths, &error), ST_OK);
    /* [{0: "/3/0/16", 3: "U"}] */
    ck_assert_str_eq(buf_text(&heard->world->heard), "POST /dp \x81\xa2");
    heard_free(heard);
}
END_TEST

/* ETS 307 */
START_TEST(keeps_silent_while_it_is_muted)
{
    struct heard *heard = heard_new(SENDING_PROFILE("\"senml-json\""));
    struct error error;
    set_mute(heard, "1");
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_REFUSED);
    ck_assert_str_eq(error.text, "cannot send: the server has muted it; \"/1/0/23\" must be false");
    ck_assert_str_eq(buf_text(&heard->world->heard), "");
    set_mute(heard, "0");
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_OK);
    ck_assert_uint_eq(world_count(&heard->world->heard, "POST /dp "), 1);
    heard_free(heard);
}
END_TEST

/* LwM2M TS 1.0, 5.3: absent means muted */
START_TEST(is_muted_unless_the_server_object_says_otherwise)
{
    struct heard *heard = start();
    struct error error;
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_REFUSED);
    ck_assert_str_eq(buf_text(&heard->world->heard), "");
    heard_free(heard);
}
END_TEST

/* rule: I-10 */
START_TEST(leaves_auth_data_where_it_is)
{
    static const char *const paths[] = {"/16/0", NULL};
    struct heard *heard = heard_new(SENDING_PROFILE("\"senml-json\""));
    struct error error;
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_int_eq(send_to(heard, paths, &error), ST_OK);
    ck_assert_ptr_nonnull(strstr(buf_text(&heard->world->heard), "/16/0/2/0"));
    ck_assert(has_data(heard, 0));
    ck_assert_int_eq(status_of(heard, 0), 1);
    heard_free(heard);
}
END_TEST

START_TEST(sends_nothing_of_the_security_object_and_nothing_empty)
{
    static const char *const paths[] = {"/0", "/77", NULL};
    struct heard *heard = heard_new(SENDING_PROFILE("\"senml-json\""));
    struct error error;
    ck_assert_int_eq(send_to(heard, paths, &error), ST_NOT_FOUND);
    ck_assert_str_eq(error.text, "cannot send: there is nothing to read at these paths");
    ck_assert_str_eq(buf_text(&heard->world->heard), "");
    heard_free(heard);
}
END_TEST

START_TEST(says_why_it_cannot_send)
{
    struct heard *heard = heard_new(NULL);
    struct error error;
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.text, "LwM2M 1.0 has no Send"));
    heard_free(heard);
    heard = heard_new(SENDING_PROFILE("\"senml-json\""));
    device_deregister(heard->world->device);
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "not registered"));
    heard_free(heard);
}
END_TEST

START_TEST(says_what_the_server_does_not_take)
{
    struct heard *heard = heard_new(SENDING_PROFILE("\"senml-json\""));
    struct error error;
    heard->world->update_code = CODE_NOT_FOUND;
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_OK);
    ck_assert_str_eq(
        buf_text(&heard->world->events),
        "warning the server at \"coap://server\" did not take what was sent: 4.04 Not Found\n");
    fake_endpoint_silence(heard->world->server_end, true);
    ck_assert_int_eq(send_to(heard, two_paths, &error), ST_OK);
    world_run(heard->world, 100000);
    ck_assert_ptr_nonnull(
        strstr(buf_text(&heard->world->events),
               "warning the server at \"coap://server\" did not answer what was sent: "));
    heard_free(heard);
}
END_TEST

UNIT_MAIN("send", posts_the_values_to_dp, sends_senml_cbor_unless_the_profile_prefers_json,
          keeps_silent_while_it_is_muted, is_muted_unless_the_server_object_says_otherwise,
          leaves_auth_data_where_it_is, sends_nothing_of_the_security_object_and_nothing_empty,
          says_why_it_cannot_send, says_what_the_server_does_not_take)
