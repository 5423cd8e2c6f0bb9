/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a bootstrap: a sentence for each step, failures as warnings, no secrets. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/sim.h"
#include "net/message.h"
#include "tests/unit/unit.h"

struct ear {
    struct clock *clock;
    struct trace trace;
    struct trace_listener listener;
    struct bsserver_config config;
    struct bs_session session;
    struct peer peer;
    struct buf heard; /* "bootstrap /0/1 2.04 SENTENCE" */
};

static void hear(void *arg, const struct event *event)
{
    struct ear *ear = arg;
    buf_printf(&ear->heard, "%s %s %s %s", event_kind_name(event->kind),
               event->path == NULL ? "-" : event->path, event->code == NULL ? "-" : event->code,
               event->text);
}

static void listen(struct ear *ear)
{
    static char name[] = "dev";
    *ear = (struct ear){.peer = {.name = "127.0.0.1:1"}};
    ear->clock = clock_new_virtual(0);
    trace_init(&ear->trace, ear->clock);
    ear->listener = (struct trace_listener){.hear = hear, .arg = ear};
    trace_listen(&ear->trace, &ear->listener);
    ear->session = (struct bs_session){.endpoint = name, .peer = &ear->peer, .format = -1};
    buf_init(&ear->heard, 10000);
    bootstrap_log(&ear->config, &ear->trace);
}

static void leave(struct ear *ear)
{
    buf_release(&ear->heard);
    clock_free(ear->clock);
}

#define HEARD(EAR, TEXT)                                                                           \
    do {                                                                                           \
        ck_assert_str_eq(buf_text(&(EAR)->heard), TEXT);                                           \
        buf_clear(&(EAR)->heard);                                                                  \
    } while (0)

/* A step on PATH that came to CODE with CONTENT. */
static void step(struct ear *ear, enum operation_kind kind, const char *path, uint8_t code,
                 const char *content)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, kind);
    outcome_init(&outcome);
    ck_assert(path_parse(bytes_of(path), &operation.path));
    outcome.code = code;
    if (content != NULL) {
        outcome.format = FORMAT_LINK;
        buf_puts(&outcome.payload, content);
    }
    ear->config.on_step(ear->config.arg, &ear->session, &operation, ST_OK, &outcome);
    outcome_release(&outcome);
    operation_release(&operation);
}

START_TEST(tells_who_asks)
{
    struct ear ear;
    listen(&ear);
    ear.config.on_request(ear.config.arg, &ear.session);
    HEARD(&ear, "bootstrap /bs - client \"dev\" asks for a bootstrap");
    ear.session.format = FORMAT_SENML_CBOR;
    ear.config.on_request(ear.config.arg, &ear.session);
    HEARD(&ear, "bootstrap /bs - client \"dev\" asks for a bootstrap, preferably as senml-cbor");
    leave(&ear);
}
END_TEST

START_TEST(tells_each_step)
{
    struct ear ear;
    listen(&ear);
    step(&ear, OPERATION_WRITE, "/0/1", CODE_CHANGED, NULL);
    HEARD(&ear, "bootstrap /0/1 2.04 bootstrap of client \"dev\": write /0/1 => 2.04 Changed");
    step(&ear, OPERATION_DISCOVER, "/", CODE_CONTENT, "</>;lwm2m=1.1");
    HEARD(&ear, "bootstrap / 2.05 bootstrap of client \"dev\": discover / => 2.05 </>;lwm2m=1.1");
    step(&ear, OPERATION_DELETE, "/", CODE_BAD_REQUEST, NULL);
    HEARD(&ear, "warning / 4.00 bootstrap of client \"dev\": delete / => 4.00 Bad Request");
    step(&ear, OPERATION_FINISH, "/", CODE_NOT_ACCEPTABLE, NULL);
    HEARD(&ear, "warning /bs 4.06 bootstrap of client \"dev\": finish => 4.06 Not Acceptable");
    step(&ear, OPERATION_FINISH, "/", CODE_NOT_ACCEPTABLE, "there is no server account");
    HEARD(&ear,
          "warning /bs 4.06 bootstrap of client \"dev\": finish => 4.06 Not Acceptable: there "
          "is no server account");
    step(&ear, OPERATION_WRITE, "/0/1", CODE_BAD_REQUEST, "\x1b");
    HEARD(&ear, "warning /0/1 4.00 bootstrap of client \"dev\": write /0/1 => 4.00 Bad Request");
    leave(&ear);
}
END_TEST

START_TEST(shows_no_value_of_other_objects)
{
    struct ear ear;
    listen(&ear);
    step(&ear, OPERATION_READ, "/0/1", CODE_CONTENT, "secret");
    HEARD(&ear, "bootstrap /0/1 2.05 bootstrap of client \"dev\": read /0/1 => 2.05 Content");
    step(&ear, OPERATION_READ, "/1/0", CODE_CONTENT, "</1/0>");
    HEARD(&ear, "bootstrap /1/0 2.05 bootstrap of client \"dev\": read /1/0 => 2.05 </1/0>");
    leave(&ear);
}
END_TEST

START_TEST(tells_that_nothing_came)
{
    struct ear ear;
    struct operation operation;
    struct outcome outcome;
    listen(&ear);
    operation_init(&operation, OPERATION_FINISH);
    outcome_init(&outcome);
    ear.config.on_step(ear.config.arg, &ear.session, &operation, ST_TIMEOUT, &outcome);
    HEARD(&ear, "warning /bs - bootstrap of client \"dev\": finish => timed out");
    snprintf(outcome.problem, sizeof outcome.problem, "no answer");
    ear.config.on_step(ear.config.arg, &ear.session, &operation, ST_TIMEOUT, &outcome);
    HEARD(&ear, "warning /bs - bootstrap of client \"dev\": finish => no answer");
    outcome_release(&outcome);
    operation_release(&operation);
    leave(&ear);
}
END_TEST

START_TEST(tells_the_end)
{
    struct ear ear;
    listen(&ear);
    ear.config.on_end(ear.config.arg, &ear.session, BS_FINISHED);
    HEARD(&ear, "bootstrap - - bootstrap of client \"dev\": finished");
    ear.config.on_end(ear.config.arg, &ear.session, BS_CLOSED);
    HEARD(&ear, "warning - - bootstrap of client \"dev\" failed: ended without Bootstrap-Finish");
    leave(&ear);
}
END_TEST

UNIT_MAIN("bootstrap_log", tells_who_asks, tells_each_step, shows_no_value_of_other_objects,
          tells_that_nothing_came, tells_the_end)
