/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter protocol as octets, for both of its ends (lwm2m-portfolio-adapter(7)): members that
 * are written, and values, operations, outcomes and events that are read. */
#ifndef DRIVERS_ADAPTER_IMPL_H
#define DRIVERS_ADAPTER_IMPL_H

#include "base/json.h"
#include "drivers/adapter.h"

enum { ADAPTER_PROTOCOL = 1, ADAPTER_WORD = 32 };

/* --- adapter_write.c: a line is what stands between `{` and `}` ------------------------------- */
void say_begin(struct buf *line);
void say_end(struct buf *line);
/* Each appends a member. */
void say_text(struct buf *line, const char *name, struct bytes text);
void say_word(struct buf *line, const char *name, const char *word); /* NULL: nothing is said */
void say_number(struct buf *line, const char *name, int64_t number);
void say_flag(struct buf *line, const char *name, bool flag);
void say_path(struct buf *line, const char *name, struct path path);
/* `"paths":[…]` of RECORDS. */
void say_paths(struct buf *line, const struct records *records);
/* `"value":…,"type":…`; what is no UTF-8 is opaque. */
void say_value(struct buf *line, const struct value *value);
void say_values(struct buf *line, const char *name, const struct records *records);
/* `"format":…` by its name, else its number; -1: nothing. */
void say_format(struct buf *line, int format);
/* `"do":…` and all that OPERATION says; ARGUMENTS: those of an Execute as they go out. */
void say_operation(struct buf *line, const struct operation *operation, struct bytes arguments);
/* What came of it: `"code":…` and all else. */
void say_outcome(struct buf *line, const struct outcome *outcome);
/* A list of words. */
void say_list(struct buf *line, const char *name);
void say_item(struct buf *line, const char *word);
void say_list_end(struct buf *line);
/* `"data":…` as hex digits. */
void say_data(struct buf *line, struct bytes data);
/* `"event":…`; false when EVENT is none of the protocol. */
MUST_USE bool say_event(struct buf *line, const struct actor_event *event);

/* --- adapter_read.c: OK, or ST_INVALID with a sentence -----------------------------------------
 */
/* The string called NAME in *OUT; it is not there: OUT->data is NULL. */
MUST_USE enum status told_text(const struct json *object, const char *name, struct bytes *out,
                               struct error *error);
/* The same, copied; the caller frees it. NULL when it is not there. */
MUST_USE enum status told_copy(const struct json *object, const char *name, char **out,
                               struct error *error);
/* The same, copied and cut to ADAPTER_WORD; empty when it is not there. */
MUST_USE enum status told_word(const struct json *object, const char *name, char out[ADAPTER_WORD],
                               struct error *error);
/* A whole number 0..MOST; *OUT stays when it is not there. */
MUST_USE enum status told_number(const struct json *object, const char *name, int64_t most,
                                 int64_t *out, struct error *error);
MUST_USE enum status told_path(const struct json *object, const char *name, struct path *out,
                               struct error *error);
MUST_USE enum status told_format(const struct json *object, int *out, struct error *error);
/* `"value"` as `"type"` says, else as CATALOGUE (NULL: nobody) knows of PATH, else as it looks. */
MUST_USE enum status told_value(const struct json *object, const struct catalogue *catalogue,
                                struct path path, struct value *out, struct error *error);
/* A list of paths as records of VALUE_NONE; an empty one when it is not there. */
MUST_USE enum status told_paths(const struct json *object, struct records *out,
                                struct error *error);
/* The same with values. *OUT_IS_THERE tells whether there is such a list, be it an empty one. */
MUST_USE enum status told_values(const struct json *object, const struct catalogue *catalogue,
                                 struct records *out, bool *out_is_there, struct error *error);
/* OUT is initialised by the caller; without `"code"` its code stays 0. */
MUST_USE enum status told_outcome(const struct json *reply, const struct catalogue *catalogue,
                                  struct outcome *out, struct error *error);
/* The request of KIND; OUT is initialised by the caller. */
MUST_USE enum status told_operation(const struct json *request, const struct catalogue *catalogue,
                                    struct operation *out, struct error *error);
/* The kind of operation that is called NAME; false: none of the protocol. */
MUST_USE bool operation_named(struct bytes name, enum operation_kind *out);
const char *server_control_name(enum server_control what); /* "forget" */
MUST_USE bool server_control_named(struct bytes name, enum server_control *out);
/* NULL for what is none of the protocol. */
const char *actor_event_name(enum actor_event_kind kind); /* "registered" */
MUST_USE bool actor_event_named(struct bytes name, enum actor_event_kind *out);

/* --- adapter.c: what its actors need ------------------------------------------------------------
 */
struct adapter_user {
    /* It says `"event"`, which is none that every role has. ST_OK, or ST_INVALID with a sentence.
     */
    enum status (*hear)(void *arg, const struct json *event, struct error *error);
    void *arg; /* (borrowed) */
};
void adapter_use(struct adapter *adapter, struct adapter_user user);
/* Begins LINE with an id; the verb and its members follow. */
void adapter_begin(struct adapter *adapter, struct buf *line, int64_t limit_ms);
/* Sends LINE and lets the world move until its answer is there: *OUT_REPLY is borrowed until the
 * next call. The tool waits a second longer than LIMIT_MS. ST_OK: there is an answer without
 * `"error"`; one that says it cannot gives ST_UNREACHABLE, ST_TIMEOUT, ST_UNSUPPORTED, ST_INVALID,
 * ST_REFUSED; ST_IO: the adapter itself failed; ST_CANCELLED. TIDIES: as operations have it. */
MUST_USE enum status adapter_ask(struct adapter *adapter, struct buf *line, int64_t limit_ms,
                                 bool tidies, const struct json **out_reply, struct error *error);
/* Its answer makes no sense, as ERROR says: it is not asked again. Gives ST_IO; ERROR then names
 * the adapter, too. */
MUST_USE enum status adapter_blame(struct adapter *adapter, struct error *error);
/* ST_OK when REPLY has `"ok":true`, which says that WORD was done; else the adapter is blamed. */
MUST_USE enum status adapter_done(struct adapter *adapter, const struct json *reply,
                                  const char *word, struct error *error);
/* ST_UNSUPPORTED with a sentence that names the adapter and WORD. */
MUST_USE enum status adapter_cannot(const struct adapter *adapter, const char *word,
                                    struct error *error);

#endif
