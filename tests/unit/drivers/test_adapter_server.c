/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's server as an actor: what an adapter is asked for, what its answers and events
 * become. The adapters are scripts of the shell, which keep what they were asked in a file. */
#include "base/std.h"

#include <signal.h>
#include <unistd.h>

#include "drivers/adapter_impl.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct adapter *adapter;
static struct server_actor *server;
static struct error error;
static char asked[] = "/tmp/adapter-asked-XXXXXX";

/* ANSWERS: lines of the shell behind the hello; `ask` reads a request and keeps it. */
static void open_adapter(const char *can, const char *answers)
{
    char command[3000];
    signal(SIGPIPE, SIG_IGN);
    scene_open(&scene);
    error_clear(&error);
    snprintf(asked, sizeof asked, "/tmp/adapter-asked-XXXXXX");
    close(mkstemp(asked));
    snprintf(command, sizeof command,
             "ask() { read -r line && printf '%%s\\n' \"$line\" >%s; }; ask; "
             "echo '{\"id\":1,\"protocol\":1,\"name\":\"fake\",\"can\":[%s]}'; %s; read -r line",
             asked, can, answers);
    adapter = adapter_new(&(struct adapter_config){
        .world = scene.world, .command = command, .tool = "test", .role = ADAPTER_SERVER});
    ck_assert_msg(adapter_start(adapter, &error) == ST_OK, "%s", error.text);
    server =
        adapter_server_new(&(struct adapter_server_config){.adapter = adapter,
                                                           .id = 7,
                                                           .endpoint = "scene",
                                                           .catalogue = scene.profile->catalogue,
                                                           .provision = &scene.profile->provision});
    server->listener = scene_listener(&scene);
}

static void close_adapter(void)
{
    server->ops->free(server);
    adapter_free(adapter);
    remove(asked);
    scene_close(&scene);
}

static enum status perform(struct operation *operation, struct outcome *out)
{
    error_clear(&error);
    outcome_init(out);
    enum status status = server->ops->perform(server, "scene", operation, out, &error);
    operation_release(operation);
    return status;
}

static enum status ask(enum operation_kind kind, struct path path, struct outcome *out)
{
    struct operation operation;
    operation_init(&operation, kind);
    operation.path = path;
    operation.limit_ms = 5000;
    return perform(&operation, out);
}

static void was_asked(const char *wanted)
{
    char line[1000] = "";
    FILE *file = fopen(asked, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    fclose(file);
    ck_assert_str_eq(line, wanted);
}

static void says(const char *part)
{
    ck_assert_msg(strstr(error.text, part) != NULL, "no \"%s\" in \"%s\"", part, error.text);
}

START_TEST(asks_and_takes_the_answer)
{
    struct outcome outcome;
    open_adapter("\"read\"", "ask; echo '{\"id\":2,\"code\":\"2.05\",\"format\":\"tlv\",\"values\":"
                             "[{\"path\":\"/16/0/3\",\"value\":1}]}'");
    ck_assert_int_eq(ask(OPERATION_READ, path_resource(16, 0, 3), &outcome), ST_OK);
    was_asked("{\"id\":2,\"deadline\":5000,\"endpoint\":\"scene\",\"do\":\"read\",\"path\":"
              "\"/16/0/3\"}\n");
    ck_assert_uint_eq(outcome.code, 0x45);
    ck_assert_uint_eq(outcome.values.count, 1);
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

START_TEST(what_it_never_tells_is_known_of_each_answer)
{
    struct outcome outcome;
    open_adapter("\"read\"],\"tells\":[\"links\"", "ask; echo '{\"id\":2,\"code\":\"2.05\"}'");
    ck_assert_int_eq(ask(OPERATION_READ, path_resource(16, 0, 3), &outcome), ST_OK);
    ck_assert(!outcome.decoded);
    ck_assert_uint_eq(outcome.untold, UNTOLD_VALUES | UNTOLD_LOCATION | UNTOLD_DATA);
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

/* I-13 and I-3: what scenarios write for people is not for other servers. */
START_TEST(arguments_go_out_as_over_the_wire)
{
    struct operation operation;
    struct outcome outcome;
    open_adapter("\"execute\"", "ask; echo '{\"id\":2,\"code\":\"2.04\"}'");
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 1, 1);
    operation.limit_ms = 5000;
    operation.text = xstrdup("0=SRV_ENCRYPT, 1=3, 2=0x10, 3=0");
    ck_assert_int_eq(perform(&operation, &outcome), ST_OK);
    was_asked("{\"id\":2,\"deadline\":5000,\"endpoint\":\"scene\",\"do\":\"execute\",\"path\":"
              "\"/16/1/1\",\"arguments\":\"0='1',1='3',2='16',3='0'\"}\n");
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

START_TEST(octets_that_are_no_text_cannot_be_said)
{
    struct operation operation;
    struct outcome outcome;
    open_adapter("\"execute\"", "ask");
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 1, 1);
    operation.text = xstrdup("0='\xff'");
    operation.verbatim = true;
    ck_assert_int_eq(perform(&operation, &outcome), ST_UNSUPPORTED);
    says("no UTF-8");
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

START_TEST(what_it_cannot_is_unsupported)
{
    struct outcome outcome;
    open_adapter("\"read\",\"raw\",\"forget\"", "ask; echo '{\"id\":2,\"ok\":true}'");
    ck_assert_int_eq(ask(OPERATION_DELETE, path_instance(16, 0), &outcome), ST_UNSUPPORTED);
    says("adapter \"fake\" cannot do \"delete\"");
    ck_assert_str_eq(outcome.problem, error.text);
    outcome_release(&outcome);
    ck_assert_int_eq(ask(OPERATION_RAW, path_root(), &outcome), ST_UNSUPPORTED);
    says("cannot do \"raw\": messages as they are dictated are not in the adapter protocol");
    outcome_release(&outcome);
    struct operation again;
    operation_init(&again, OPERATION_OBSERVE);
    again.again = true;
    outcome_init(&outcome);
    ck_assert_int_eq(server->ops->perform(server, "scene", &again, &outcome, &error),
                     ST_UNSUPPORTED);
    says("cannot do \"observe again\"");
    outcome_release(&outcome);
    operation_release(&again);
    ck_assert_int_eq(server->ops->control(server, SERVER_RESTART, &error), ST_UNSUPPORTED);
    ck_assert_int_eq(server->ops->control(server, SERVER_FORGET, &error), ST_OK);
    was_asked("{\"id\":2,\"deadline\":10000,\"endpoint\":\"scene\",\"do\":\"control\",\"what\":"
              "\"forget\"}\n");
    close_adapter();
}
END_TEST

START_TEST(tells_what_did_not_work)
{
    struct outcome outcome;
    open_adapter("\"read\"",
                 "ask; echo '{\"id\":2,\"error\":\"unreachable\",\"text\":\"nobody is here\"}';"
                 "ask; echo '{\"id\":3,\"error\":\"unsupported\"}';"
                 "ask; echo '{\"id\":4,\"values\":[]}'");
    ck_assert_int_eq(ask(OPERATION_READ, path_instance(3, 0), &outcome), ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(outcome.problem, "nobody is here"));
    outcome_release(&outcome);
    ck_assert_int_eq(ask(OPERATION_READ, path_instance(3, 0), &outcome), ST_UNSUPPORTED);
    outcome_release(&outcome);
    ck_assert_int_eq(ask(OPERATION_READ, path_instance(3, 0), &outcome), ST_IO);
    says("has neither \"code\" nor \"error\"");
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

START_TEST(judgements_come_with_data)
{
    struct operation operation;
    struct outcome outcome;
    open_adapter("\"authenticate\",\"decrypt\"",
                 "ask; echo '{\"id\":2,\"code\":\"2.05\",\"judgement\":\"wrong\"}';"
                 "ask; echo '{\"id\":3,\"code\":\"2.05\",\"judgement\":\"genuine\",\"data\":"
                 "\"414d\"}'");
    ck_assert_int_eq(ask(OPERATION_AUTHENTICATE, path_instance(16, 1), &outcome), ST_OK);
    ck_assert_int_eq(outcome.judgement, JUDGEMENT_MISMATCH);
    outcome_release(&outcome);
    operation_init(&operation, OPERATION_DECRYPT);
    operation.path = path_instance(16, 1);
    operation.identity = 2;
    operation.limit_ms = 5000;
    ck_assert_int_eq(perform(&operation, &outcome), ST_OK);
    ck_assert_int_eq(outcome.judgement, JUDGEMENT_GENUINE);
    const struct record *record =
        records_find(&outcome.values, path_child(path_resource(16, 1, 0), 2));
    ck_assert_ptr_nonnull(record);
    ck_assert(bytes_is(value_bytes(&record->value), "AM"));
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

/* An observation is cancelled by Reset, and the adapter answers with MEMBERS. */
static void reset_comes_to(enum status wanted, const char *members)
{
    struct operation operation;
    struct outcome outcome;
    char answer[100];
    snprintf(answer, sizeof answer, "ask; echo '{\"id\":2,%s}'", members);
    open_adapter("\"cancel\"", answer);
    operation_init(&operation, OPERATION_CANCEL);
    operation.path = path_resource(16, 1, 3);
    operation.by_reset = true;
    operation.limit_ms = 5000;
    ck_assert_int_eq(perform(&operation, &outcome), wanted);
    ck_assert_uint_eq(outcome.code, 0);
    outcome_release(&outcome);
    close_adapter();
}

START_TEST(a_reset_has_no_answer_and_is_done_when_it_says_so)
{
    reset_comes_to(ST_OK, "\"ok\":true");
    reset_comes_to(ST_IO, "\"ok\":false");
    says("its answer to \"cancel\" has neither \"ok\" that is true nor \"error\"");
}
END_TEST

static void control_is_not_done(const char *answer)
{
    open_adapter("\"restart\"", answer);
    error_clear(&error);
    ck_assert_int_eq(server->ops->control(server, SERVER_RESTART, &error), ST_IO);
    says("its answer to \"restart\" has neither");
    close_adapter();
}

START_TEST(a_control_is_done_when_it_says_so)
{
    open_adapter("\"restart\"", "ask; echo '{\"id\":2,\"ok\":true}'");
    error_clear(&error);
    ck_assert_int_eq(server->ops->control(server, SERVER_RESTART, &error), ST_OK);
    close_adapter();
    control_is_not_done("ask; echo '{\"id\":2,\"ok\":false}'");
    control_is_not_done("ask; echo '{\"id\":2,\"ok\":1}'");
    control_is_not_done("ask; echo '{\"id\":2}'");
}
END_TEST

START_TEST(hears_its_events_of_this_device)
{
    open_adapter("\"registered\",\"notify\",\"forget\"",
                 "ask; echo '{\"event\":\"registered\",\"endpoint\":\"other\"}';"
                 "echo '{\"event\":\"registered\",\"endpoint\":\"scene\",\"links\":\"</16/1>\","
                 "\"lifetime\":300,\"version\":\"1.1\"}';"
                 "echo '{\"event\":\"updated\",\"endpoint\":\"scene\"}';"
                 "echo '{\"event\":\"notify\",\"endpoint\":\"scene\",\"path\":\"/16/1/3\",\"code\":"
                 "\"2.05\",\"values\":[{\"path\":\"/16/1/3\",\"value\":1}]}'; echo "
                 "'{\"id\":2,\"ok\":true}'");
    ck_assert_int_eq(server->ops->control(server, SERVER_FORGET, &error), ST_OK);
    const struct heard *heard = scene_await(&scene, ACTOR_NOTIFIED);
    ck_assert(path_equal(heard->path, path_resource(16, 1, 3)));
    ck_assert_uint_eq(heard->code, 0x45);
    ck_assert_uint_eq(scene.heard_count, 3);
    ck_assert_str_eq(scene.heard[0].endpoint, "scene");
    ck_assert_str_eq(scene.heard[0].links, "</16/1>");
    ck_assert_str_eq(scene.heard[0].lifetime, "300");
    ck_assert(!scene.heard[1].has_list);
    ck_assert(server->ops->tells(server, ACTOR_REGISTERED));
    ck_assert(!server->ops->tells(server, ACTOR_SENT));
    ck_assert(server->ops->tells(server, ACTOR_REQUESTED)); /* that is not its to tell */
    close_adapter();
}
END_TEST

START_TEST(an_event_that_makes_no_sense_is_babble)
{
    struct outcome outcome;
    open_adapter("\"read\"", "ask; echo '{\"event\":\"registered\",\"lifetime\":\"long\"}'");
    ck_assert_int_eq(ask(OPERATION_READ, path_instance(3, 0), &outcome), ST_IO);
    says("its \"lifetime\" is not a whole number that fits: {\"event\":");
    outcome_release(&outcome);
    close_adapter();
}
END_TEST

UNIT_MAIN("adapter_server", asks_and_takes_the_answer, what_it_never_tells_is_known_of_each_answer,
          arguments_go_out_as_over_the_wire, octets_that_are_no_text_cannot_be_said,
          what_it_cannot_is_unsupported, tells_what_did_not_work, judgements_come_with_data,
          a_reset_has_no_answer_and_is_done_when_it_says_so, a_control_is_done_when_it_says_so,
          hears_its_events_of_this_device, an_event_that_makes_no_sense_is_babble)
