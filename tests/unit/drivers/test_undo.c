/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken away again after a scenario, in which order, and what is not. */
#include "base/std.h"

#include "drivers/undo.h"
#include "tests/unit/unit.h"

struct fake {
    struct server_actor actor;
    char log[400];
    bool is_gone;
};
static struct fake fake;
static struct undo undo;
static struct records claims;

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    char path[PATH_TEXT];
    size_t len = strlen(fake.log);
    UNUSED(actor);
    UNUSED(out);
    UNUSED(error);
    ck_assert_str_eq(endpoint, "dev");
    ck_assert(operation->tidies);
    ck_assert_int_eq(operation->limit_ms, 50);
    snprintf(fake.log + len, sizeof fake.log - len, "%s %s %s; ", operation_name(operation->kind),
             path_text(operation->path, path), operation->text == NULL ? "" : operation->text);
    return fake.is_gone ? ST_TIMEOUT : ST_OK;
}

static const struct server_actor_ops ops = {.perform = perform};

static void open_fake(void)
{
    fake = (struct fake){.actor.ops = &ops};
    records_init(&claims);
}

/* OUTCOME is released. */
static void note_outcome(enum operation_kind kind, struct path path, const char *text,
                         struct outcome *outcome)
{
    struct operation operation;
    operation_init(&operation, kind);
    operation.path = path;
    operation.text = text == NULL ? NULL : xstrdup(text);
    undo_note(&undo, &claims, &operation, outcome);
    outcome_release(outcome);
    operation_release(&operation);
}

static void note(enum operation_kind kind, struct path path, const char *text, uint8_t code)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = code;
    note_outcome(kind, path, text, &outcome);
}

static void undone_is(const char *log)
{
    undo_all(&undo, &fake.actor, "dev", 50);
    ck_assert_str_eq(fake.log, log);
    ck_assert_uint_eq(undo.count, 0);
}

START_TEST(attributes_that_are_left_are_unset)
{
    open_fake();
    note(OPERATION_ATTRIBUTES, path_resource(3, 0, 9), "gt=5&lt=1&st=2", 0x44);
    note(OPERATION_ATTRIBUTES, path_object(3), "pmin=1", 0x44);
    note(OPERATION_ATTRIBUTES, path_resource(3, 0, 9), "lt&gt=7", 0x44);
    note(OPERATION_ATTRIBUTES, path_resource(3, 0, 9), "pmax=1", 0x80); /* refused */
    undone_is("attributes /3/0/9 gt; attributes /3 pmin; attributes /3/0/9 st; ");
}
END_TEST

START_TEST(instances_that_are_left_are_deleted)
{
    open_fake();
    note(OPERATION_CREATE, path_instance(16, 7), NULL, 0x41);
    note(OPERATION_CREATE, path_instance(16, 8), NULL, 0x41);
    note(OPERATION_CREATE, path_instance(16, 9), NULL, 0x80);
    note(OPERATION_ATTRIBUTES, path_instance(16, 8), "pmin=1", 0x44);
    note(OPERATION_DELETE, path_instance(16, 8), NULL, 0x42);
    undone_is("delete /16/7 ; ");
}
END_TEST

/* A Create below OBJECT of which the device says that it made LOCATION. */
static void note_located(uint16_t object, struct path location)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = 0x41;
    outcome.has_location = true;
    outcome.location = location;
    note_outcome(OPERATION_CREATE, path_object(object), NULL, &outcome);
}

START_TEST(an_id_that_the_device_chose_is_its_location)
{
    open_fake();
    note_located(16, path_instance(16, 3));
    undone_is("delete /16/3 ; ");
}
END_TEST

START_TEST(what_the_device_had_before_is_never_deleted)
{
    open_fake();
    ck_assert(records_add(&claims, path_resource(16, 1, 0), value_none()));
    note(OPERATION_CREATE, path_instance(16, 1), NULL, 0x41); /* which should have been refused */
    note_located(16, path_instance(16, 1));
    note_located(16, path_instance(3, 0));
    note_located(16, path_object(16));
    note_located(16, path_root());
    records_release(&claims);
    undone_is("");
}
END_TEST

START_TEST(what_a_dictated_message_deleted_is_gone)
{
    open_fake();
    note(OPERATION_CREATE, path_instance(16, 7), NULL, 0x41);
    note(OPERATION_RAW, path_instance(16, 7), NULL, 0x42);
    undone_is("");
}
END_TEST

START_TEST(a_device_that_is_gone_is_left_alone)
{
    open_fake();
    fake.is_gone = true;
    note(OPERATION_CREATE, path_instance(16, 7), NULL, 0x41);
    note(OPERATION_CREATE, path_instance(16, 8), NULL, 0x41);
    undone_is("delete /16/8 ; ");
}
END_TEST

START_TEST(more_than_it_holds_is_not_kept)
{
    open_fake();
    for (unsigned i = 0; i < UNDO_MOST + 5; i++)
        note(OPERATION_ATTRIBUTES, path_instance(16, (uint16_t)i), "pmin=1", 0x44);
    ck_assert_uint_eq(undo.count, UNDO_MOST);
    undo_clear(&undo);
    undone_is("");
}
END_TEST

/* A write to PATH answered by CODE, as a part of the cleanup or not. */
static void write_at(struct path path, bool tidies, uint8_t code)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_WRITE);
    operation.path = path;
    operation.tidies = tidies;
    outcome_init(&outcome);
    outcome.code = code;
    undo_note(&undo, &claims, &operation, &outcome);
    outcome_release(&outcome);
    operation_release(&operation);
}

START_TEST(what_a_device_that_is_gone_keeps_is_named)
{
    open_fake();
    write_at(path_resource(16, 2, 0), false, 0x44);
    write_at(path_resource(16, 2, 0), false, 0x44);
    write_at(path_resource(1, 0, 1), false, 0x80); /* refused */
    write_at(path_resource(1, 0, 3), false, 0);    /* no answer: who knows */
    note(OPERATION_CREATE, path_instance(16, 7), NULL, 0x41);
    write_at(path_resource(16, 7, 0), false, 0x44); /* goes with it */
    undo_give_up(&undo);
    ck_assert_str_eq(undo.left, "/16/2/0, /1/0/3, /16/7");
    undone_is("");
    ck_assert_str_eq(undo.left, "");
}
END_TEST

START_TEST(what_the_cleanup_wrote_back_is_not)
{
    open_fake();
    write_at((struct path){{16, 2, 0, 1}, 4}, false, 0x44);
    write_at(path_resource(16, 2, 0), true, 0x44);
    undo_give_up(&undo);
    ck_assert_str_eq(undo.left, "");
    write_at(path_resource(16, 2, 0), false, 0x44);
    write_at(path_resource(16, 2, 0), true, 0x80); /* refused */
    undone_is("");
    ck_assert_str_eq(undo.left, "/16/2/0");
    write_at(path_resource(16, 2, 0), false, 0x44); /* no cleanup is meant to be */
    undone_is("");
    ck_assert_str_eq(undo.left, "");
}
END_TEST

START_TEST(what_could_not_be_undone_is_named)
{
    open_fake();
    fake.is_gone = true;
    note(OPERATION_CREATE, path_instance(16, 7), NULL, 0x41);
    note(OPERATION_ATTRIBUTES, path_resource(3, 0, 9), "lt=1", 0x44);
    undone_is("attributes /3/0/9 lt; ");
    ck_assert_str_eq(undo.left, "/3/0/9, /16/7");
}
END_TEST

UNIT_MAIN("undo", what_a_device_that_is_gone_keeps_is_named, what_the_cleanup_wrote_back_is_not,
          what_could_not_be_undone_is_named, attributes_that_are_left_are_unset,
          instances_that_are_left_are_deleted, an_id_that_the_device_chose_is_its_location,
          what_the_device_had_before_is_never_deleted, what_a_dictated_message_deleted_is_gone,
          a_device_that_is_gone_is_left_alone, more_than_it_holds_is_not_kept)
