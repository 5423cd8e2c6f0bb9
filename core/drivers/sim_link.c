/* SPDX-License-Identifier: Apache-2.0 */
/* The path between our device and a server as a link of a scenario: a relay. */
#include "base/std.h"

#include "drivers/sim.h"
#include "net/relay.h"

struct sim_link {
    struct link_port link; /* first: what users see */
    struct relay *relay;   /* (owned) */
    struct chance chance;
    bool is_secured;
    bool is_virtual; /* time passes faster than libcoap sends again */
};

static enum relay_way way_of(enum link_sender sender)
{
    switch (sender) {
    case LINK_FROM_DEVICE:
        return RELAY_TO_SERVER;
    case LINK_FROM_SERVER:
        return RELAY_TO_DEVICE;
    case LINK_FROM_STRANGER:
        return RELAY_TO_SERVER;
    case LINK_FROM_ANY:
        break;
    }
    return RELAY_EITHER;
}

static enum relay_kind kind_of(enum link_message message)
{
    switch (message) {
    case LINK_REQUEST:
        return RELAY_REQUEST;
    case LINK_RESPONSE:
        return RELAY_RESPONSE;
    case LINK_ACK:
        return RELAY_ACK;
    case LINK_MESSAGE:
        break;
    }
    return RELAY_ANY;
}

static void set_fault(struct relay *relay, enum relay_fault fault,
                      const struct impairment *impairment)
{
    enum relay_way way = way_of(impairment->sender);
    if (impairment->count > 0)
        relay_next(relay, way, fault, kind_of(impairment->message), impairment->count);
    else
        relay_rate(relay, way, fault, impairment->per_thousand);
}

static enum status inject(struct relay *relay, const struct impairment *impairment)
{
    return relay_inject(relay, way_of(impairment->sender), impairment->sender == LINK_FROM_STRANGER,
                        value_bytes(&impairment->octets));
}

static enum status act(struct relay *relay, const struct impairment *impairment)
{
    switch (impairment->action) {
    case LINK_DROP:
        set_fault(relay, RELAY_DROP, impairment);
        break;
    case LINK_DUPLICATE:
        set_fault(relay, RELAY_DUPLICATE, impairment);
        break;
    case LINK_REORDER:
        set_fault(relay, RELAY_REORDER, impairment);
        break;
    case LINK_CORRUPT:
        set_fault(relay, RELAY_CORRUPT, impairment);
        break;
    case LINK_DELAY:
        relay_delay(relay, way_of(impairment->sender), impairment->delay_ms);
        break;
    case LINK_REBIND:
        return relay_rebind(relay);
    case LINK_HEAL:
        relay_heal(relay);
        break;
    case LINK_INJECT:
        return inject(relay, impairment);
    }
    return ST_OK;
}

static enum status impair(struct link_port *link, const struct impairment *impairment,
                          struct error *error)
{
    struct sim_link *self = (struct sim_link *)link;
    bool must_be_plain = impairment->message != LINK_MESSAGE || impairment->action == LINK_INJECT;
    if (self->is_secured && must_be_plain) {
        error_set(error, "on a secured link nobody sees what a message is, or can make one up");
        return ST_UNSUPPORTED;
    }
    if (self->is_virtual &&
        (impairment->action == LINK_DROP || impairment->action == LINK_CORRUPT)) {
        error_set(error, "what is lost is sent again by real time only");
        return ST_UNSUPPORTED;
    }
    enum status status = act(self->relay, impairment);
    if (status == ST_NOT_FOUND)
        error_set(error, "the device has sent nothing yet; let it register first");
    else if (status != ST_OK)
        error_set(error, "there is no socket for another address: %s", strerror(errno));
    return status;
}

static bool take_answer(struct link_port *link, struct buf *out)
{
    return relay_answer(((struct sim_link *)link)->relay, out);
}

static void sim_link_free(struct link_port *link)
{
    struct sim_link *self = (struct sim_link *)link;
    relay_free(self->relay);
    free(self);
}

struct link_port *sim_link_new(const struct sim_world *world, const char *server, bool is_secured,
                               struct error *error)
{
    return sim_link_listen(world, NULL, server, is_secured, error);
}

struct link_port *sim_link_listen(const struct sim_world *world, const char *listen,
                                  const char *server, bool is_secured, struct error *error)
{
    static const struct link_ops ops = {
        .impair = impair, .take_answer = take_answer, .free = sim_link_free};
    struct sim_link *self = xalloc(sizeof *self);
    self->link.ops = &ops;
    self->is_secured = is_secured;
    self->is_virtual = clock_is_virtual(loop_clock(world->loop));
    bool is_given = world->seed != NULL && *world->seed >= 0;
    chance_init_seed(&self->chance, is_given ? (uint64_t)*world->seed : LINK_SEED);
    const struct relay_config config = {world->loop, &self->chance, server, listen};
    if (relay_new(&config, &self->relay, error) == ST_OK)
        return &self->link;
    free(self);
    return NULL;
}

const char *sim_link_address(const struct link_port *link)
{
    return relay_address(((const struct sim_link *)link)->relay);
}
