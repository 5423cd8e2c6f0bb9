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
    rounds_make(&scene.rounds, &scene.files,
                &(struct rounds_plan){.format = NULL, .is_fixed = false}, &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 1);
    expect_round(&scene, 0, NULL, "car");
    end(&scene);
}
END_TEST

START_TEST(the_device_is_of_the_version_that_has_the_format)
{
    struct scene scene;
    begin(&scene, "car", "formats tlv json senml-cbor");
    rounds_make(&scene.rounds, &scene.files,
                &(struct rounds_plan){.format = NULL, .is_fixed = false}, &scene.stage);
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
    rounds_make(&scene.rounds, &scene.files,
                &(struct rounds_plan){.format = "senml-cbor", .is_fixed = false}, &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 1);
    expect_round(&scene, 0, "senml-cbor", "car@1.1");
    end(&scene);
}
END_TEST

START_TEST(a_given_profile_stays_as_it_is)
{
    struct scene scene;
    begin(&scene, "car", "formats senml-cbor");
    rounds_make(&scene.rounds, &scene.files,
                &(struct rounds_plan){.format = NULL, .is_fixed = true}, &scene.stage);
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
        rounds_make(&scene.rounds, &scene.files,
                    &(struct rounds_plan){.format = NULL, .is_fixed = false}, &scene.stage);
        expect_round(&scene, 0, "json", profiles[i]);
        end(&scene);
    }
}
END_TEST

START_TEST(each_repetition_has_a_seed_of_its_own)
{
    static const int64_t seeds[] = {5, 6, 7};
    struct scene scene;
    begin(&scene, "car", "");
    rounds_make(&scene.rounds, &scene.files, &(struct rounds_plan){.repeat = 3, .seed = 5},
                &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 3);
    for (size_t i = 0; i < 3; i++) {
        expect_round(&scene, i, NULL, "car");
        ck_assert_int_eq(scene.rounds.items[i].seed, seeds[i]);
        ck_assert_uint_eq(scene.rounds.items[i].repetition, i + 1);
    }
    char *title = round_title(&scene.rounds.items[1], "T (tlv)");
    ck_assert_str_eq(title, "T (tlv) (run 2)");
    free(title);
    end(&scene);
}
END_TEST

START_TEST(seeds_stay_in_32_bits_and_may_be_missing)
{
    struct scene scene;
    begin(&scene, "car", "");
    rounds_make(&scene.rounds, &scene.files, &(struct rounds_plan){.repeat = 2, .seed = UINT32_MAX},
                &scene.stage);
    ck_assert_int_eq(scene.rounds.items[0].seed, UINT32_MAX);
    ck_assert_int_eq(scene.rounds.items[1].seed, 0);
    rounds_release(&scene.rounds);
    rounds_make(&scene.rounds, &scene.files, &(struct rounds_plan){.repeat = 2, .seed = -1},
                &scene.stage);
    ck_assert_int_eq(scene.rounds.items[1].seed, -1);
    rounds_release(&scene.rounds);
    rounds_make(&scene.rounds, &scene.files, &(struct rounds_plan){.repeat = 1, .seed = 3},
                &scene.stage);
    ck_assert_uint_eq(scene.rounds.count, 1);
    ck_assert_int_eq(scene.rounds.items[0].seed, 3);
    ck_assert_uint_eq(scene.rounds.items[0].repetition, 0);
    char *title = round_title(&scene.rounds.items[0], "T");
    ck_assert_str_eq(title, "T");
    free(title);
    end(&scene);
}
END_TEST

START_TEST(chance_is_another_wherever_something_is)
{
    const uint8_t sha256[2][32] = {{1}, {[31] = 1}};
    const struct round rounds[] = {
        {.seed = 1}, {.seed = 2}, {.seed = 1, .format = "tlv"}, {.seed = 1, .format = "json"}};
    uint64_t seen[2 * COUNT_OF(rounds) * 2];
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(rounds); i++)
        for (size_t file = 0; file < 2; file++)
            for (unsigned attempt = 0; attempt < 2; attempt++)
                seen[count++] = round_chance(&rounds[i], sha256[file], attempt);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(seen[i] != seen[k], "%zu and %zu", i, k);
    ck_assert(round_chance(&rounds[0], sha256[0], 0) == seen[0]);
}
END_TEST

UNIT_MAIN("rounds", there_is_one_round_without_formats,
          the_device_is_of_the_version_that_has_the_format, a_given_format_is_the_only_one,
          a_given_profile_stays_as_it_is, each_repetition_has_a_seed_of_its_own,
          seeds_stay_in_32_bits_and_may_be_missing, chance_is_another_wherever_something_is,
          a_device_that_has_no_other_version_stays_as_it_is)
