/* SPDX-License-Identifier: Apache-2.0 */
/* The data model of one device: definitions, instances, values, atomic changes, and who is told.
 *
 * Definitions are immutable and shared, so that a device costs little more than its values.
 * A change either happens whole or not at all. What a server asks for goes through
 * model_read/write/create/delete, which know operations, types and ranges; what the device itself
 * does goes through model_put and its kin, which know types only. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/status.h"
#include "base/value.h"

enum { OP_READ = 1, OP_WRITE = 2, OP_EXECUTE = 4 };

struct resource_def {
    uint16_t id;
    const char *name; /* (borrowed) */
    uint8_t ops;      /* OP_ flags; 0: for the bootstrap interface only */
    bool multiple;
    bool mandatory;
    enum value_type type; /* VALUE_NONE for executables */
    int64_t min, max; /* integers and times: allowed range; strings and opaques: length in octets;
                       * min > max: no limit */
};

struct object_def {
    uint16_t id;
    const char *name;    /* (borrowed) "Portfolio" */
    const char *urn;     /* (borrowed) "urn:oma:lwm2m:oma:16" */
    const char *version; /* (borrowed) "1.0" */
    bool multiple;
    bool mandatory;
    const struct resource_def *resources; /* (borrowed) ascending ids */
    size_t count;
};

enum lwm2m_version { LWM2M_1_0, LWM2M_1_1 };
const char *lwm2m_version_name(enum lwm2m_version version); /* "1.0" */

/* A set of object definitions: those built in, and those that a profile declares. */
struct catalogue {
    const struct object_def *const *objects; /* (borrowed) ascending ids */
    size_t count;
};

/* Objects 0 to 7 and 16 as they are in that version of LwM2M. */
const struct catalogue *catalogue_of(enum lwm2m_version version);
/* The newest, in which all that the older ones have is alike: for whoever reads what any device
 * says. */
const struct catalogue *catalogue_builtin(void);
const struct object_def *catalogue_object(const struct catalogue *catalogue, unsigned object);
/* The definition of the resource at PATH (depth 3 or 4), or NULL. */
const struct resource_def *catalogue_resource(const struct catalogue *catalogue, struct path path);
const struct resource_def *object_def_resource(const struct object_def *def, unsigned resource);

/* What the model answers to a server; data, not a failure of ours. */
enum model_result {
    MODEL_OK,
    MODEL_NOT_FOUND,   /* 4.04: no such object, instance, resource or resource instance */
    MODEL_NOT_ALLOWED, /* 4.05: the resource does not have that operation, or the path is no place
                        * for it */
    MODEL_BAD_REQUEST  /* 4.00: wrong type, out of range, mandatory resource missing, id in use */
};

struct model; /* opaque */

/* CATALOGUE must outlive the model. */
struct model *model_new(const struct catalogue *catalogue);
void model_free(struct model *model); /* zeroes all values */
const struct catalogue *model_catalogue(const struct model *model);

/* --- what is there ------------------------------------------------------------------- */

/* Lists OBJECT as supported even while it has no instance. */
void model_support(struct model *model, unsigned object);
/* True when the path names something that is there: a supported object, an instance, a resource
 * (an executable one counts when the instance has it), a resource instance. */
bool model_has(const struct model *model, struct path path);
/* The ids below PATH in ascending order: objects of `/`, instances of `/o`, resources of `/o/i`,
 * resource instances of `/o/i/r`. Fills at most MOST and returns how many there are. */
size_t model_children(const struct model *model, struct path path, uint16_t *out, size_t most);
/* The same as an array that the caller frees; NULL when there are none. */
uint16_t *model_ids(const struct model *model, struct path path, size_t *out_count);
/* The value of a single resource (depth 3) or a resource instance (depth 4), or NULL; borrowed
 * until the next change. */
const struct value *model_value(const struct model *model, struct path path);

/* --- what a server asks for ----------------------------------------------------------- */

/* Appends all readable values at or below PATH. On a path of depth 3 or 4 a resource without
 * OP_READ gives MODEL_NOT_ALLOWED, elsewhere it is left out. Empty things give VALUE_NONE records
 * when they are the target, or an instance of it. A missing target gives MODEL_NOT_FOUND;
 * `/16/0/3/0`, an instance of a single resource, MODEL_NOT_ALLOWED. */
enum model_result model_read(const struct model *model, struct path path, struct records *out);

enum model_write_mode {
    MODEL_REPLACE, /* PUT: target becomes exactly what RECORDS say */
    MODEL_UPDATE   /* POST: what RECORDS say is added or overwritten, nothing goes */
};
/* Writes to an instance, a resource or a resource instance, all or nothing (LwM2M TS 1.0, 5.4.3).
 * Unknown resources in an instance write are ignored, a non-writable one fails the whole request.
 */
enum model_result model_write(struct model *model, struct path target, enum model_write_mode mode,
                              const struct records *records, struct error *error);
/* Checks without writing: whether model_write would give MODEL_OK. */
enum model_result model_check_write(const struct model *model, struct path target,
                                    enum model_write_mode mode, const struct records *records,
                                    struct error *error);
/* Writes single resources and resource instances of any instances, all or nothing and as one step
 * (Write-Composite). A record updates; the resource must be there, its instance comes when it is
 * missing. Errors as those of model_write; no record at all is MODEL_OK. */
enum model_result model_write_all(struct model *model, const struct records *records,
                                  struct error *error);
/* Creates an instance; RECORDS may name the instance id (their paths) or use ID_NONE for "choose";
 * read-only and unknown resources in them are ignored; every mandatory writable resource must be
 * there, a multiple one may have no instances unless STRICT (I-17). *out_instance tells the id. */
enum model_result model_create(struct model *model, unsigned object, const struct records *records,
                               bool strict, uint16_t *out_instance, struct error *error);
/* The last instance of a mandatory object stays: MODEL_NOT_ALLOWED. */
enum model_result model_delete(struct model *model, unsigned object, unsigned instance);

/* --- what the device itself does ------------------------------------------------------- */

/* Adds an instance with its mandatory executable resources and no values; it may be there already.
 */
void model_add_instance(struct model *model, unsigned object, unsigned instance);
/* Lets the instance have RESOURCE though it has no value: an executable one, or an empty multiple
 * one. The instance must be there. */
void model_add_resource(struct model *model, struct path resource);
/* Takes VALUE over and sets a single resource or a resource instance, adding instance and resource
 * as needed; ST_INVALID when the path is unknown or the type is another one, ST_LIMIT when the
 * model is full. */
MUST_USE enum status model_put(struct model *model, struct path path, struct value value);
/* Removes a resource instance, a resource, all instances of a multiple resource (depth 3, the
 * resource stays when KEEP is true) or an object instance (depth 2). What is not there is no
 * error. */
void model_remove(struct model *model, struct path path, bool keep);
/* Refuses writes of servers to one resource or resource instance (I-20): MODEL_NOT_ALLOWED. Ends
 * when the object instance is deleted. */
void model_protect(struct model *model, struct path path);

/* --- who is told ----------------------------------------------------------------------- */

enum model_change { MODEL_CHANGED, MODEL_CREATED, MODEL_DELETED };

/* Called once for each path, after the whole step; CREATED and DELETED name instances, CHANGED
 * names resources or resource instances whose value came, changed or went, but not those of an
 * instance that was created or deleted in the same step. The callee may change the model: that is
 * a new step, of which all are told after this one. */
struct model_watcher {
    void (*changed)(void *arg, enum model_change change, struct path path);
    void (*settled)(void *arg); /* after the last call of a step; may be NULL */
    void *arg;                  /* (borrowed) */
    struct model_watcher *next; /* (borrowed) */
};
void model_watch(struct model *model, struct model_watcher *watcher);
void model_unwatch(struct model *model, struct model_watcher *watcher);
/* Changes between begin and end are one step for the watchers; may nest. */
void model_begin(struct model *model);
void model_end(struct model *model);

#endif
