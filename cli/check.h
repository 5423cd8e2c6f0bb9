/* SPDX-License-Identifier: Apache-2.0 */
/* What `check` and `run` find out before anything moves: whether each scenario fits its profile. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli/data.h"
#include "cli/options.h"
#include "cli/scenarios.h"
#include "drivers/sim.h"

/* `--set name=value` as the scenario engine takes it. */
struct bindings {
    struct binding *items; /* (owned) */
    char **names;          /* (owned) */
    size_t count;
};
/* False: the text at *OUT_WRONG of TEXTS is not of that form. Release OUT whatever comes back. */
MUST_USE bool bindings_read(const struct texts *texts, struct bindings *out, size_t *out_wrong);
void bindings_release(struct bindings *bindings);

/* Loads profiles for a stage, remembers which, and complains once about each. */
struct profiles {
    struct names_list known;  /* (owned) loaded before */
    struct names_list broken; /* (owned) could not be loaded; said already */
    bool is_aside;            /* what is loaded now is not played: it is not remembered */
    struct buf options;       /* (owned) what each known one sets of the open questions, one line */
};
void profiles_init(struct profiles *profiles);
void profiles_release(struct profiles *profiles);
/* For house_config.load; ARG is a struct profiles. */
struct profile *profiles_load(void *arg, const char *name, uint8_t out_sha256[32],
                              struct error_list *errors);

/* For house_config.load_security; without a file of the setting's own, the one beside its
 * profile. */
struct server_security *profiles_load_security(void *arg, const struct setting *setting,
                                               struct error_list *errors);

/* Looks the profile of FILE up on STAGE and checks the scenario against it; false when ERRORS got
 * an error, or when the profile is one that was complained about before. */
MUST_USE bool scenario_fits(const struct scenario_file *file, struct stage *stage,
                            struct profiles *profiles, const struct bindings *bindings,
                            struct error_list *errors);
/* The same for all FILES, with the errors on stderr. Those that fit the profile that they name but
 * not the one that they were given pass: they are not applicable to that. */
MUST_USE bool scenarios_fit(const struct scenario_files *files, struct stage *stage,
                            struct profiles *profiles, const struct bindings *bindings);

#endif
