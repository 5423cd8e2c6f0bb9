/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server does to a model. It works on a copy, which takes the model's place as a
 * whole or not at all; existence of the target and access rights do not matter to it
 * (LwM2M TS 1.1, 6.1.7). */
#ifndef MODEL_BOOTSTRAP_H
#define MODEL_BOOTSTRAP_H

#include "model/model.h"

/* A model with the same content, which nobody follows and nothing protects. The catalogue is
 * borrowed; the caller owns the copy. */
struct model *model_copy(const struct model *model);
/* Does to MODEL, as one step, what made AFTER of BEFORE; what is alike in both stays as it is in
 * MODEL, which has all instances of BEFORE that AFTER has, too. ST_LIMIT when it has no room for
 * all, the rest is done. */
MUST_USE enum status model_merge(struct model *model, const struct model *before,
                                 const struct model *after);

/* Appends all values at or below PATH, an object or an instance, whoever may read them; an object
 * without instances or an instance without values gives a VALUE_NONE record. MODEL_NOT_FOUND when
 * it is not there. */
enum model_result model_read_all(const struct model *model, struct path path, struct records *out);
/* Writes RECORDS to TARGET of a copy, all or nothing. What is missing comes to be; an instance that
 * is written becomes what RECORDS say, but for what servers cannot write beyond object 2, and a
 * resource does likewise. Of objects that the device does not have, 0 to 2 come to be as well.
 * Resources that are unknown within an instance are ignored. MODEL_BAD_REQUEST with a sentence
 * otherwise. */
enum model_result model_provide(struct model *copy, struct path target,
                                const struct records *records, struct error *error);
enum { ACCOUNTS_MOST = 64 }; /* instances of object 0, and of object 1 */
/* Whether the accounts of objects 0 and 1 fit together: MODEL_OK, or MODEL_BAD_REQUEST with a
 * sentence. There is at least one server to register with, and no more accounts than can be used;
 * each Security object instance can be used as it is, and each server has both instances, with all
 * that is mandatory. */
enum model_result model_check_accounts(const struct model *model, struct error *error);

#endif
