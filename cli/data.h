/* SPDX-License-Identifier: Apache-2.0 */
/* Shipped profiles and scenarios: where they are, and how names become paths. */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include "model/profile.h"

/* The folder that holds profiles/ and scenarios/: GIVEN (the environment variable
 * LWM2M_PORTFOLIO_DATA) when it is not NULL or empty, else what EXECUTABLE, the folder of the
 * program, has beside or above it. NULL when there is none; the caller frees it. */
char *data_find(const char *given, const char *executable);
/* The same for the program that runs. */
char *data_folder(void);
/* Program NAME that belongs to this one: beside it, or installed in libexec. NULL when there is
 * none; the caller frees it. */
char *data_program(const char *name);

enum data_kind { DATA_PROFILES, DATA_SCENARIOS };

/* Names of what is shipped, in alphabetical order: "vehicle", "portfolio/use-case-1". */
struct names_list {
    char **items; /* (owned) */
    size_t count;
};
void data_names(enum data_kind kind, struct names_list *out);
void names_list_release(struct names_list *names);
void names_list_add(struct names_list *names, const char *name); /* copies */

/* The path of NAME: itself when there is such a file or folder, else that of a shipped one. NULL
 * with a sentence when there is neither; the caller frees it. */
char *data_path(enum data_kind kind, const char *name, struct error *error);
/* Only among what is shipped; NULL when it is not. */
char *data_shipped_path(enum data_kind kind, const char *name);
/* Adds the files below FOLDER whose names end in SUFFIX, in alphabetical order. */
void data_collect(const char *folder, const char *suffix, struct names_list *out);

/* The profile called NAME (data_path), or NAME@1.0, NAME@1.1: as a device of that version of LwM2M,
 * whatever the file says; and the SHA-256 of its file (OUT_SHA256 may be NULL). NULL when ERRORS
 * got an error. */
struct profile *data_profile(const char *name, uint8_t out_sha256[32], struct error_list *errors);
/* The path of the security file beside the profile called PROFILE, with the same name but for its
 * end: "x.security" beside "x.json". NULL when there is none; the caller frees it. */
char *data_security_path(const char *profile);

#endif
