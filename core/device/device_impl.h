/* SPDX-License-Identifier: Apache-2.0 */
/* What the four interfaces of a device share; for core/device only.
 *
 * A request: device.c resolves the sender → management.c the path and the operation (composite.c:
 * several paths) → model → records → codec → response → reporting.c (observation) → portfolio.c
 * sees what leaves. */
#ifndef DEVICE_DEVICE_IMPL_H
#define DEVICE_DEVICE_IMPL_H

#include "codec/codec.h"
#include "codec/corelink.h"
#include "device/device.h"

struct registration; /* registration.c: one server account's */
struct reporting;    /* reporting.c: observations and attributes */
struct portfolio;    /* portfolio.c: the processes behind object 16 */
struct persistence;  /* persistence.c: what outlives a restart */
struct bootstrap;    /* bootstrap.c: the account of the bootstrap server */

struct device {
    struct device_config config;
    struct model *model;                /* (owned) */
    struct registration *registrations; /* (owned) one for each account */
    struct bootstrap *bootstrap;        /* (owned) */
    struct reporting *reporting;        /* (owned) */
    struct portfolio *portfolio;        /* (owned) */
    struct persistence *persistence;    /* (owned) NULL: nothing is kept */
    struct timer restart;               /* Reboot was executed; its answer leaves first */
    struct timer order;                 /* the turns of registrations are to be looked at */
    struct timer loading;               /* an account was deleted; the answer leaves first */
};

/* codec_types over the device's catalogue. */
struct codec_types device_types(const struct device *device);
struct account;
/* The row of a format that the version has which ASKER and the device both speak, else NULL. */
const struct codec *device_codec(const struct account *asker, int format);
/* Reads of PATH what ASKER may read, and encodes it for ACCEPT (or by preference when -1) into
 * RESPONSE: payload, format, code 2.05 or the right 4.xx. The records that were encoded are left in
 * RECORDS (initialised by the caller). Changes nothing: whoever lets the response go calls
 * portfolio_leaves. It is marked as sensitive when it carries AuthData. */
void device_content(const struct account *asker, struct path path, int accept,
                    struct records *records, struct message *response);

/* The row of the format of REQUEST's content; NULL: the request was refused in RESPONSE. */
const struct codec *device_request_codec(const struct account *asker, const struct message *request,
                                         struct message *response);
/* Decodes the content of REQUEST, for PATH, into RECORDS: true, or the request was refused. */
MUST_USE bool device_decode(const struct account *asker, const struct message *request,
                            struct path path, struct records *records, struct message *response);
/* Encodes RECORDS, that lie at or below BASE, into RESPONSE: as above. */
void device_encode(const struct account *asker, const struct records *records, struct path base,
                   int accept, struct message *response);
/* The sentence becomes the diagnostic payload of an error (RFC 7252 5.5.2). */
void device_answer(struct message *response, uint8_t code, const struct error *error);
/* The CoAP code of what the model says; SUCCESS when it agrees. */
uint8_t device_code(enum model_result result, uint8_t success);

/* --- registration.c: client registration interface ------------------------------------- */
/* What moves the table in registration.c. */
enum registration_event {
    REGISTRATION_START,    /* the owner wants to be registered */
    REGISTRATION_STOP,     /* the owner wants to be deregistered */
    REGISTRATION_DUE,      /* the timer of the state is over */
    REGISTRATION_ACCEPTED, /* the server answered the request under way, and agrees */
    REGISTRATION_REFUSED,  /* it answered, and does not */
    REGISTRATION_TOO_NEW,  /* it answered that it does not have this version of LwM2M */
    REGISTRATION_SILENT,   /* it did not answer, or nothing could be sent; no new session helps */
    REGISTRATION_LOST,     /* a session that had worked is over or silent: a new one may work */
    REGISTRATION_DISABLE,  /* Disable was executed and answered */
    REGISTRATION_QUIET,    /* nothing was said for the awake time of queue mode */
    REGISTRATION_WAKE,     /* there is something to say */
    REGISTRATION_HOLD      /* the owner wants to be registered when it is its turn */
};
enum { REGISTRATION_EVENTS = 12 };

/* That of the account SSID; URI (borrowed) is used instead of the account's when it is not NULL.
 * Sends nothing yet. Follows the model, which must outlive it: changes that a server must know of
 * lead to an Update. */
struct registration *registration_new(struct device *device, unsigned ssid, const char *uri);
void registration_free(struct registration *registration); /* says nothing on the wire */
/* Takes one step in the table; the calls below and the endpoint's callbacks end here. */
void registration_happen(struct registration *registration, enum registration_event event);
/* Wants an Update without parameters, now or after the request that is under way; what is being
 * answered leaves first. */
void registration_update(struct registration *registration);
/* A message comes or goes: in queue mode the device listens for the awake time from now. */
void registration_stay(struct registration *registration);
/* The same before the device speaks by itself; when it was asleep it sends an Update first. */
void registration_wake(struct registration *registration);
/* The server did not acknowledge something: an Update finds out whether the session still works. */
void registration_doubt(struct registration *registration);
/* Execute of /1/x/4; the answer to it leaves first. */
void registration_disable(struct registration *registration);
const struct account *registration_account(const struct registration *registration);
/* The session with the server while the registration is in force, else NULL: requests are refused
 * then (LwM2M TS 1.0, 5.3). */
struct peer *registration_peer(const struct registration *registration);
void registration_peer_gone(struct registration *registration, struct peer *peer);

/* --- registrations.c: all accounts --------------------------------------------------------- */
/* (Re)makes the list from objects 0 and 1 as they are now: new accounts get a registration that is
 * off, those that are gone are freed (nothing is said on the wire), those that stayed stay. */
void registrations_load(struct device *device);
/* The same after what is being answered has left. */
void registrations_load_soon(struct device *device);
void registrations_free(struct device *device); /* says nothing on the wire */
/* The same after objects 0 and 1 were written anew: those that stayed are off and have lost their
 * sessions too, since URIs and keys may be others. */
void registrations_renew(struct device *device);
/* The next of device->registrations, or NULL. */
struct registration *registration_next(const struct registration *registration);
/* That of the account SSID, or NULL. */
struct registration *registration_of(const struct device *device, unsigned ssid);
/* The one that is in force on the session with PEER, or NULL: who may manage the device. */
struct registration *registration_with(const struct device *device, const struct peer *peer);
void registrations_happen(struct device *device, enum registration_event event); /* to each */
void registrations_peer_gone(struct device *device, struct peer *peer);
/* The state of the one that is most in force; off when all are. */
enum registration_state registrations_state(const struct device *device);
/* Finds out whether the device listens: it does not while all its registrations are asleep, unless
 * a bootstrap is under way. */
void registrations_listen(struct device *device);

/* --- registration_order.c: one after the other ----------------------------------------------- */
/* The owner wants to be registered: with those that have a place in the order in their turn, with
 * all others now. */
void registrations_begin(struct device *device);
/* Something happened to a registration: others may have their turn. */
void registrations_follow(struct device *device);

/* --- account.c: one server account and what is said to it --------------------------------- */
/* Resources of object 1. */
enum {
    ACCOUNT_SHORT_ID = 0,
    ACCOUNT_LIFETIME = 1,
    ACCOUNT_DISABLE_TIMEOUT = 5,
    ACCOUNT_STORING = 6,
    ACCOUNT_BINDING = 7,
    ACCOUNT_PRIORITY = 13,
    ACCOUNT_INITIAL_DELAY = 14,
    ACCOUNT_FAILURE_BLOCK = 15,
    ACCOUNT_BOOTSTRAP_ON_FAILURE = 16,
    ACCOUNT_RETRY_COUNT = 17,
    ACCOUNT_RETRY_TIMER = 18,
    ACCOUNT_SEQUENCE_DELAY = 19,
    ACCOUNT_SEQUENCE_COUNT = 20,
    ACCOUNT_MUTE_SEND = 23
};
enum { ACCOUNT_URI = 256 }; /* characters, the terminator included */

/* What objects 0 and 1 and the profile say of one server. */
struct account {
    const struct device *device; /* (borrowed) */
    unsigned ssid;               /* 0: of the bootstrap server, or the profile has none */
    char uri[ACCOUNT_URI];       /* whom to register with; "": nobody named a server */
    const char *address;         /* (borrowed) where it is found instead, or NULL */
    enum lwm2m_version version;  /* to register with: that of the profile, or what is left of it */
};
/* The account of the server SSID (0: the bootstrap server) as objects 0 and 1 have it now; URI,
 * when not NULL, is used instead of theirs, and of places and "connect". */
void account_init(struct account *account, const struct device *device, unsigned ssid,
                  const char *uri);
/* The Security object instance of the account; false: there is none. */
MUST_USE bool account_security(const struct account *account, uint16_t *out);
/* Whether object 0 has an account of the server SSID; 0: of a bootstrap server. */
bool account_exists(const struct device *device, unsigned ssid);
/* A resource of the Server object instance that belongs to the account; of the first instance when
 * none does. */
struct path account_resource(const struct account *account, unsigned resource);
/* Its value, or OTHERWISE when there is none; RESOURCE must be an Integer. */
int64_t account_integer(const struct account *account, unsigned resource, int64_t otherwise);
bool account_boolean(const struct account *account, unsigned resource, bool otherwise);
int64_t account_lifetime(const struct account *account); /* seconds */
/* Seconds until the next attempt to register after FAILURES before the last one; -1: never. */
int64_t account_pause(const struct account *account, int64_t failures);
/* How many attempts it takes to say that the server cannot be registered with. */
int64_t account_attempts(const struct account *account);
enum { ACCOUNT_SECONDS_MOST = 1000000000 }; /* longer times are as good as endless */
/* Fills OUT (initialised) with a Register; false when something of it is too long. */
MUST_USE bool account_register(const struct account *account, struct message *out);
/* What an Update has to tell, as a set. */
enum { WANT_REFRESH = 1, WANT_LIFETIME = 2, WANT_BINDING = 4, WANT_OBJECTS = 8 };
/* The same for an Update; its path, the location, is left to the caller. */
MUST_USE bool account_update(const struct account *account, unsigned wanted, struct message *out);

/* --- session.c: the transport session of an account --------------------------------------- */
/* Opens it, with the credentials of object 0; errors as endpoint_open and credentials_of_account
 * have them. */
MUST_USE enum status session_open(const struct account *account, struct peer **out,
                                  struct error *error);
/* Why a request to PEER (NULL: there was no session) ended with STATUS instead of an answer, as the
 * end of a sentence; borrowed. A handshake that failed is told to the trace. */
const char *session_silence(const struct device *device, const struct peer *peer,
                            enum status status);

/* --- listing.c: what there is, as links -------------------------------------------------- */
/* Appends the object list of a registration with VERSION (PF-OBJ-1); false when it has no room. */
MUST_USE bool listing_objects(const struct device *device, enum lwm2m_version version,
                              struct links *out);
/* Appends what Discover of PATH (depth 1 to 3, there) tells ASKER (PF-DM-9); false as above. */
MUST_USE bool listing_discover(const struct account *asker, struct path path, struct links *out);

/* --- execute.c: what executable resources do ---------------------------------------------- */
/* Executes the resource at PATH (depth 3, there): a CoAP code. What ends the session (Reboot,
 * Disable) happens after the answer. */
uint8_t execute_resource(struct device *device, struct path path, struct bytes arguments);

/* --- management.c: device management interface ------------------------------------------ */
/* Answers a request from the server of ASKER, observations and attributes included. */
void management_handle(struct device *device, struct registration *asker,
                       const struct message *request, struct message *response);
/* INSTANCE is gone, in the model step under way: so are the links to it (I-18), and what controls
 * it. */
void management_forget(struct device *device, struct path instance);

/* --- access.c: what each of several servers may do (object 2) ------------------------------- */
/* Whether the server SSID has RIGHT (a RIGHT_ bit, 0: none is needed) to PATH, which is there: to
 * its object instance, or, with RIGHT_CREATE, to its object. A single server may do everything. */
bool access_allows(const struct device *device, unsigned ssid, struct path path, unsigned right);
/* Takes out of RECORDS what the server may not read. */
void access_filter(const struct device *device, unsigned ssid, struct records *records);
/* The server has created INSTANCE, in the model step under way: it becomes the owner. False when
 * the model is full: nothing controls it then. */
MUST_USE bool access_grant(struct device *device, unsigned ssid, struct path instance);
/* INSTANCE is gone, in the model step under way: so is what controls it. */
void access_revoke(struct device *device, struct path instance);

/* --- composite.c: several paths as one content (LwM2M TS 1.1, 6.3 and 6.4) ------------------ */
/* Reads PATHS: what is not there, what ASKER cannot read and object 0 are left out. Otherwise as
 * device_content; the code is 2.05 unless the format cannot carry it. */
void composite_content(const struct account *asker, const struct records *paths, int accept,
                       struct records *records, struct message *response);
/* Read-Composite, and with Observe=0 or 1 Observe-Composite and its end. */
void composite_read(struct device *device, struct registration *asker,
                    const struct message *request, struct message *response);
/* Write-Composite: all or nothing. */
void composite_write(struct device *device, const struct account *asker,
                     const struct message *request, struct message *response);

/* --- reporting.c: information reporting interface --------------------------------------- */
struct reporting *reporting_new(struct device *device);
void reporting_free(struct reporting *reporting);
/* REQUEST has Observe=1: the observation (ASKER, token) ends, whatever else becomes of the request
 * (RFC 7641 section 4.1). */
void reporting_cancel(struct reporting *reporting, struct registration *asker,
                      const struct message *request);
/* A Read, or Read-Composite, with Observe=0 has been answered with 2.05 in RESPONSE; adds or renews
 * the observation (ASKER, token) of PATHS and sets the Observe option (not when there are too many:
 * the answer is a plain one then). Comes before portfolio_leaves, whose change is notified already.
 */
void reporting_observe(struct reporting *reporting, struct registration *asker,
                       const struct message *request, const struct records *paths,
                       struct message *response);
/* Write-Attributes of the server SSID: QUERY of a PUT without content to PATH, which is there; a
 * CoAP code. */
uint8_t reporting_write_attributes(struct reporting *reporting, unsigned ssid, struct path path,
                                   const struct segments *query);
/* Adds the attributes that the server SSID attached to PATH (with INHERITED: and those it inherits)
 * to LINK. */
void reporting_describe(const struct reporting *reporting, unsigned ssid, struct path path,
                        bool inherited, struct link *link);
/* A new registration voids all observations of its server, unless its account wants what is
 * missed to be stored (resource 6 of object 1); attributes stay. */
void reporting_clear(struct reporting *reporting, const struct registration *registration);
/* The session is over: the same, and the endpoint says nothing any more of notifications that were
 * under way. */
void reporting_forget(struct reporting *reporting, const struct registration *registration);
/* The registration is over, and nothing stays of it, whatever the account says. */
void reporting_end(struct reporting *reporting, const struct registration *registration);
/* The server has answered a Register or Update: it gets what was stored, on its session of now. */
void reporting_resume(struct reporting *reporting, const struct registration *registration);
/* The account SSID is gone, and its registration; so are its attributes. */
void reporting_part(struct reporting *reporting, unsigned ssid);

/* Tells whether the server has not acknowledged a notification yet. */
bool reporting_awaits(const struct reporting *reporting, const struct registration *registration);
/* Adds the attributes to an otherwise complete STATE. */
void reporting_keep(const struct reporting *reporting, struct state *state);

/* --- persistence.c: what outlives a restart ----------------------------------------------- */
/* Takes over what config.state holds. NULL, which all calls accept, when the profile has no
 * "state". */
struct persistence *persistence_new(struct device *device);
void persistence_free(struct persistence *persistence);
/* Makes the model, new from the profile, what it was (I-21); comes before who follows the model. */
void persistence_restore(const struct persistence *persistence);
/* Whether the instance of object 16 had no keys when the device ended (I-19). */
bool persistence_lacks_keys(const struct persistence *persistence, struct path instance);
/* Gives the attributes back, and keeps what changes from now on. */
void persistence_follow(struct persistence *persistence);
/* Something changed that the model does not know of: attributes, or who has keys. */
void persistence_touch(struct persistence *persistence);
/* Keeps what is not kept yet, and follows the model no more. */
void persistence_leave(struct persistence *persistence);

/* --- portfolio.c: object 16 --------------------------------------------------------------- */
/* Begins as after a restart (I-21), and follows the model: an instance that is deleted loses its
 * process. */
struct portfolio *portfolio_new(struct device *device);
void portfolio_free(struct portfolio *portfolio);
/* A server is creating INSTANCE, in the model step under way: it gets resources 1, 2 and 3, unless
 * no instance of the profile offers services (I-16, I-19). One that has a process is left alone. */
void portfolio_add(struct portfolio *portfolio, unsigned instance);
/* The trusted out-of-band act has happened for INSTANCE: the component works for it, whoever
 * created it. */
void portfolio_provisioned(struct portfolio *portfolio, unsigned instance);
/* Adds the instances without keys to an otherwise complete STATE. */
void portfolio_keep(const struct portfolio *portfolio, struct state *state);
/* Execute of /16/x/1: a CoAP code (rules I-8, I-9, part 2). */
uint8_t portfolio_execute(struct portfolio *portfolio, unsigned instance, struct bytes arguments);
/* Tells whether RECORDS carry AuthData values: the message is then sensitive and confirmable. */
bool portfolio_carried(const struct records *records);
/* A READ of TARGET that carries RECORDS has been answered, or (NOTIFY) a notification sent; the one
 * place where data that leaves resets the state (I-10, I-11). */
enum portfolio_way { PORTFOLIO_READ, PORTFOLIO_NOTIFY };
void portfolio_leaves(struct portfolio *portfolio, enum portfolio_way way, struct path target,
                      const struct records *records);

#endif
