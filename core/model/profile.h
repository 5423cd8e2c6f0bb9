/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles: a device as JSON (lwm2m-portfolio-profile(5)), and the server's half of one.
 *
 * The loader knows the object definitions and reports every error of the file at once, each with
 * file, line, column and JSON pointer. */
#ifndef MODEL_PROFILE_H
#define MODEL_PROFILE_H

#include "base/provision.h"
#include "base/status.h"
#include "model/credentials.h"
#include "model/model.h"

/* Rights of a server: bits of resource 2 of the Access Control object. */
enum { RIGHT_READ = 1, RIGHT_WRITE = 2, RIGHT_EXECUTE = 4, RIGHT_DELETE = 8, RIGHT_CREATE = 16 };

/* An account as the profile has it; what servers and bootstrap change later is in objects 0 to 2.
 */
struct profile_server {
    uint16_t ssid;     /* 0: the bootstrap account */
    uint16_t instance; /* of the Security object, and of the Server object */
    char *uri;         /* (owned) coap://host:port, or another of the schemes */
    char *connect;     /* (owned) address to use instead of the URI's host, or NULL */
    int64_t lifetime;  /* seconds; 0 for the bootstrap account */
    unsigned rights;   /* RIGHT_ bits */
    struct credentials security;
    unsigned line; /* where it stands */
};

/* What the profile says of one Portfolio instance beside its values. */
struct profile_portfolio {
    uint16_t instance;
    bool gsma;                /* "gsma": rules PF-GSMA-* apply */
    bool has_dedicated;       /* "dedicated_to" */
    struct path dedicated_to; /* depth 2 */
};

struct profile {
    char *name;     /* (owned) shipped name or path, as asked for */
    char *endpoint; /* (owned) */
    enum lwm2m_version version;
    int64_t lifetime;               /* seconds */
    bool says_lifetime;             /* of the first account; else it is a default */
    bool says_binding;              /* likewise, in resource 7 of its Server object */
    struct profile_server *servers; /* (owned) without "servers": coap://127.0.0.1:5683 */
    size_t server_count;
    struct profile_server *bootstrap; /* (owned) or NULL */
    bool queue_mode;
    int64_t awake_ms;            /* how long the device is awake after its last message */
    int64_t handshake_ms;        /* the most that one may take */
    bool non_confirmable;        /* notifications */
    char *state;                 /* (owned) file of what outlives a restart, or NULL */
    struct catalogue *catalogue; /* (owned) built-in objects and those declared here */
    struct records content;      /* initial values in the order of paths, objects 0 and 1 included;
                                  * VALUE_NONE records for empty instances and resources and for
                                  * executables that the instance has */
    uint16_t supported[64];      /* objects listed though empty */
    size_t supported_count;
    struct provision provision;
    struct profile_portfolio
        *portfolios; /* (owned) one for each entry of secure_component.instances */
    size_t portfolio_count;
    int64_t latency_ms; /* of the secure component */
    int64_t limit_ms;   /* after which a process counts as failed */
    bool lenient_arguments;
    bool strict_create;
    unsigned auth_data_instances; /* in how many resource instances AuthData comes, at most */
    struct path *read_only;       /* (owned) Identity instances that refuse writes */
    size_t read_only_count;
    char *extra_arguments; /* (owned) sent along by our server: `4='x'`; or NULL */
    int formats[8];        /* preference for answers without Accept, Content-Formats */
    size_t format_count;   /* 0: the device's own choice */
};

/* Parses TEXT; SUBJECT names it in messages, FOLDER is where `file:` keys are looked for. NULL when
 * ERRORS got an error (warnings may be there either way); else owned by the caller. */
struct profile *profile_parse(struct bytes text, const char *subject, const char *folder,
                              struct error_list *errors);
/* The same for TEXT from the file at PATH. */
struct profile *profile_of_file(struct bytes text, const char *path, struct error_list *errors);
/* The same as a device of VERSION, whatever "lwm2m" says. */
struct profile *profile_of_version(struct bytes text, const char *path, enum lwm2m_version version,
                                   struct error_list *errors);
/* Reads the file at PATH, then likewise. */
struct profile *profile_load(const char *path, struct error_list *errors);
void profile_free(struct profile *profile); /* zeroes keys and identities */
/* The address that an account with the host of URI is reached at, from "connect"; NULL: look the
 * host up. Borrowed from the profile. */
const char *profile_connect(const struct profile *profile, const char *uri);
/* The half of the pre-shared keys of PROFILE that its servers have; owned by the caller. */
struct server_security *server_security_of_profile(const struct profile *profile);
const struct profile_portfolio *profile_portfolio(const struct profile *profile, unsigned instance);

/* A new model with the profile's content; the profile must outlive it. */
struct model *profile_model(const struct profile *profile);

/* Appends the JSON Schema of a KIND of file, for editors: "profile", "keyring", "security" or
 * "bootstrap"; made from the table that the validator uses. False: there is no such kind. */
MUST_USE bool file_schema(const char *kind, struct buf *out);

/* The built-in objects, and those that the member "definitions" of the file at PATH declares, a
 * profile or a file of its own; NULL when ERRORS got an error. */
struct catalogue *catalogue_load(const char *path, struct error_list *errors);
void catalogue_free(struct catalogue *catalogue);

/* The server's half: per endpoint and instance the suites, octet rule, keys and hashes. */
struct keyring_entry {
    char *endpoint; /* (owned) */
    struct provision provision;
};
struct keyring {
    struct keyring_entry *entries; /* (owned) */
    size_t count;
};
/* Same errors as a profile; NULL when ERRORS got an error. */
struct keyring *keyring_parse(struct bytes text, const char *subject, const char *folder,
                              struct error_list *errors);
struct keyring *keyring_load(const char *path, struct error_list *errors);
void keyring_free(struct keyring *keyring);
/* NULL when ENDPOINT is not in it; borrowed. */
const struct provision *keyring_find(const struct keyring *keyring, const char *endpoint);

/* Writing (command provision): the profile TEMPLATE_TEXT with each key and given hash of its secure
 * component replaced by those of PROVISION, and the server's half of it; both as JSON text. */
MUST_USE enum status profile_write(struct bytes template_text, const struct provision *provision,
                                   struct buf *out, struct error *error);
void keyring_write(const char *endpoint, const struct provision *provision, struct buf *out);

#endif
