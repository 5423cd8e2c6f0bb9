/* SPDX-License-Identifier: Apache-2.0 */
/* links: drivers server device net secure model codec scenario base */
/* The adapter protocol, both ways: each line of the input is a request to our end of it, and a
 * reply or event of somebody else's. */
#include "base/std.h"

#include "drivers/adapter_impl.h"
#include "model/model.h"
#include "tests/fuzz/fuzz.h"

enum { LINES_MOST = 64, LINE_MOST = 1 << 16 };

/* --- what we say makes sense --------------------------------------------------------------- */

static void parses(struct bytes line)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(line, "", &errors);
    assert(doc != NULL && json_root(doc)->kind == JSON_OBJECT);
    json_doc_free(doc);
    error_list_release(&errors);
}

static void say(void *arg, struct bytes line)
{
    UNUSED(arg);
    parses(line);
}

/* What one end writes of an outcome, the other reads; octets that are no UTF-8 become opaque. */
static void round_trip(const struct outcome *outcome)
{
    struct buf line;
    struct outcome back;
    struct error error;
    struct error_list errors;
    buf_init(&line, (size_t)8 * LINE_MOST);
    outcome_init(&back);
    error_list_init(&errors);
    error_clear(&error);
    say_begin(&line);
    say_outcome(&line, outcome);
    say_end(&line);
    struct json_doc *doc = json_parse(buf_bytes(&line), "", &errors);
    assert(doc != NULL);
    enum status status = told_outcome(json_root(doc), catalogue_builtin(), &back, &error);
    assert(status == ST_OK);
    assert(back.code == outcome->code && back.decoded == outcome->decoded);
    assert(back.values.count == outcome->values.count || !outcome->decoded);
    json_doc_free(doc);
    error_list_release(&errors);
    outcome_release(&back);
    buf_release(&line);
}

/* --- what others say ------------------------------------------------------------------------- */

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    UNUSED(actor);
    UNUSED(endpoint);
    UNUSED(error);
    out->code = 0x45;
    records_release(&out->values);
    records_copy(&operation->values, &out->values);
    out->decoded = true;
    return ST_OK;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    UNUSED(actor);
    UNUSED(what);
    UNUSED(error);
    return ST_OK;
}

static void hear_outcome(const struct json *message)
{
    struct outcome outcome;
    struct error error;
    error_clear(&error);
    outcome_init(&outcome);
    enum status status = told_outcome(message, catalogue_builtin(), &outcome, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    if (status == ST_OK)
        round_trip(&outcome);
    outcome_release(&outcome);
}

static void hear_operation(const struct json *message, enum operation_kind kind)
{
    struct operation operation;
    struct error error;
    error_clear(&error);
    operation_init(&operation, kind);
    enum status status = told_operation(message, NULL, &operation, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    operation_release(&operation);
}

static void hear(struct bytes line)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(line, "", &errors);
    if (doc != NULL && json_root(doc)->kind == JSON_OBJECT) {
        hear_outcome(json_root(doc));
        for (enum operation_kind kind = OPERATION_READ; kind <= OPERATION_DECRYPT; kind++)
            hear_operation(json_root(doc), kind);
    }
    json_doc_free(doc);
    error_list_release(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct server_actor_ops ops = {.perform = perform, .control = control};
    struct server_actor server = {.ops = &ops};
    const struct adapter_host_config config = {.server = &server,
                                               .catalogue = catalogue_builtin(),
                                               .name = "fuzz",
                                               .version = "1",
                                               .say = say};
    struct adapter_host *host = adapter_host_new(&config);
    struct bytes rest = {data, size < LINE_MOST ? size : LINE_MOST};
    for (int i = 0; i < LINES_MOST && rest.len > 0; i++) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        adapter_host_line(host, (struct bytes){rest.data, len});
        hear((struct bytes){rest.data, len});
        len += end == NULL ? 0 : 1;
        rest = (struct bytes){rest.data + len, rest.len - len};
    }
    adapter_host_free(host);
    return 0;
}
