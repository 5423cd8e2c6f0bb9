/* SPDX-License-Identifier: Apache-2.0 */
/* links: scenario base */
/* Scenario files, and lines of a console: parsed, checked and played on a stage that gives every
 * operation an empty answer. */
#include "base/std.h"

#include "base/excerpt.h"
#include "scenario/scenario.h"
#include "tests/fuzz/fuzz.h"

/* --- an oracle that knows a little ------------------------------------------------------- */
static bool object(const struct oracle *oracle, unsigned id, bool *out_multiple)
{
    UNUSED(oracle);
    *out_multiple = id == 16;
    return id == 3 || id == 16;
}

/* Those of the Portfolio object; from 4 on the type is the id & 7, & 8 means multiple. */
static bool resource(const struct oracle *oracle, struct path path, struct oracle_resource *out)
{
    static const struct oracle_resource known[] = {
        {true, true, false, true, VALUE_STRING, "Identity"},
        {false, false, true, false, VALUE_NONE, "GetAuthData"},
        {true, false, false, true, VALUE_OPAQUE, "AuthData"},
        {true, false, false, false, VALUE_INTEGER, "AuthStatus"},
    };
    UNUSED(oracle);
    unsigned id = path.id[2];
    *out = (struct oracle_resource){.readable = true,
                                    .writable = true,
                                    .multiple = (id & 8) != 0,
                                    .type = (enum value_type)(id & 7),
                                    .name = "fuzzed"};
    if (id < COUNT_OF(known))
        *out = known[id];
    return id < 64;
}

static bool holds(const struct oracle *oracle, const struct oracle_claim *claim)
{
    UNUSED(oracle);
    return claim->key_index % 2 == 0;
}

static enum judgement judge(const struct oracle *oracle, const struct oracle_claim *claim,
                            struct bytes auth_data, struct buf *out_data, struct error *problem)
{
    UNUSED(oracle);
    UNUSED(out_data);
    error_set(problem, "it does not fit");
    assert(claim->challenge.data != NULL);
    return auth_data.len % 2 == 0 ? JUDGEMENT_MISMATCH : JUDGEMENT_GENUINE;
}

static const char *suspect(const struct oracle *oracle, const struct oracle_claim *claim,
                           struct bytes auth_data, struct error *problem)
{
    UNUSED(oracle);
    UNUSED(claim);
    error_set(problem, "it fits another set");
    return auth_data.len % 4 == 0 ? "PF-SC-3" : NULL;
}

static bool links(const struct oracle *oracle, struct bytes expected, struct bytes actual,
                  bool exact, struct error *problem)
{
    UNUSED(oracle);
    UNUSED(exact);
    error_set(problem, "they differ");
    return bytes_equal(expected, actual);
}

static bool arguments(const struct oracle *oracle, unsigned instance, struct bytes text,
                      bool is_readable, struct oracle_arguments *out, struct error *problem)
{
    UNUSED(oracle);
    UNUSED(instance);
    UNUSED(text);
    UNUSED(is_readable);
    UNUSED(out);
    error_set(problem, "nothing is executed here");
    return false;
}

static int format(const struct oracle *oracle, struct bytes name)
{
    UNUSED(oracle);
    return bytes_is(name, "tlv") ? 11542 : -1;
}

static const struct oracle *the_oracle(void)
{
    static const struct oracle_ops ops = {object,  resource, holds,     judge,
                                          suspect, links,    arguments, format};
    static const struct oracle oracle = {&ops};
    return &oracle;
}

/* --- a stage on which nothing resists ----------------------------------------------------- */
struct scene {
    struct stage stage; /* first: what users see */
    struct server_actor server;
    struct device_actor device;
    struct actor_listener listener;
    struct claims claims;
    int64_t now;
};

static enum status perform(struct server_actor *server, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    UNUSED(server);
    UNUSED(endpoint);
    UNUSED(error);
    out->code = operation->kind == OPERATION_READ ? 0x45 : 0x44;
    out->decoded = records_add(&out->values, operation->path, value_integer(1));
    buf_puts(&out->payload, "</16/0>");
    return ST_OK;
}

static enum status control(struct server_actor *server, enum server_control what,
                           struct error *error)
{
    UNUSED(server);
    UNUSED(what);
    UNUSED(error);
    return ST_OK;
}

static enum status stimulate(struct device_actor *device, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    UNUSED(device);
    UNUSED(error);
    value_format(&stimulus->value, answer);
    return ST_OK;
}

static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    UNUSED(setting);
    UNUSED(errors);
    *out_claims = &((struct scene *)stage)->claims;
    *out_oracle = the_oracle();
    return ST_OK;
}

static enum status set_up(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error)
{
    struct scene *scene = (struct scene *)stage;
    UNUSED(setting);
    UNUSED(error);
    scene->listener = listener;
    *out = (struct cast){.device = &scene->device,
                         .servers = {{1, &scene->server}, {BOOTSTRAP_SERVER, &scene->server}},
                         .server_count = 2};
    return ST_OK;
}

static void strike(struct stage *stage)
{
    UNUSED(stage);
}

/* An update comes with every turn. */
static void turn(struct stage *stage, int64_t ms)
{
    struct scene *scene = (struct scene *)stage;
    struct actor_event event = {
        .kind = ACTOR_UPDATED, .server = 1, .has_list = true, .links = "</16/0>"};
    scene->now += ms;
    scene->listener.hear(scene->listener.arg, &event);
}

static int64_t now(const struct stage *stage)
{
    return ((const struct scene *)stage)->now;
}

static void messages(const struct stage *stage, struct buf *out)
{
    UNUSED(stage);
    buf_puts(out, "a message\n");
}

static void scene_init(struct scene *scene)
{
    static const struct server_actor_ops server_ops = {.perform = perform, .control = control};
    static const struct device_actor_ops device_ops = {.stimulate = stimulate};
    static const struct stage_ops stage_ops = {.look_up = look_up,
                                               .set_up = set_up,
                                               .strike = strike,
                                               .turn = turn,
                                               .now = now,
                                               .messages = messages};
    static const uint16_t servers[] = {1};
    *scene = (struct scene){
        .stage = {&stage_ops}, .server = {.ops = &server_ops}, .device = {.ops = &device_ops}};
    scene->claims = (struct claims){.endpoint = "dev",
                                    .portfolio = path_instance(16, 0),
                                    .has_portfolio = true,
                                    .authentication = true,
                                    .encryption = true,
                                    .extra_arguments = "4='x'",
                                    .servers = servers,
                                    .server_count = 1,
                                    .has_bootstrap = true};
}

/* --- the properties ------------------------------------------------------------------------ */
/* A file that parses and fits is played to a verdict that its checks explain. */
static void check_run(struct scenario *scenario, struct scene *scene)
{
    struct run_options options = {.timeout_ms = 10000};
    struct result result;
    enum status status;
    scenario_run(scenario, &scene->stage, &options, &result, &status);
    assert((result.reason.len == 0) == (result.verdict == VERDICT_PASS));
    for (size_t i = 0; i < result.check_count; i++)
        assert((result.checks[i].text.len == 0) == (result.checks[i].verdict == VERDICT_PASS));
    result_release(&result);
}

/* Every error has a sentence, and a place within the text. */
static void check_errors(struct bytes text, const struct error_list *errors)
{
    struct buf out;
    for (size_t i = 0; i < errors->count; i++) {
        buf_init(&out, 1 << 22);
        assert(errors->items[i].text[0] != '\0');
        error_format(&errors->items[i], &out);
        excerpt_put(text, errors->items[i].line, errors->items[i].column, &out);
        assert(out.len > 0 && !out.bad);
        buf_release(&out);
    }
}

static void check_file(struct bytes text, struct scene *scene)
{
    struct error_list errors;
    error_list_init(&errors);
    struct scenario *scenario = scenario_read(text, "file", &errors);
    bool whole = errors.errors == 0;
    assert(scenario != NULL || !whole);
    if (scenario != NULL) {
        assert(scenario_profile(scenario) != NULL);
        assert(scenario_title(scenario) != NULL || !whole);
        assert(scenario_rules(scenario) != NULL && scenario_tags(scenario) != NULL);
        enum status status =
            scenario_check(scenario, &scene->claims, the_oracle(), NULL, 0, &errors);
        assert((status == ST_OK) == (errors.errors == 0) || !whole);
        if (status == ST_OK && whole)
            check_run(scenario, scene);
    }
    check_errors(text, &errors);
    scenario_free(scenario);
    error_list_release(&errors);
}

static void check_lines(struct bytes text, struct server_actor *server, struct scene *scene)
{
    struct error error;
    struct buf answer;
    struct console *console =
        console_new(&scene->claims, the_oracle(), server, &scene->device, NULL);
    while (text.len > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.data);
        buf_init(&answer, 1 << 20);
        enum status status = console_line(console, (struct bytes){text.data, len}, &answer, &error);
        assert(status == ST_OK || error.text[0] != '\0');
        buf_release(&answer);
        len += end == NULL ? 0 : 1;
        text = (struct bytes){text.data + len, text.len - len};
    }
    console_free(console);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scene scene;
    struct bytes text = {data, size};
    scene_init(&scene);
    check_file(text, &scene);
    check_lines(text, &scene.server, &scene);
    check_lines(text, NULL, &scene);
    return 0;
}
