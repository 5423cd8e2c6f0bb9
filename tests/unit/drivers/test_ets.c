/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of the test specification that wait, with the times of its catalogue: the shipped
 * scenarios on the shipped profiles, both ends built in, in virtual time. */
#include "base/std.h"

#include "drivers/stages.h"
#include "model/secret.h"
#include "scenario/scenario.h"
#include "tests/unit/drivers/scene.h"

enum { NAMES_MOST = 8, AWAKE_MS = 93000, HOUR_MS = 3600000 };

static const struct {
    const char *file;
    struct binding times[NAMES_MOST]; /* ends with the first that has no name */
} waiting[] = {
    {"102-update", {{"lifetime", "20"}, {"next", "11s"}}},
    {"104-update-trigger", {{"lifetime", "20"}, {"past", "30s"}}},
    {"105-discarded-update", {{"lifetime", "20"}, {"next", "11s"}}},
    {"107-extended-lifetime", {{"first", "60"}, {"second", "120"}, {"next", "61s"}}},
    {"109-behaviour-in-queue-mode", {{"lifetime", "240"}, {"asleep", "120s"}, {"next", "30s"}}},
    {"301-observe-notify",
     {{"pmin7", "5"},
      {"pmax7", "15"},
      {"pmin8", "10"},
      {"pmax8", "20"},
      {"early", "4900ms"},
      {"late", "15200ms"}}},
    {"302-cancel-by-reset", {{"pmin", "5"}, {"pmax", "15"}, {"late", "16s"}, {"silence", "14s"}}},
    {"303-cancel-observe-1", {{"pmin", "5"}, {"pmax", "15"}, {"silence", "60s"}}},
    {"303-printed", {{"pmin", "5"}, {"pmax", "15"}, {"late", "5100ms"}}},
    {"304-observe-composite",
     {{"pmin", "30"}, {"pmax", "45"}, {"early", "29900ms"}, {"late", "15200ms"}}},
    {"305-cancel-composite",
     {{"pmin", "30"}, {"pmax", "45"}, {"late", "30100ms"}, {"silence", "100s"}}},
    {"308-observe-composite-create",
     {{"pmin", "30"}, {"pmax", "45"}, {"early", "29900ms"}, {"late", "15200ms"}}},
    {"309-observe-composite-delete", {{"pmin", "30"}, {"pmax", "45"}, {"late", "45100ms"}}},
    {"310-observe-composite-attributes", {{"pmax", "5"}, {"early", "4900ms"}, {"late", "200ms"}}},
};

static void read_text(const char *path, struct buf *out)
{
    buf_init(out, 1 << 16);
    ck_assert_msg(file_read(path, out, NULL, NULL) == ST_OK, "%s", path);
}

/* The version behind `@` is 1.1 wherever something waits. */
static struct profile *load(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors)
{
    UNUSED(arg);
    char path[100];
    struct buf text;
    const char *version = strchr(name, '@');
    int len = version == NULL ? (int)strlen(name) : (int)(version - name);
    snprintf(path, sizeof path, "profiles/%.*s.json", len, name);
    read_text(path, &text);
    memset(out_sha256, 0, 32);
    struct profile *profile = version == NULL
                                  ? profile_of_file(buf_bytes(&text), path, errors)
                                  : profile_of_version(buf_bytes(&text), path, LWM2M_1_1, errors);
    buf_release(&text);
    if (profile != NULL)
        profile->awake_ms = AWAKE_MS;
    return profile;
}

static struct scenario *read_scenario(const char *name)
{
    static char path[100];
    struct buf text;
    struct error_list errors;
    error_list_init(&errors);
    snprintf(path, sizeof path, "scenarios/ets/%s.scenario", name);
    read_text(path, &text);
    struct scenario *scenario = scenario_parse(buf_bytes(&text), path, &errors);
    ck_assert_msg(scenario != NULL, "%s", path);
    error_list_release(&errors);
    buf_release(&text);
    return scenario;
}

static void play(const char *file, const struct binding *times)
{
    struct scene scene;
    struct result result;
    enum status status = ST_OK;
    struct run_options options = {.timeout_ms = HOUR_MS, .bindings = times};
    while (options.binding_count < NAMES_MOST && times[options.binding_count].name != NULL)
        options.binding_count++;
    scene_open_at(&scene, clock_new_virtual(INT64_C(1800000000000)));
    struct house_config config = {.world = scene.world, .load = load};
    struct stage *stage = sim_stage_new(&config);
    struct scenario *scenario = read_scenario(file);
    scenario_run(scenario, stage, &options, &result, &status);
    ck_assert_msg(status == ST_OK && result.verdict == VERDICT_PASS, "%s: %s", file,
                  buf_text(&result.reason));
    result_release(&result);
    scenario_free(scenario);
    stage->ops->free(stage);
    scene_close(&scene);
}

START_TEST(pass_with_the_times_of_the_catalogue)
{
    for (size_t i = 0; i < COUNT_OF(waiting); i++)
        play(waiting[i].file, waiting[i].times);
}
END_TEST

UNIT_MAIN("ets", pass_with_the_times_of_the_catalogue)
