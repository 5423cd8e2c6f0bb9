/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands `list` and `show` share. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include <cjson/cJSON.h>

#include "cli/command.h"
#include "cli/scenarios.h"
#include "scenario/rules.h"

struct list_options {
    struct common common;
    bool tags, coverage, man;
    const char *wanted; /* (borrowed) scenarios: tags as tags_fit takes them, or NULL */
};

/* Items as JSON in one document, or as lines. */
struct list_output {
    const struct list_options *options; /* (borrowed) */
    cJSON *document;                    /* (owned) NULL: no JSON */
    cJSON *array;                       /* (borrowed) called TOPIC in it */
};
struct list_output list_begin(const struct list_options *options, const char *topic);
/* A new object of the array for the caller to fill, or NULL: the caller prints. */
cJSON *list_object(struct list_output *output);
/* The same; prints NAME alone when that is all that is wanted (-q). */
cJSON *list_item(struct list_output *output, const char *name);
int list_end(struct list_output *output);
/* Name, title, profile and tags of FILE. */
void list_put_scenario(cJSON *object, const struct scenario_file *file);

/* Each prints one topic and gives an exit status. */
int list_rules(const struct list_options *options);
int list_rules_manual(void);
int list_rules_coverage(const struct list_options *options);
int list_interpretations(const struct list_options *options);

/* "device, server" */
void rule_sides_put(const struct rule *rule, struct buf *out);
const char *rule_strength_name(enum rule_strength strength); /* "must" */
/* TEXT broken into lines of at most 78 columns, each behind INDENT blanks. */
void paragraph_print(const char *text, unsigned indent);

#endif
