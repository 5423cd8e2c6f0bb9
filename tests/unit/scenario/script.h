/* SPDX-License-Identifier: Apache-2.0 */
/* Short ways to read, check and play scenarios on the scripted stage. */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "scenario/scenario_impl.h"
#include "tests/fake/fake_oracle.h"
#include "tests/fake/fake_stage.h"
#include "tests/unit/unit.h"

/* The least header; steps follow on line 3. */
#define HEADER "title \"T\"\nprofile fake\n"

/* A text with its list of errors, for functions that read pieces of it. */
struct sheet {
    struct error_list errors;
    struct source source;
    struct names names;
};

static inline void sheet_open(struct sheet *sheet, const char *text)
{
    *sheet = (struct sheet){.source = {.file = "f", .text = bytes_of(text), .first_line = 1}};
    error_list_init(&sheet->errors);
    sheet->source.errors = &sheet->errors;
}

static inline void sheet_close(struct sheet *sheet)
{
    error_list_release(&sheet->errors);
    names_release(&sheet->names);
}

/* The only error, as people see it; the text lives until the next call. */
static inline const char *error_shown(const struct error_list *errors)
{
    static char shown[1000];
    struct buf out;
    ck_assert_uint_eq(errors->count, 1);
    buf_init(&out, sizeof shown - 1);
    error_format(&errors->items[0], &out);
    snprintf(shown, sizeof shown, "%s", buf_text(&out));
    buf_release(&out);
    return shown;
}

/* Keeps VALUE (taken over) under NAME, as if a read of PATH had brought it. */
static inline void save(struct saved *saved, const char *name, const char *path, struct value value)
{
    struct outcome outcome;
    outcome_init(&outcome);
    fake_content(&outcome, path, value);
    saved_keep(saved, bytes_of(name), &outcome, outcome.values.items[0].path, false);
    outcome_release(&outcome);
}

/* Parses TEXT as file "f", without an error. */
static inline struct scenario *parsed(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct scenario *scenario = scenario_parse(bytes_of(text), "f", &errors);
    ck_assert_msg(scenario != NULL, "%s", errors.count > 0 ? errors.items[0].text : "?");
    ck_assert_uint_eq(errors.count, 0);
    error_list_release(&errors);
    return scenario;
}

/* Parses and checks it for the fake's claims, without an error. */
static inline struct scenario *checked(const char *text)
{
    struct fake_stage fake;
    struct error_list errors;
    struct scenario *scenario = parsed(text);
    error_list_init(&errors);
    fake_stage_init(&fake);
    enum status status = scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors);
    ck_assert_msg(status == ST_OK, "%s", errors.count > 0 ? errors.items[0].text : "?");
    fake_stage_release(&fake);
    error_list_release(&errors);
    return scenario;
}

/* A scenario being played: set the fake and the options, then play. */
struct script {
    struct fake_stage fake;
    struct run_options options;
    struct scenario *scenario;
    struct result result;
    enum status status;
};

static inline void script_open(struct script *script)
{
    *script = (struct script){0};
    fake_stage_init(&script->fake);
    script->options.stop = &script->fake.stop;
}

static inline void script_play(struct script *script, const char *text)
{
    script->scenario = parsed(text);
    scenario_run(script->scenario, &script->fake.stage, &script->options, &script->result,
                 &script->status);
}

static inline void script_close(struct script *script)
{
    result_release(&script->result);
    scenario_free(script->scenario);
    fake_stage_release(&script->fake);
}

static inline const char *script_log(struct script *script)
{
    return buf_text(&script->fake.log);
}

static inline const char *script_reason(struct script *script)
{
    return buf_text(&script->result.reason);
}

#endif
