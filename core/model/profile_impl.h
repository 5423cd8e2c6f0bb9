/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the profile loader share. */
#ifndef MODEL_PROFILE_IMPL_H
#define MODEL_PROFILE_IMPL_H

#include "model/model_impl.h"
#include "model/profile.h"
#include "model/shape_impl.h"

/* The form of both files, in profile_shape.c. */
extern const struct shape profile_shape;
extern const struct shape keyring_shape;
/* Names that "formats" may hold, with their Content-Formats. */
struct format_name {
    const char *name; /* (borrowed) */
    int format;
};
const struct format_name *format_named(struct bytes name);

/* A profile while it is being read. */
struct loading {
    struct source source;
    const struct json *root; /* (borrowed) */
    struct profile *profile; /* (owned) what comes of it */
    struct tree content;     /* (owned) the initial values, sorted */
    bool full;               /* too many values were reported already */
};

/* Reports an error at the value (its name when AT_NAME) of the profile. */
#define COMPLAIN(LOADING, VALUE, AT_NAME, ...)                                                     \
    json_error((LOADING)->source.errors, (LOADING)->source.subject, VALUE, AT_NAME, __VA_ARGS__)

/* BUILTIN and what "definitions" adds to it; free with catalogue_free. */
struct catalogue *definitions_load(const struct source *source, const struct catalogue *builtin,
                                   const struct json *definitions);
void catalogue_free(struct catalogue *catalogue);

/* Sets an initial value (taken over), unless there are too many, which is reported at JSON. */
void content_put(struct loading *loading, const struct json *json, struct path path,
                 struct value value);
/* Fills .content from "servers" and "objects". */
void objects_load(struct loading *loading);
/* What stands at PATH in "objects", or the nearest thing around it. */
const struct json *objects_find(const struct loading *loading, struct path path);
/* Fills .provision, .portfolios and the resources 1 to 3 from "secure_component". */
void secure_load(struct loading *loading);
/* Rules PF-OBJ-7 and PF-GSMA-1 to 3, and links that lead nowhere; needs all the rest. */
void links_check(struct loading *loading);

/* One entry of "instances" or of a keyring: octet rule, suites, keys, given hashes. CONTENT has the
 * Identity values for "from-identity"; NULL: the server's half, whose keys are the verifying ones.
 */
void provision_load(const struct source *source, const struct json *entry, struct path path,
                    const struct tree *content, struct provision *out);

/* The folder of a file name, owned by the caller; "." when it names none. */
char *folder_of(const char *path);
/* Reads a whole JSON file (secret buffer, initialised here); false with an entry in ERRORS. */
MUST_USE bool json_file_read(const char *path, struct buf *out, struct error_list *errors);

#endif
