/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of a file, played to the end, and each way in which that does not happen. */
#include "base/std.h"

#include "tests/unit/server/bs_scene.h"

/* Delete, write, read and Finish for "dev". */
struct plan {
    struct operation operations[3];
    struct bootstrap_client client;
    struct bootstrap_file file;
};

static void plan_init(struct plan *plan)
{
    static char name[] = "dev";
    plan->operations[0] = fake_operation(OPERATION_DELETE, "/");
    plan->operations[1] = fake_operation(OPERATION_WRITE, "/1/0");
    ck_assert(records_add(&plan->operations[1].values, path_resource(1, 0, 1), value_integer(60)));
    plan->operations[2] = fake_operation(OPERATION_READ, "/1/0/1");
    plan->client = (struct bootstrap_client){
        .endpoint = name, .operations = plan->operations, .count = 3, .finish = true};
    plan->file = (struct bootstrap_file){.clients = &plan->client, .count = 1};
}

static void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < COUNT_OF(plan->operations); i++)
        operation_release(&plan->operations[i]);
}

static void play(struct bs_scene *scene)
{
    ck_assert_int_eq(bs_ask(scene, "ep=dev"), CODE_CHANGED);
    fake_client_run(scene->client, 1000);
}

START_TEST(plays_all_of_it)
{
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    bs_scene_init(&scene, &plan.file, false);
    scene.codes[0] = CODE_DELETED;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 2.02 \nwrite /1/0 2.04 \nread /1/0/1 2.05 \n"
                    "finish / 2.04 \nend dev: finished\n");
    ck_assert_str_eq(buf_text(&scene.wire),
                     "DELETE /\nPUT /1/0 11542 c1013c\nGET /1/0/1\nPOST /bs\n");
    ck_assert_int_eq(bs_ask(&scene, "ep=other"), CODE_BAD_REQUEST);
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

START_TEST(ends_at_an_error_unless_told_otherwise)
{
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    bs_scene_init(&scene, &plan.file, false);
    scene.codes[0] = CODE_BAD_REQUEST;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 4.00 \nend dev: ended without Bootstrap-Finish\n");
    plan.client.goes_on = true;
    scene.codes[1] = CODE_BAD_REQUEST;
    scene.codes[4] = CODE_NOT_ACCEPTABLE;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 4.00 \nwrite /1/0 2.04 \nread /1/0/1 2.05 \n"
                    "finish / 4.06 \nend dev: the client refused Bootstrap-Finish\n");
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

START_TEST(may_leave_the_finish_out)
{
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    plan.client.finish = false;
    bs_scene_init(&scene, &plan.file, false);
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 2.04 \nwrite /1/0 2.04 \nread /1/0/1 2.05 \n"
                    "end dev: ended without Bootstrap-Finish\n");
    plan.client.count = 0;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\nend dev: ended without Bootstrap-Finish\n");
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

/* An opaque format cannot carry what the operation says. */
START_TEST(takes_what_cannot_be_sent_as_an_error)
{
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    plan.client.goes_on = true;
    plan.operations[1].format = 42;
    bs_scene_init(&scene, &plan.file, false);
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 2.04 \n"
                    "write /1/0 0.00 these values cannot be sent as \"opaque\"; use `as tlv`\n"
                    "read /1/0/1 2.05 \nfinish / 2.04 \nend dev: finished\n");
    plan.client.goes_on = false;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 2.04 \n"
                    "write /1/0 0.00 these values cannot be sent as \"opaque\"; use `as tlv`\n"
                    "end dev: ended without Bootstrap-Finish\n");
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

START_TEST(begins_anew_when_the_client_does)
{
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    bs_scene_init(&scene, &plan.file, false);
    scene.silent_at = 2;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 2.04 \n");
    fake_endpoint_silence(scene.client->device_end, false);
    play(&scene);
    BS_TOLD(&scene, "write /1/0 0.00 cancelled\nend dev: the client asked again\n"
                    "request dev -1\ndelete / 2.04 \nwrite /1/0 2.04 \nread /1/0/1 2.05 \n"
                    "finish / 2.04 \nend dev: finished\n");
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

START_TEST(gives_up_when_no_answer_comes)
{
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    plan.client.goes_on = true;
    bs_scene_init(&scene, &plan.file, false);
    scene.silent_at = 2;
    play(&scene);
    buf_clear(&scene.told);
    fake_client_run(scene.client, 200000);
    BS_TOLD(&scene, "write /1/0 0.00 timed out\nend dev: the client is gone\n");
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

START_TEST(hands_out_keys_over_secured_links_only)
{
    static const struct peer_security security = {.identity = "known"};
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    ck_assert(records_add(&plan.operations[1].values, path_resource(0, 0, 5),
                          value_octets(VALUE_OPAQUE, bytes_of("key"))));
    bs_scene_init(&scene, &plan.file, false);
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_BAD_REQUEST);
    BS_TOLD(&scene, "");
    fake_endpoint_peer(scene.client->server_end, 0)->security = &security;
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_CHANGED);
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

/* A bootstrap that is under way is not thrown out by somebody else. */
START_TEST(begins_anew_for_the_same_link_only)
{
    static const struct peer_security first = {.identity = "known"}, second = {.identity = "else"};
    struct plan plan;
    struct bs_scene scene;
    plan_init(&plan);
    bs_scene_init(&scene, &plan.file, false);
    ck_assert_int_eq(bs_ask(&scene, "ep=nobody"), CODE_BAD_REQUEST);
    struct peer *peer = fake_endpoint_peer(scene.client->server_end, 0);
    peer->security = &first;
    scene.silent_at = 2;
    play(&scene);
    BS_TOLD(&scene, "request dev -1\ndelete / 2.04 \n");
    fake_endpoint_silence(scene.client->device_end, false);
    peer->security = NULL;
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_FORBIDDEN);
    peer->security = &second;
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_FORBIDDEN);
    peer->security = &first;
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_CHANGED);
    bs_scene_release(&scene);
    plan_release(&plan);
}
END_TEST

UNIT_MAIN("bsserver_file", hands_out_keys_over_secured_links_only,
          begins_anew_for_the_same_link_only, plays_all_of_it,
          ends_at_an_error_unless_told_otherwise, may_leave_the_finish_out,
          takes_what_cannot_be_sent_as_an_error, begins_anew_when_the_client_does,
          gives_up_when_no_answer_comes)
