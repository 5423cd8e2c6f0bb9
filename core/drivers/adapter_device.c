/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's device as an actor: stimuli go to an adapter, such as a script on its console. */
#include "base/std.h"

#include "drivers/adapter_impl.h"

enum { STIMULUS_MS = 30000 };

struct adapter_device {
    struct device_actor actor; /* first: what users see */
    struct adapter *adapter;   /* (borrowed) */
};

static const char *word_of(enum stimulus_kind kind)
{
    static const char *const words[] = {
        [STIMULUS_REGISTER] = "register",
        [STIMULUS_UPDATE] = "update",
        [STIMULUS_DEREGISTER] = "deregister",
        [STIMULUS_RESTART] = "restart",
        [STIMULUS_SET] = "set",
        [STIMULUS_SHOW] = "show",
        [STIMULUS_SEND] = "send",
        [STIMULUS_HOLD] = "hold-response",
        [STIMULUS_RELEASE] = "release",
        [STIMULUS_COMPONENT_DELAY] = "component-delay",
        [STIMULUS_COMPONENT_FAIL_NEXT] = "component-fail-next",
        [STIMULUS_COMPONENT_FAIL] = "component-fail",
        [STIMULUS_COMPONENT_HANG] = "component-hang",
        [STIMULUS_COMPONENT_FORGE] = "component-forge",
        [STIMULUS_COMPONENT_OK] = "component-ok",
        [STIMULUS_COMPONENT_PROVISION] = "component-provision",
    };
    static_assert(COUNT_OF(words) == STIMULUS_COMPONENT_PROVISION + 1, "a word for each stimulus");
    assert(words[kind] != NULL);
    return words[kind];
}

static void say_stimulus(struct buf *line, const struct stimulus *stimulus)
{
    enum stimulus_kind kind = stimulus->kind;
    say_word(line, "do", "stimulate");
    say_word(line, "what", word_of(kind));
    if (kind == STIMULUS_SET || kind == STIMULUS_COMPONENT_PROVISION)
        say_path(line, "path", stimulus->path);
    if (kind == STIMULUS_SET)
        say_value(line, &stimulus->value);
    if (kind == STIMULUS_SEND)
        say_paths(line, &stimulus->paths);
    if (kind == STIMULUS_COMPONENT_DELAY || kind == STIMULUS_HOLD)
        say_number(line, "duration", stimulus->duration_ms);
}

static void put_answer(const struct json *reply, struct buf *answer)
{
    const struct json *text = json_member(reply, "text");
    if (text == NULL || text->kind != JSON_STRING || text->text.len == 0)
        return;
    buf_put_plain(answer, text->text);
    buf_puts(answer, "\n");
}

static enum status stimulate(struct device_actor *actor, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    const struct adapter_device *self = (struct adapter_device *)actor;
    const char *word = word_of(stimulus->kind);
    const struct json *reply = NULL;
    struct buf line;
    if (!adapter_can(self->adapter, word))
        return adapter_cannot(self->adapter, word, error);
    buf_init(&line, COPROCESS_LINE_MOST);
    adapter_begin(self->adapter, &line, STIMULUS_MS);
    say_stimulus(&line, stimulus);
    enum status status = adapter_ask(self->adapter, &line, STIMULUS_MS, false, &reply, error);
    if (status == ST_OK)
        status = adapter_done(self->adapter, reply, word, error);
    if (status == ST_OK)
        put_answer(reply, answer);
    buf_release(&line);
    return status == ST_REFUSED ? ST_UNREACHABLE : status; /* a muted device would have obeyed */
}

static void adapter_device_free(struct device_actor *actor)
{
    free(actor);
}

static const struct device_actor_ops ops = {.stimulate = stimulate, .free = adapter_device_free};

struct device_actor *adapter_device_new(struct adapter *adapter)
{
    struct adapter_device *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    self->adapter = adapter;
    return &self->actor;
}
