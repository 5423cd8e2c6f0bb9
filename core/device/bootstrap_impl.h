/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap interface of a device; for core/device only.
 *
 * What a bootstrap server writes goes into a copy of the model. Finish makes it true when the
 * accounts in it fit together; whatever else ends the bootstrap drops it, so that the device is
 * what it was. */
#ifndef DEVICE_BOOTSTRAP_IMPL_H
#define DEVICE_BOOTSTRAP_IMPL_H

#include "device/device_impl.h"
#include "model/bootstrap.h"

/* --- bootstrap.c: when there is a bootstrap ------------------------------------------------ */
enum bootstrap_state {
    BOOTSTRAP_OFF,        /* there is none */
    BOOTSTRAP_HOLDING,    /* it is needed; the hold-off time runs */
    BOOTSTRAP_REQUESTING, /* Bootstrap-Request is under way */
    BOOTSTRAP_OPEN,       /* accepted: the server writes */
    BOOTSTRAP_WAITING,    /* failed; trying again after a back-off */
    BOOTSTRAP_DONE        /* finished; the session stays for a Finish whose answer was lost */
};
enum { BOOTSTRAP_STATES = 6 };
enum bootstrap_event {
    BOOTSTRAP_START,    /* no server can be registered with */
    BOOTSTRAP_TRIGGER,  /* a server executed the trigger, and was answered */
    BOOTSTRAP_STOP,     /* the owner wants none */
    BOOTSTRAP_DUE,      /* the timer of the state is over */
    BOOTSTRAP_ACCEPTED, /* the server answered the request, and agrees */
    BOOTSTRAP_REFUSED,  /* it answered, and does not */
    BOOTSTRAP_PLAIN,    /* it answered that it does not have the preferred format */
    BOOTSTRAP_SILENT,   /* it did not answer, or nothing could be sent */
    BOOTSTRAP_LOST,     /* the transport gave the session up */
    BOOTSTRAP_FINISHED  /* Finish came, and what was written fits together */
};
enum { BOOTSTRAP_EVENTS = 10 };
const char *bootstrap_state_name(enum bootstrap_state state);

struct bootstrap;
/* Sends nothing yet. */
struct bootstrap *bootstrap_new(struct device *device);
void bootstrap_free(struct bootstrap *bootstrap); /* drops what was written without a Finish */
/* Takes one step in the table; the calls below and the endpoint's callbacks end here. */
void bootstrap_happen(struct bootstrap *bootstrap, enum bootstrap_event event);
enum bootstrap_state bootstrap_state(const struct bootstrap *bootstrap);
/* Whether object 0 has the account of a bootstrap server. */
bool bootstrap_possible(const struct bootstrap *bootstrap);
/* Client initiated: asks for a bootstrap after the hold-off time, again and again until there is
 * one. Nothing happens without an account of a bootstrap server. */
void bootstrap_start(struct bootstrap *bootstrap);
/* Server initiated (Execute of /1/x/9): the answer to it leaves first. */
void bootstrap_triggered(struct bootstrap *bootstrap);
/* Whether a bootstrap server may speak at any time: the device must listen. NULL is legal. */
bool bootstrap_awaits(const struct bootstrap *bootstrap);
/* The session with the bootstrap server, or NULL. */
struct peer *bootstrap_peer(const struct bootstrap *bootstrap);
/* Answers a request that came on it. */
void bootstrap_handle(struct bootstrap *bootstrap, const struct message *request,
                      struct message *response);
void bootstrap_peer_gone(struct bootstrap *bootstrap, struct peer *peer);

/* --- bootstrap_session.c: what is done in it ------------------------------------------------ */
struct bootstrap_session;
/* Begins with the model as it is; ACCOUNT (borrowed) is that of the bootstrap server. */
struct bootstrap_session *bootstrap_session_new(struct device *device,
                                                const struct account *account);
void bootstrap_session_free(struct bootstrap_session *session); /* NULL is legal; zeroes values */
/* Answers a request; true when it was a Finish that the device agrees with. */
MUST_USE bool bootstrap_session_handle(struct bootstrap_session *session,
                                       const struct message *request, struct message *response);
/* Makes true what was written. */
void bootstrap_session_apply(struct bootstrap_session *session);

/* --- bootstrap_discover.c: Bootstrap-Discover ------------------------------------------------ */
/* Appends what PATH (the root, or an object that MODEL has) holds; false when it has no room. */
MUST_USE bool bootstrap_discover(const struct model *model, enum lwm2m_version version,
                                 struct path path, struct buf *out);

#endif
