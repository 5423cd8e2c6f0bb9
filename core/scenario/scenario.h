/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario as data, how it is read, and how it is run. */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "scenario/actor.h"
#include "scenario/oracle.h"
#include "scenario/rules.h"
#include "scenario/sink.h"

struct scenario; /* parsed file; see scenario_impl.h */

/* A `--set name=value`. */
struct binding {
    const char *name;  /* (borrowed) */
    const char *value; /* (borrowed) as it would stand in the file */
};

/* Parses TEXT; every error goes to ERRORS with line, column; NULL when there was one. Types, paths,
 * operations and names are checked by scenario_check, which needs the profile. */
struct scenario *scenario_parse(struct bytes text, const char *file, struct error_list *errors);
/* The same, but gives what was understood in spite of errors, so that scenario_check can say what
 * is wrong with that; such a scenario is not to be run. NULL when no profile is named. */
struct scenario *scenario_read(struct bytes text, const char *file, struct error_list *errors);
void scenario_free(struct scenario *scenario);
const char *scenario_title(const struct scenario *scenario);
const char *scenario_profile(const struct scenario *scenario);
const char *scenario_own_profile(const struct scenario *scenario); /* that its file names */
/* Plays it for another profile than its file says. */
void scenario_set_profile(struct scenario *scenario, const char *profile);
/* The file of what its server has and knows, as `security` of its header names it, or NULL. */
const char *scenario_security(const struct scenario *scenario);
/* Plays it with the file at PATH. */
void scenario_set_security(struct scenario *scenario, const char *path);
/* What it is to be played with; borrowed until one of these setters is called. */
struct setting scenario_setting(const struct scenario *scenario);
/* The content formats that it is to be played in, a run each (NULL-terminated, borrowed): `formats`
 * of its header. None: the two ends choose. */
const char *const *scenario_formats(const struct scenario *scenario);
/* Lets each operation with content that names no format have FORMAT, which becomes part of the
 * title of results; NULL: the two ends choose. */
void scenario_set_format(struct scenario *scenario, const char *format);
const char *const *scenario_tags(const struct scenario *scenario); /* NULL-terminated, borrowed */
/* The rules that its checks belong to (each once, NULL-terminated array; borrowed): for the
 * coverage matrix. A rule that is in `covers` without a check is an error of the parser. */
const struct rule *const *scenario_rules(const struct scenario *scenario);

/* Resolves names and types against CLAIMS and ORACLE: unset variables, unknown paths, operations
 * that the object model does not allow (unless the step expects an error), unknown rules. */
MUST_USE enum status scenario_check(struct scenario *scenario, const struct claims *claims,
                                    const struct oracle *oracle, const struct binding *bindings,
                                    size_t binding_count, struct error_list *errors);

struct run_options {
    bool strict;             /* a warning is a failure */
    bool third_party_device; /* verdicts as the strength of a rule asks for on somebody else's */
    bool allow_writes; /* on somebody else's device: what changes something there is played, too */
    bool third_party_server;
    bool profile_is_chosen;         /* by the user: what does not fit it is not applicable */
    double patience;                /* factor on every `within`; 0: 1.0 */
    int64_t timeout_ms;             /* of one scenario; 0: as it says, else 60 s */
    const struct binding *bindings; /* (borrowed) */
    size_t binding_count;
    const volatile int *stop;  /* (borrowed) non-zero: leave after cleanup, e.g. set by a signal */
    struct progress *progress; /* (borrowed) it is told what is under way; or NULL */
};

/* Runs SCENARIO on STAGE: looks its profile up, checks it against that, plays it. RESULT is filled
 * (release it with result_release), but for STARTED_UTC and SCENARIO_SHA256, which are the
 * caller's. *out_status is ST_OK when it was played to an end. Otherwise the verdict is
 * VERDICT_ERROR: the status of the stage that could not be set up (ST_UNREACHABLE, ...), ST_INVALID
 * when profile and scenario do not fit, ST_TIMEOUT when the time limit passed, ST_CANCELLED when
 * STOP was set. */
void scenario_run(struct scenario *scenario, struct stage *stage, const struct run_options *options,
                  struct result *result, enum status *out_status);
void result_release(struct result *result);

/* Appends what came of an operation on PATH as one line for people: `2.05 {0/1="Acme"}`, without a
 * newline. */
void outcome_explain(const struct outcome *outcome, struct path path, struct buf *out);

/* One line of a scenario performed at once, as `server` and `device` read them from stdin. Exactly
 * one of SERVER, DEVICE may be NULL; CLAIMS may be NULL. ANSWER gets lines for a person. ERROR gets
 * a sentence with the number of the line and the column. ST_INVALID: the line is wrong; ST_REFUSED:
 * it was performed and what came is not what `=>` (or a success code) asks for; else what the actor
 * says. Claims and oracle must outlive the console, and so must WORDS: what else can be said to
 * whoever has it, for hints ("help, quit"), or NULL. */
struct console; /* opaque: names, last values */
struct console *console_new(const struct claims *claims, const struct oracle *oracle,
                            struct server_actor *server, struct device_actor *device,
                            const char *words);
void console_free(struct console *console);
MUST_USE enum status console_line(struct console *console, struct bytes line, struct buf *answer,
                                  struct error *error);

#endif
