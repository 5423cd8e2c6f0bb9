/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios are played once in each format, by a device that has it. */
#include "tests/unit/unit.h"

#include "cli/rounds.h"

/* A stage that knows some devices and their formats. */
static const char *const old_formats[] = {"tlv", "json", NULL};
static const char *const new_formats[] = {"tlv", "senml-cbor", NULL};

static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    static const struct {
        const char *profile;
        struct claims claims;
    } rows[] = {
        {"car", {.formats = old_formats}},     {"car@1.0", {.formats = old_formats}},
        {"car@1.1", {.formats = new_formats}}, {"van", {.formats = new_formats}},
        {"truck", {.formats = NULL}},
    };
    UNUSED(stage);
    UNUSED(errors);
    *out_oracle = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].profile, setting->profile) == 0) {
            *out_claims = &rows[i].claims;
            return ST_OK;
        }
    return ST_INVALID;
}

struct scene {
    struct stage_ops ops;
    struct stage stage;
    struct scenario_file file;
    struct scenario_files files;
    struct rounds rounds;
};

static void begin(struct scene *scene, const char *profile, const char *formats)
{
    char text[200];
    struct error_list errors;
    *scene = (struct scene){.ops = {.look_up = look_up}};
    scene->stage.ops = &scene->ops;
    error_list_init(&errors);
    snprintf(text, sizeof text, "title \"T\"\nprofile %s\n%s\nread /3\n", profile, formats);
    scene->file.scenario = scenario_parse(bytes_of(text), "f", &errors);
    ck_assert_ptr_nonnull(scene->file.scenario);
    scene->files = (struct scenario_files){.items = &scene->file, .count = 1};
    error_list_release(&errors);
}

static void end(struct scene *scene)
{
    rounds_release(&scene->rounds);
    scenario_free(scene->file.scenario);
}

/* Plays the round at INDEX as far as its scenario goes. */
static void expect_round(const struct scene *scene, size_t index, const char *format,
                         const char *profile)
{
    ck_assert_uint_lt(index, scene->rounds.count);
    const struct round *round = &scene->rounds.items[index];
    ck_assert_ptr_eq(round->file, &scene->file);
    ck_assert_pstr_eq(round->format, format);
    round_prepare(round);
    ck_assert_str_eq(scenario_profile(scene->file.scenario), profile);
}

START_TEST(there_is_one_round_without_formats)
{
    struct scene scene;
    begin(&scene, "car", "");
    rounds_make(&scene.rounds, &scene.files, NULL, false, &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 1);
    expect_round(&scene, 0, NULL, "car");
    end(&scene);
}
END_TEST

START_TEST(the_device_is_of_the_version_that_has_the_format)
{
    struct scene scene;
    begin(&scene, "car", "formats tlv json senml-cbor");
    rounds_make(&scene.rounds, &scene.files, NULL, false, &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 3);
    expect_round(&scene, 0, "tlv", "car");
    expect_round(&scene, 1, "json", "car");
    expect_round(&scene, 2, "senml-cbor", "car@1.1");
    expect_round(&scene, 0, "tlv", "car");
    end(&scene);
}
END_TEST

START_TEST(a_given_format_is_the_only_one)
{
    struct scene scene;
    begin(&scene, "car", "formats tlv json");
    rounds_make(&scene.rounds, &scene.files, "senml-cbor", false, &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 1);
    expect_round(&scene, 0, "senml-cbor", "car@1.1");
    end(&scene);
}
END_TEST

START_TEST(a_given_profile_stays_as_it_is)
{
    struct scene scene;
    begin(&scene, "car", "formats senml-cbor");
    rounds_make(&scene.rounds, &scene.files, NULL, true, &scene.stage);
    expect_round(&scene, 0, "senml-cbor", "car");
    end(&scene);
}
END_TEST

START_TEST(a_device_that_has_no_other_version_stays_as_it_is)
{
    static const char *const profiles[] = {"van", "truck", "unknown"};
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        struct scene scene;
        begin(&scene, profiles[i], "formats json");
        rounds_make(&scene.rounds, &scene.files, NULL, false, &scene.stage);
        expect_round(&scene, 0, "json", profiles[i]);
        end(&scene);
    }
}
END_TEST

UNIT_MAIN("rounds", there_is_one_round_without_formats,
          the_device_is_of_the_version_that_has_the_format, a_given_format_is_the_only_one,
          a_given_profile_stays_as_it_is, a_device_that_has_no_other_version_stays_as_it_is)
