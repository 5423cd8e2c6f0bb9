/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a server's defects, and that what stands in does what its row says and nothing else.
 * That the suite finds them all is proven by tests/defects. */
#include "base/std.h"

#include "server/defects_impl.h"
#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

START_TEST(each_row_has_a_name_of_its_own_a_rule_and_a_clause)
{
    const struct server_defect *row;
    for (size_t i = 0; (row = server_defect_at(i)) != NULL; i++) {
        const struct defect *defect = server_defect_info(row);
        ck_assert_uint_eq(strspn(defect->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                          strlen(defect->name));
        ck_assert_ptr_eq(server_defect_named(bytes_of(defect->name)), row);
        ck_assert_uint_gt(strlen(defect->rule), 0);
        ck_assert_uint_gt(strlen(defect->text), 0);
    }
    ck_assert_ptr_null(server_defect_named(bytes_of("nonesuch")));
}
END_TEST

/* --- decisions ------------------------------------------------------------------------------ */

static struct clock *the_clock;

static struct seeded_server *seed(const char *name)
{
    const struct server_defect *defect = server_defect_named(bytes_of(name));
    ck_assert_ptr_nonnull(defect);
    the_clock = clock_new_virtual(0);
    return seeded_server_new(defect, catalogue_builtin(), the_clock);
}

static void unseed(struct seeded_server *seeded)
{
    seeded_server_free(seeded);
    clock_free(the_clock);
}

static const char *arguments_of(const struct seeded_server *seeded)
{
    static char text[SERVICE_ARGUMENTS_MOST];
    const struct service_ops *ops = seeded_server_service(seeded);
    const struct service_ask ask = {SERVICE_AUTHENTICATION, 2, 1, "7", NULL};
    struct buf out;
    buf_init(&out, sizeof text - 1);
    ops->arguments(ops, &ask, &out);
    snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_release(&out);
    return text;
}

START_TEST(arguments_are_wrong_in_one_way)
{
    static const struct {
        const char *name, *arguments;
    } rows[] = {
        {"challenge-used-again", "0='0',1='2',2='7',3='1'"},
        {"challenge-not-sent", "0='0',1='2',3='1'"},
        {"service-swapped", "0='1',1='2',2='7',3='1'"},
        {"service-left-out", "1='2',2='7',3='1'"},
        {"identity-from-one", "0='0',1='3',2='7',3='1'"},
        {"identity-always-0", "0='0',1='0',2='7',3='1'"},
        {"identity-left-out", "0='0',2='7',3='1'"},
        {"key-from-one", "0='0',1='2',2='7',3='2'"},
        {"key-always-0", "0='0',1='2',2='7',3='0'"},
        {"key-left-out", "0='0',1='2',2='7'"},
        {"key-and-identity-swapped", "0='0',1='1',2='7',3='2'"},
        {"arguments-unquoted", "0=0,1=2,2=7,3=1"},
        {"arguments-as-printed", "0=SRV_AUTHENT, 1=2, 2=7, 3=1"},
        {"arguments-with-blanks", "0='0', 1='2', 2='7', 3='1'"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct seeded_server *seeded = seed(rows[i].name);
        ck_assert_str_eq(arguments_of(seeded), rows[i].arguments);
        unseed(seeded);
    }
}
END_TEST

START_TEST(a_challenge_comes_again)
{
    struct seeded_server *seeded = seed("challenge-used-again");
    const struct service_ops *ops = seeded_server_service(seeded);
    char first[SERVICE_CHALLENGE_TEXT], second[SERVICE_CHALLENGE_TEXT];
    struct chance chance;
    chance_init_seed(&chance, 1);
    ops->challenge(ops, &chance, first);
    ops->challenge(ops, &chance, second);
    ck_assert_str_eq(first, second);
    service_standard.challenge(&service_standard, &chance, second);
    ck_assert_str_ne(first, second);
    unseed(seeded);
}
END_TEST

START_TEST(its_course_and_its_verdict_are_wrong_in_one_way)
{
    struct seeded_server *seeded = seed("error-taken-for-data");
    const struct service_ops *ops = seeded_server_service(seeded);
    ck_assert_int_eq(ops->course(ops, STATUS_UNKNOWN), SERVICE_ASKS);
    ck_assert_int_eq(ops->course(ops, STATUS_IDLE), SERVICE_ASKS);
    ck_assert_int_eq(ops->course(ops, STATUS_DATA_AVAIL), SERVICE_FETCHES);
    ck_assert_int_eq(ops->course(ops, STATUS_ERROR), SERVICE_FETCHES);
    ck_assert_int_eq(ops->verdict(ops, JUDGEMENT_NONE, NULL), JUDGEMENT_GENUINE);
    ck_assert_int_eq(ops->verdict(ops, JUDGEMENT_MISMATCH, NULL), JUDGEMENT_MISMATCH);
    unseed(seeded);
}
END_TEST

/* --- the endpoint --------------------------------------------------------------------------- */

/* A request or an answer of a row, without a network. */
static void pass(const char *name, struct message *request)
{
    struct seeded_server *seeded = seed(name);
    const struct server_defect *row = server_defect_named(bytes_of(name));
    row->asking(seeded, NULL, request);
    unseed(seeded);
}

START_TEST(requests_are_wrong_in_one_way)
{
    struct message request;
    message_init(&request);
    request.code = CODE_GET;
    request.observe = 0;
    pass("observe-as-read", &request);
    ck_assert_int_eq(request.observe, -1);
    request.accept = FORMAT_TLV;
    pass("format-not-as-told", &request);
    ck_assert_int_eq(request.accept, FORMAT_SENML_JSON);
    request.accept = FORMAT_LINK;
    pass("format-not-as-told", &request);
    ck_assert_int_eq(request.accept, FORMAT_LINK);
    pass("discover-as-read", &request);
    ck_assert_int_eq(request.accept, FORMAT_NONE);
    request.code = CODE_PUT;
    pass("write-is-partial", &request); /* attributes */
    ck_assert_int_eq(request.code, CODE_PUT);
    request.format = FORMAT_TLV;
    pass("write-is-partial", &request);
    ck_assert_int_eq(request.code, CODE_POST);
    message_release(&request);
}
END_TEST

START_TEST(contents_are_wrong_in_one_way)
{
    struct records records;
    struct path path = path_resource(16, 0, 0);
    records_init(&records);
    ck_assert(records_add(&records, path_child(path, 0), value_string("a")));
    ck_assert(records_add(&records, path_child(path, 1), value_string("b")));
    ck_assert(records_add(&records, path_resource(16, 0, 3), value_integer(0)));
    server_defect_named(bytes_of("news-dropped"))->content(path, false, &records);
    ck_assert_uint_eq(records.count, 3);
    server_defect_named(bytes_of("instances-dropped"))->content(path, false, &records);
    ck_assert_uint_eq(records.count, 2);
    ck_assert_uint_eq(records.items[1].path.id[2], 3);
    server_defect_named(bytes_of("news-dropped"))->content(path, true, &records);
    ck_assert_uint_eq(records.count, 1);
    records_release(&records);
}
END_TEST

UNIT_MAIN("defects", each_row_has_a_name_of_its_own_a_rule_and_a_clause,
          arguments_are_wrong_in_one_way, a_challenge_comes_again,
          its_course_and_its_verdict_are_wrong_in_one_way, requests_are_wrong_in_one_way,
          contents_are_wrong_in_one_way)
