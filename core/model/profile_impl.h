/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the profile loader share. */
#ifndef MODEL_PROFILE_IMPL_H
#define MODEL_PROFILE_IMPL_H

#include "base/file.h"

#include "model/model_impl.h"
#include "model/profile.h"
#include "model/shape_impl.h"

/* The form of the files, in profile_shape.c. */
extern const struct shape profile_shape;
extern const struct shape keyring_shape;
extern const struct shape server_security_shape;
extern const struct shape state_shape;
extern const struct shape bootstrap_file_shape;
extern const struct shape definitions_shape; /* of that member */
/* Names that "formats" may hold, with their Content-Formats. */
struct format_name {
    const char *name; /* (borrowed) */
    int format;
    enum lwm2m_version first, last; /* that have it */
};
const struct format_name *format_named(struct bytes name);

/* A profile while it is being read. */
struct loading {
    struct source source;
    const struct json *root;           /* (borrowed) */
    struct profile *profile;           /* (owned) what comes of it */
    struct tree content;               /* (owned) the initial values, sorted */
    bool full;                         /* too many values were reported already */
    const enum lwm2m_version *version; /* (borrowed) instead of "lwm2m"; NULL: what that says */
};

/* Reports an error at the value (its name when AT_NAME) of the profile. */
#define COMPLAIN(LOADING, VALUE, AT_NAME, ...)                                                     \
    json_error((LOADING)->source.errors, (LOADING)->source.subject, VALUE, AT_NAME, __VA_ARGS__)

/* BUILTIN and what "definitions" adds to it; free with catalogue_free. */
struct catalogue *definitions_load(const struct source *source, const struct catalogue *builtin,
                                   const struct json *definitions);

/* The value of that type that JSON stands for, `file:` being looked for in FOLDER; false, perhaps
 * with a reason, when it is none. */
MUST_USE bool value_of_json(const char *folder, enum value_type type, const struct json *json,
                            struct value *out, struct error *reason);
/* The same for the resource (instance) at PATH, as DEF asks for; what is wrong is reported, but for
 * the kinds of JSON that the shape has reported. */
MUST_USE bool value_load(const struct source *source, const struct resource_def *def,
                         struct path path, const struct json *json, struct value *out);
/* Sets an initial value (taken over), unless there are too many, which is reported at JSON. */
void content_put(struct loading *loading, const struct json *json, struct path path,
                 struct value value);
/* Gives PATH an initial value unless it has one. */
void content_fill(struct loading *loading, struct path path, struct value value);

/* Fills .servers and .bootstrap. */
void accounts_load(struct loading *loading);
void accounts_free(struct profile *profile);
/* Makes objects 0 and 1 of them, beside what "objects" says. */
void accounts_add(struct loading *loading);
/* The bindings that the accounts need: resource 16 of the Device object. */
const char *accounts_bindings(const struct profile *profile);
/* The rights that SERVER is given: bits of resource 2 of object 2. */
unsigned access_rights(const struct loading *loading, const struct json *server);
/* With several servers: makes object 2, unless "objects" has it. */
void access_add(struct loading *loading);

/* Fills .content from the accounts and "objects". */
void objects_load(struct loading *loading);
/* What stands at PATH in "objects", or the nearest thing around it. */
const struct json *objects_find(const struct loading *loading, struct path path);
/* Fills .provision, .portfolios and the resources 1 to 3 from "secure_component". */
void secure_load(struct loading *loading);
/* Rules PF-OBJ-7 and PF-GSMA-1 to 3, and links that lead nowhere; needs all the rest. */
void links_check(struct loading *loading);

/* Octets that JSON, a string, points to (model/secret.h), called WHAT in messages; false when they
 * cannot be had, which was reported then. SECRET: warns when everybody can read the file. */
MUST_USE bool octets_load(const struct source *source, const struct json *json, const char *what,
                          bool secret, struct buf *out);

/* One entry of "instances" or of a keyring: octet rule, suites, keys, given hashes. CONTENT has the
 * Identity values for "from-identity"; NULL: the server's half, whose keys are the verifying ones.
 */
void provision_load(const struct source *source, const struct json *entry, struct path path,
                    const struct tree *content, struct provision *out);

/* A JSON text while it is being read. */
struct document {
    struct source source;
    struct json_doc *doc;    /* (owned) */
    const struct json *root; /* (borrowed) */
    size_t errors_before, entries_before;
};
/* False, with entries in the errors of SOURCE, when TEXT is no JSON; nothing is to be closed then.
 */
MUST_USE bool document_open(struct document *out, struct bytes text, const struct source *source);
/* Puts what was found into the order of the text; false when there was an error. */
MUST_USE bool document_close(struct document *document);

/* The text of a JSON file, and where the names of other files in it begin. */
struct document_file {
    struct buf text; /* (owned) secret */
    char *folder;    /* (owned) */
};
/* False with an entry in ERRORS. Release OUT whatever comes back. */
MUST_USE bool document_file_read(struct document_file *out, const char *path,
                                 struct error_list *errors);
void document_file_release(struct document_file *file);

#endif
