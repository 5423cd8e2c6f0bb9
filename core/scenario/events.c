/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of what actors report, from which `expect` steps take. */
#include "base/std.h"

#include "base/coap.h"
#include "scenario/scenario_impl.h"

enum { SUCCESS = 2 }; /* class of response codes */

bool actor_event_mirrored(const struct actor_event *told, enum actor_event_kind *out)
{
    if (told->kind == ACTOR_TOLD || told->kind == ACTOR_POSTED) {
        *out = told->kind == ACTOR_TOLD ? ACTOR_NOTIFIED : ACTOR_SENT;
        return true;
    }
    if (told->kind != ACTOR_REPLIED || told->outcome->code >> 5 != SUCCESS)
        return false;
    bool is_register = strcmp(told->text, "/rd") == 0;
    if (told->method == CODE_DELETE)
        *out = ACTOR_DEREGISTERED;
    else
        *out = is_register ? ACTOR_REGISTERED : ACTOR_UPDATED;
    return is_register || strncmp(told->text, "/rd/", strlen("/rd/")) == 0;
}

static void release_terms(struct terms *terms)
{
    free(terms->binding);
    free(terms->version);
}

static struct terms terms_of(const struct actor_event *event)
{
    return (struct terms){xstrdup(event->binding), xstrdup(event->version), event->has_binding,
                          event->queues};
}

void events_release(struct events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        free(events->items[i].links);
        free(events->items[i].lifetime);
        free(events->items[i].text);
        release_terms(&events->items[i].terms);
        records_release(&events->items[i].paths);
        outcome_release(&events->items[i].outcome);
    }
    for (size_t i = 0; i < events->registration_count; i++) {
        free(events->registrations[i].links);
        free(events->registrations[i].lifetime);
        release_terms(&events->registrations[i].terms);
    }
    free(events->items);
    *events = (struct events){0};
}

static void replace(char **text, const char *with)
{
    free(*text);
    *text = xstrdup(with);
}

static void replace_terms(struct registered *registered, const struct actor_event *event)
{
    release_terms(&registered->terms);
    registered->terms = terms_of(event);
}

const struct registered *events_registration(const struct events *events, unsigned server)
{
    for (size_t i = 0; i < events->registration_count; i++)
        if (events->registrations[i].server == server)
            return &events->registrations[i];
    return NULL;
}

/* That of SERVER; NULL when there are too many. */
static struct registered *registration_of(struct events *events, unsigned server)
{
    size_t i = 0;
    while (i < events->registration_count && events->registrations[i].server != server)
        i++;
    if (i == SERVERS_MOST)
        return NULL;
    if (i == events->registration_count)
        events->registrations[events->registration_count++] = (struct registered){.server = server};
    return &events->registrations[i];
}

static void follow_registration(struct events *events, const struct actor_event *event)
{
    struct registered *registered = registration_of(events, event->server);
    if (registered == NULL)
        return;
    switch (event->kind) {
    case ACTOR_REGISTERED:
        registered->alive = true;
        registered->has_expired = false;
        replace(&registered->links, event->links);
        replace(&registered->lifetime, event->lifetime);
        replace_terms(registered, event);
        break;
    case ACTOR_UPDATED:
        if (event->has_list)
            replace(&registered->links, event->links);
        if (event->lifetime != NULL)
            replace(&registered->lifetime, event->lifetime);
        replace_terms(registered, event);
        break;
    case ACTOR_DEREGISTERED:
    case ACTOR_EXPIRED:
        registered->alive = false;
        registered->has_expired = event->kind == ACTOR_EXPIRED;
        break;
    case ACTOR_ASKED:
    case ACTOR_NOTIFIED:
    case ACTOR_SENT:
    case ACTOR_REQUESTED:
    case ACTOR_TOLD:
    case ACTOR_POSTED:
    case ACTOR_REPLIED:
    case ACTOR_SECURED:
    case ACTOR_RESET:
    case ACTOR_STRAY:
    case ACTOR_LEAKED:
    case ACTOR_FAILED:
        break;
    }
}

const char *events_failure(const struct events *events)
{
    for (size_t i = events->count; i > 0; i--)
        if (events->items[i - 1].kind == ACTOR_FAILED)
            return events->items[i - 1].text;
    return NULL;
}

const char *events_first_failure(const struct events *events)
{
    for (size_t i = 0; i < events->count; i++)
        if (events->items[i].kind == ACTOR_FAILED)
            return events->items[i].text;
    return NULL;
}

static bool is_answer(const struct actor_event *event)
{
    return event->kind == ACTOR_REPLIED || event->kind == ACTOR_REQUESTED ||
           event->kind == ACTOR_SECURED || event->kind == ACTOR_REGISTERED;
}

void events_add(struct events *events, const struct actor_event *event)
{
    events->has_answered = events->has_answered || is_answer(event);
    /* No step waits for what is seen of it at the other end. */
    if (event->kind == ACTOR_TOLD || event->kind == ACTOR_POSTED || event->kind == ACTOR_REPLIED ||
        event->kind == ACTOR_RESET)
        return;
    follow_registration(events, event);
    if (events->count == EVENTS_MOST) {
        events->dropped++;
        return;
    }
    events->items = xgrow(events->items, events->count + 1, sizeof *events->items);
    struct heard *heard = &events->items[events->count++];
    *heard = (struct heard){.kind = event->kind,
                            .server = event->server,
                            .path = event->path,
                            .method = event->method,
                            .has_list = event->has_list,
                            .links = xstrdup(event->links),
                            .lifetime = xstrdup(event->lifetime),
                            .text = xstrdup(event->text),
                            .terms = terms_of(event)};
    if (event->paths != NULL)
        records_copy(event->paths, &heard->paths);
    if (event->outcome != NULL && event->kind != ACTOR_REQUESTED)
        outcome_copy(event->outcome, &heard->outcome);
    else
        outcome_init(&heard->outcome);
}

static bool brings_value(const struct heard *heard, struct path path)
{
    for (size_t i = 0; i < heard->outcome.values.count; i++)
        if (path_covers(path, heard->outcome.values.items[i].path))
            return true;
    return false;
}

static bool says(const struct heard *heard, const char *part)
{
    return part == NULL || (heard->text != NULL && strstr(heard->text, part) != NULL);
}

/* What the device side says is nobody's; a handshake is one with a server, if STEP names one. */
static bool is_seen_by(const struct heard *heard, const struct step *step)
{
    bool is_nobodys = heard->kind == ACTOR_REQUESTED || heard->kind == ACTOR_FAILED ||
                      (heard->kind == ACTOR_SECURED && step->at.len == 0);
    return is_nobodys || heard->server == step->server;
}

static bool is_awaited(const struct heard *heard, const struct step *step)
{
    if (!is_seen_by(heard, step))
        return false;
    switch ((enum expect_kind)step->verb->what) {
    case EXPECT_REGISTER:
    case EXPECT_FRESH_REGISTER:
        return heard->kind == ACTOR_REGISTERED;
    case EXPECT_UPDATE:
        return heard->kind == ACTOR_UPDATED;
    case EXPECT_DEREGISTER:
        return heard->kind == ACTOR_DEREGISTERED;
    case EXPECT_EXPIRY:
        return heard->kind == ACTOR_EXPIRED;
    case EXPECT_NOTIFY:
        return heard->kind == ACTOR_NOTIFIED && heard->paths.count == 0 &&
               path_equal(heard->path, step->path);
    case EXPECT_NOTIFY_COMPOSITE:
        return heard->kind == ACTOR_NOTIFIED && heard->paths.count > 0 &&
               records_equal(&heard->paths, &step->operation.values);
    case EXPECT_SEND:
        return heard->kind == ACTOR_SENT && brings_value(heard, step->path);
    case EXPECT_REQUEST:
        if (step->server == BOOTSTRAP_SERVER)
            return heard->kind == ACTOR_ASKED;
        return heard->kind == ACTOR_REQUESTED && heard->method == step->method &&
               path_equal(heard->path, step->path);
    case EXPECT_SECURED:
        return heard->kind == ACTOR_SECURED && says(heard, step->text);
    case EXPECT_FAILURE:
        return heard->kind == ACTOR_FAILED && says(heard, step->text);
    }
    return false;
}

const struct heard *events_take(struct events *events, const struct step *step)
{
    for (size_t i = 0; i < events->count; i++) {
        struct heard *heard = &events->items[i];
        if (heard->taken || !is_awaited(heard, step))
            continue;
        heard->taken = true;
        return heard;
    }
    return NULL;
}

void events_skip_registrations(struct events *events, int server)
{
    for (size_t i = 0; i < events->count; i++) {
        bool is_theirs = server == EVERY_SERVER || events->items[i].server == (unsigned)server;
        if (is_theirs && events->items[i].kind == ACTOR_REGISTERED)
            events->items[i].taken = true;
    }
}
