/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the recorder share; for core/drivers only.
 *
 * recorder_tap.c hears what happens, recorder.c keeps it as steps, recorder_events.c writes what
 * the device says by itself, recorder_steps.c a request and its answer, recorder_raw.c its very
 * octets, recorder_values.c values.
 */
#ifndef DRIVERS_RECORDER_IMPL_H
#define DRIVERS_RECORDER_IMPL_H

#include "codec/codec.h"
#include "drivers/recorder.h"

enum {
    STEP_MOST = 262144, /* octets of one step */
    SESSIONS_MOST = 64,
    WATCHES_MOST = 1024,
    PROCESSES_MOST = 256,
    SECRETS_MOST = 64
};

/* What there can be too many of. */
enum recorder_limit { LIMIT_OBSERVATIONS, LIMIT_PROCESSES, LIMIT_SERVERS };
enum { RECORDER_LIMITS = 3 };

/* A transport session of the device. */
struct session {
    const void *peer; /* (borrowed) a name only: it may be gone */
    char address[64];
    unsigned server; /* short id; ID_NONE: not known yet; BOOTSTRAP_SERVER */
    bool is_secured, is_stream;
    struct message said; /* the last Register or Update */
    bool has_said;
};

/* A server that the device registers with. */
struct known_server {
    unsigned id;
    bool has_registered;
    bool is_due; /* something has happened that another Register comes of */
};

/* An observation. */
struct followed {
    unsigned server;
    uint8_t token[8];
    uint8_t token_len;
    struct path path;     /* root: of PATHS */
    struct records paths; /* (owned) of a composite one, VALUE_NONE */
    int message_id;       /* of its last notification, -1: none */
};

/* What AuthData of a Portfolio instance comes from. */
struct process {
    uint16_t instance;
    bool is_known; /* GetAuthData was accepted, and what follows can be said about it */
    bool is_running;
    int64_t started_at;
    enum service service;
    unsigned identity, key;
    char challenge[32];
    struct value data; /* (owned) the identity when it began; NONE: there was none */
};

struct recorder {
    struct recorder_config config;
    const struct device *device; /* (borrowed) NULL: not attached */
    struct trace_listener ear;
    char **steps; /* (owned) lines */
    size_t step_count, size;
    size_t requests;
    int64_t last_at;   /* when the last step was over */
    int64_t settle_ms; /* a process ended meanwhile, which took so long; 0: none */
    int64_t plays_ms;  /* about as long as the record */
    bool is_full, is_stopped;
    bool has_passed[RECORDER_LIMITS]; /* it was told */
    struct session sessions[SESSIONS_MOST];
    size_t session_count;
    struct followed *watches; /* (owned) */
    size_t watch_count;
    struct process *processes; /* (owned) */
    size_t process_count;
    struct known_server servers[SERVERS_MOST];
    size_t server_count;
    struct setting_server brought[SERVERS_MOST]; /* by a bootstrap */
    size_t brought_count;
    unsigned secrets;                     /* names given to keys */
    bool says_signature, says_ciphertext; /* the step at hand */
    bool has_signature, has_ciphertext;   /* some step */
};

/* --- recorder.c --------------------------------------------------------------------------------
 */
/* Adds a step: what SERVER (ID_NONE: nobody in particular) does, or, when IS_EVENT, what is
 * expected, within the time that it took. */
struct step_text {
    unsigned server;
    bool is_event;
    struct bytes text;
};
void recorder_add(struct recorder *recorder, const struct step_text *step);
/* A line that is no step. */
bool recorder_is_open(const struct recorder *recorder); /* something can be added */
void recorder_remark(struct recorder *recorder, const char *text);
/* There are more than the recorder can follow: told once, in the record and as a warning. */
void recorder_pass(struct recorder *recorder, enum recorder_limit limit);
int64_t recorder_now(const struct recorder *recorder);
struct session *recorder_session(struct recorder *recorder, const struct peer *peer);
void recorder_sessions_end(struct recorder *recorder);
/* Every server is told that another Register is to come; SERVER alone when it is not ID_NONE. */
void recorder_due(struct recorder *recorder, unsigned server);
/* NULL when there are too many. */
struct known_server *recorder_server(struct recorder *recorder, unsigned id);
/* The observation with this token, or NULL. */
struct followed *recorder_watch(struct recorder *recorder, unsigned server, const uint8_t *token,
                                size_t len);
/* That of PATH, or of PATHS when that is the root. */
struct followed *recorder_watch_of(struct recorder *recorder, unsigned server, struct path path,
                                   const struct records *paths);
/* Begins to observe what REQUEST asks for; PATHS are those of a composite one, or none. */
void recorder_watch_add(struct recorder *recorder, unsigned server, const struct message *request,
                        struct path path, const struct records *paths);
void recorder_watch_end(struct recorder *recorder, struct followed *watch); /* NULL is legal */
/* What AuthData of INSTANCE comes from, or NULL. */
struct process *recorder_process(struct recorder *recorder, unsigned instance);
/* A process of INSTANCE begins; NULL when there are too many instances. */
struct process *recorder_process_begin(struct recorder *recorder, unsigned instance);
/* Those of INSTANCE, or all when it is ID_NONE, are gone with their results. */
void recorder_processes_end(struct recorder *recorder, unsigned instance);

/* --- recorder_events.c -------------------------------------------------------------------------
 */
/* The device said REQUEST on SESSION: a Register, an Update, a request for a bootstrap, a Send. */
void record_said(struct recorder *recorder, struct session *session, const struct message *request);
void record_registered(struct recorder *recorder, const struct session *session, bool is_update);
void record_notified(struct recorder *recorder, const struct session *session,
                     const struct message *notification);
void record_stimulus(const struct stimulus *stimulus, struct buf *out);

/* --- recorder_steps.c --------------------------------------------------------------------------
 */
/* A request on SESSION and its answer. */
void record_request(struct recorder *recorder, const struct session *session,
                    const struct message *request, const struct message *response);

/* --- recorder_raw.c ----------------------------------------------------------------------------
 */
enum { URI_MOST = 16384 };
/* The path of a request as text: `/` when it has none. */
void record_path(const struct message *request, struct buf *out);
/* Appends a step that dictates REQUEST; PATH is of the data model, or NULL. False when it cannot be
 * said, or a key may stand in it: what was written is to be dropped then. */
MUST_USE bool record_dictated(const struct recorder *recorder, const struct message *request,
                              const struct path *path, struct buf *out);

/* --- recorder_values.c -------------------------------------------------------------------------
 */
/* What a content is about. */
struct content {
    struct path base;      /* ids stand relative to it; root: whole paths */
    bool is_part;          /* there were other values, which are nothing to it */
    struct records values; /* (owned) */
};
MUST_USE bool content_decode(const struct recorder *recorder, const struct message *message,
                             struct path base, struct content *out);
void content_release(struct content *content);
/* TEXT can stand in a line as it is, as one word. */
bool record_is_word(struct bytes text);
void record_quoted(struct bytes text, struct buf *out);
void record_literal(const struct value *value, struct buf *out);
/* The octets of a payload: a text or hex:... */
void record_octets(struct bytes octets, struct buf *out);
/* `{0/1="Acme"}`, `42`, `signature(...)`: what a content holds, as an expectation of PATH. */
void record_expected(struct recorder *recorder, const struct content *content, struct buf *out);
/* What is written, relative to its base; keys become names. False when it cannot be said so. */
MUST_USE bool record_written(struct recorder *recorder, const struct content *content,
                             struct buf *out);
/* Whether one of the values is a key. */
bool content_has_secret(const struct content *content);
void record_format(int format, struct buf *out);

#endif
