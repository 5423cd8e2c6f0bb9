/* SPDX-License-Identifier: Apache-2.0 */
/* What came, against what is expected. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct scenario *scenario;
static struct outcome outcome;
static struct saved saved;

static void answer(unsigned code)
{
    outcome_init(&outcome);
    outcome.code = (uint8_t)((code / 100) << 5 | code % 100);
}

static void value(const char *path, struct value content)
{
    answer(205);
    fake_content(&outcome, path, content);
}

static struct value octets(const char *text)
{
    return value_octets(VALUE_OPAQUE, bytes_of(text));
}

/* Compares OUTCOME, which is released, with the last step of LINES; the reason is left in *REASON
 * until the next call. */
static enum comparison compare(const char *lines, const char **reason)
{
    static char text[2000];
    static struct finding finding;
    struct comparer comparer = {fake_oracle(), &saved};
    snprintf(text, sizeof text, HEADER "%s\n", lines);
    scenario = checked(text);
    finding = compare_outcome(&comparer, &scenario->steps[scenario->step_count - 1], &outcome);
    if (reason != NULL)
        *reason = finding.reason;
    if (finding.result != COMPARISON_MET)
        ck_assert_ptr_nonnull(finding.at);
    scenario_free(scenario);
    outcome_release(&outcome);
    return finding.result;
}

static void met(const char *line)
{
    ck_assert_msg(compare(line, NULL) == COMPARISON_MET, "%s", line);
}

static void broken(const char *line, const char *wanted)
{
    const char *reason;
    ck_assert_msg(compare(line, &reason) == COMPARISON_BROKEN, "%s", line);
    ck_assert_str_eq(reason, wanted);
}

static void unknown(const char *line, const char *wanted)
{
    const char *reason;
    ck_assert_msg(compare(line, &reason) == COMPARISON_UNKNOWN, "%s", line);
    ck_assert_str_eq(reason, wanted);
}

START_TEST(codes_are_compared_first)
{
    answer(205);
    met("read /16 => 2.05");
    answer(404);
    met("read /16 => 2.05|4.xx");
    answer(404);
    broken("read /16", "");
    answer(500);
    broken("read /16 => 2.05|4.xx", "");
    answer(404);
    met("read /16/0/2 => 2.05|4.04 empty"); /* an error has nothing to compare */
    answer(0);
    met("read /16 => none");
    answer(205);
    broken("read /16 => none", "");
    answer(201);
    broken("delete /16/0", "");
}
END_TEST

START_TEST(single_values_are_compared_by_type)
{
    value("/16/0/3", value_integer(1));
    met("read /16/0/3 => 2.05 1");
    value("/16/0/3", value_integer(1));
    broken("read /16/0/3 => 2.05 0", "");
    value("/16/0/3", value_integer(2));
    met("read /16/0/3 => 2.05 0|2");
    value("/16/0/3", value_string("1"));
    broken("read /16/0/3 => 2.05 1", "");
    value("/3/0/0", value_string("Acme"));
    met("read /3/0/0 => 2.05 \"Acme\"");
    value("/6/0/0", value_float(48.25));
    met("read /6/0/0 => 2.05 48.25");
}
END_TEST

START_TEST(nothing_to_compare_is_broken)
{
    answer(205);
    broken("read /16/0/3 => 2.05 1", "the answer has no content");
    answer(205);
    snprintf(outcome.problem, sizeof outcome.problem, "it does not decode");
    broken("read /16/0/3 => 2.05 any", "it does not decode");
    value("/16/0/2", value_none());
    broken("read /16/0/2 => 2.05 any", "");
    value("/16/0/2", value_none());
    met("read /16/0/2 => 2.05 empty");
}
END_TEST

START_TEST(ranges_lengths_and_any)
{
    value("/16/0/3", value_integer(2));
    met("read /16/0/3 => 2.05 0..2");
    value("/16/0/3", value_integer(3));
    broken("read /16/0/3 => 2.05 0..2", "");
    value("/16/0/3", value_integer(-1));
    broken("read /16/0/3 => 2.05 0..2", "");
    value("/16/0/3", value_float(1));
    broken("read /16/0/3 => 2.05 0..2", "");
    value("/16/0/2/0", octets("1234"));
    met("read /16/0/2 => 2.05 length(4)");
    value("/16/0/2/0", octets("1234"));
    broken("read /16/0/2 => 2.05 length(5)", "");
    value("/16/0/3", value_integer(4));
    broken("read /16/0/3 => 2.05 length(1)", "");
    value("/16/0/3", value_integer(4));
    met("read /16/0/3 => 2.05 any");
}
END_TEST

START_TEST(negations_exclude_each_alternative)
{
    value("/16/0/3", value_integer(1));
    met("read /16/0/3 => 2.05 not 0|2");
    value("/16/0/3", value_integer(2));
    broken("read /16/0/3 => 2.05 not 0|2", "it must not be that");
    value("/16/0/3", value_integer(1));
    broken("read /16/0/3 => 2.05 any not 1", "at /16/0/3: it must not be that");
}
END_TEST

START_TEST(opaque_instances_are_joined_in_ascending_id)
{
    value("/16/0/2/7", octets("cd"));
    fake_content(&outcome, "/16/0/2/1", octets("ab"));
    met("read /16/0/2 => 2.05 hex:61626364");
    value("/16/0/2/7", octets("cd"));
    fake_content(&outcome, "/16/0/2/1", octets("ab"));
    met("read /16/0/2 => 2.05 length(4)");
    value("/16/0/0/1", value_string("a"));
    fake_content(&outcome, "/16/0/0/2", value_string("b"));
    broken("read /16/0/0 => 2.05 \"ab\"", "");
    value("/16/0/0/1", value_string("a"));
    met("read /16/0/0 => 2.05 \"a\"");
}
END_TEST

static void instance(void)
{
    value("/16/0/0/0", value_string("a"));
    fake_content(&outcome, "/16/0/0/1", value_string("b"));
    fake_content(&outcome, "/16/0/2", value_none());
    fake_content(&outcome, "/16/0/3", value_integer(0));
}

START_TEST(sets_are_exact)
{
    instance();
    met("read /16/0 => 2.05 {0/0=\"a\",0/1=\"b\",3=0}");
    instance();
    met("read /16/0 => 2.05 {0=any,2=empty,3=0}");
    instance();
    broken("read /16/0 => 2.05 {0/0=\"a\",3=0}", "/16/0/0/1 should not be there");
    instance();
    broken("read /16/0 => 2.05 {0/0=\"a\",0/1=\"c\",3=0}", "at /16/0/0/1");
    instance();
    broken("read /16/0 => 2.05 {0=any,0/9=any,3=0}", "at /16/0/0/9");
    instance();
    broken("read /16/0 => 2.05 empty", "/16/0/0/0 should not be there");
}
END_TEST

START_TEST(a_part_may_be_asked_for)
{
    instance();
    met("read /16/0 => 2.05 has {3=0}");
    instance();
    met("read /16/0 => 2.05 has {3=0} without 2 0/2");
    instance();
    broken("read /16/0 => 2.05 has {3=0} without 0/1", "/16/0/0/1 should not be there");
    instance();
    met("read /16/0 => 2.05 without 2");
    instance();
    broken("read /16/0 => 2.05 has {3=1}", "");
}
END_TEST

static void signature(const char *text)
{
    value("/16/0/2/0", octets(text));
}

START_TEST(signatures_are_judged_by_the_oracle)
{
    signature("sig /16/0 identity=3 key=0 challenge=5");
    met("read /16/0/2 => 2.05 signature(identity=3, challenge=5)");
    signature("sig /16/0 identity=3 key=0 challenge=5");
    broken("read /16/0/2 => 2.05 signature(identity=2, challenge=5)", "it does not fit");
    signature("sig /16/1 identity=3 key=2 challenge=5");
    met("read /16/0/2 => 2.05 signature(identity=3, challenge=5, key=2, instance=16/1)");
    signature("sig /16/0 identity=3 key=0 challenge=5");
    met("read /16/0/2 => 2.05 mismatch(identity=3, challenge=6)");
    signature("sig /16/0 identity=3 key=0 challenge=5");
    broken("read /16/0/2 => 2.05 mismatch(identity=3, challenge=5)", "it fits");
    signature("sig /16/0 identity=3 key=0 challenge=5 text=1.4");
    met("read /16/0/2 => 2.05 signature(identity=3, challenge=5, text=\"1.4\")");
    signature("sig /16/0 identity=3 key=0 challenge=5 text=1.4");
    broken("read /16/0/2 => 2.05 signature(identity=3, challenge=5, text=\"1.5\")",
           "it does not fit");
    signature("sig /16/0 identity=3 key=0 challenge=5");
    unknown("read /16/0/2 => 2.05 signature(identity=3, challenge=5, key=77)", "no key 77 is held");
    answer(205);
    outcome.decoded = true;
    broken("read /16/0/2 => 2.05 signature(identity=3, challenge=5)",
           "there are no octets to judge");
}
END_TEST

START_TEST(what_cannot_be_told_yields_to_another_alternative)
{
    signature("sig /16/0 identity=3 key=0 challenge=5");
    met("read /16/0/2 => 2.05 signature(identity=3, challenge=5, key=77)|any");
    signature("x");
    unknown("read /16/0/2 => 2.05 signature(identity=3, challenge=5, key=77)|hex:00",
            "no key 77 is held");
}
END_TEST

START_TEST(ciphertexts_are_opened_and_their_data_compared)
{
    signature("enc /16/0 key=0 challenge=5 data=Road ster");
    met("read /16/0/2 => 2.05 ciphertext(identity=2, challenge=5, data=\"Road ster\")");
    signature("enc /16/0 key=0 challenge=5 data=x");
    met("read /16/0/2 => 2.05 ciphertext(identity=2, challenge=5)");
    signature("enc /16/0 key=0 challenge=5 data=x");
    broken("read /16/0/2 => 2.05 ciphertext(identity=2, challenge=5, data=\"y\")",
           "it opens to other data: \"x\"");
    signature("enc /16/0 key=0 challenge=5 data=x");
    broken("read /16/0/2 => 2.05 ciphertext(identity=2, challenge=6, data=\"x\")",
           "it does not fit");
}
END_TEST

START_TEST(saved_values_are_compared)
{
    save(&saved, "t", "/16/0/2/0", octets("ab"));
    save(&saved, "n", "/16/0/3", value_integer(4));
    save(&saved, "s", "/16/0/3", value_string("x"));
    value("/16/0/2/0", octets("ab"));
    met("read /16/0/2 => 2.05 any save t\nread /16/0/2 => 2.05 $t");
    value("/16/0/2/0", octets("ab"));
    broken("read /16/0/2 => 2.05 any save t\nread /16/0/2 => 2.05 not $t", "it must not be that");
    value("/16/0/3", value_integer(4));
    met("read /16/0/3 => 2.05 any save n\nread /16/0/3 => 2.05 $n");
    value("/16/0/2/0", octets("enc /16/0 key=0 challenge=5 data=x"));
    met("read /16/0/2 => 2.05 any save s\n"
        "read /16/0/2 => 2.05 ciphertext(identity=2, challenge=5, data=$s)");
    value("/16/0/3", value_integer(4));
    unknown("read /16/0/3 => 2.05 any save never\nread /16/0/3 => 2.05 $never",
            "nothing was saved under that name");
    value("/16/0/2/0", octets("enc /16/0 key=0 challenge=5 data=x"));
    unknown("read /16/0/2 => 2.05 any save n\n"
            "read /16/0/2 => 2.05 ciphertext(identity=2, challenge=5, data=$n)",
            "no text was saved under that name");
    saved_release(&saved);
}
END_TEST

START_TEST(raw_answers_may_be_octets)
{
    answer(205);
    buf_puts(&outcome.payload, "hello");
    met("raw GET /x => 2.05 \"hello\"");
    answer(205);
    buf_puts(&outcome.payload, "hello");
    met("raw GET /x => 2.05 length(5)");
    answer(205);
    buf_puts(&outcome.payload, "hello");
    broken("raw GET /x => 2.05 empty", "the answer has a payload");
    answer(204);
    met("raw GET /x => 2.04 empty");
    value("/16/0/3", value_integer(1));
    met("raw GET /16/0/3 => 2.05 1");
}
END_TEST

START_TEST(locations_formats_links_and_sameness)
{
    answer(201);
    outcome.has_location = true;
    outcome.location = path_instance(16, 1);
    met("create /16 => 2.01 /16/1");
    answer(201);
    broken("create /16 => 2.01 /16/1", "the location is missing");
    answer(201);
    outcome.has_location = true;
    outcome.location = path_instance(16, 2);
    broken("create /16 => 2.01 /16/1", "the location is /16/2");
    answer(205);
    outcome.format = 11542;
    met("read /16 => 2.05 format tlv");
    answer(205);
    outcome.format = 0;
    broken("read /16 => 2.05 format tlv", "the content format is text (0)");
    answer(205);
    outcome.format = 0;
    buf_puts(&outcome.payload, "x");
    broken("read /16 as tlv => 2.05 format tlv", "asked for tlv (11542), answered text (0)");
    answer(205);
    buf_puts(&outcome.payload, "</16>,</16/0>");
    met("discover /16 => 2.05 links(</16/0>)");
    answer(205);
    buf_puts(&outcome.payload, "</16>,</16/0>");
    broken("discover /16 => 2.05 links exactly(</16/0>)", "there are other links too");
    answer(205);
    outcome.same = true;
    met("read /16\nrepeat => 2.05 same");
    answer(205);
    broken("read /16\nrepeat => same", "the answer has other octets than the first one");
}
END_TEST

static void judged(enum judgement judgement, const char *problem)
{
    answer(205);
    outcome.judgement = judgement;
    snprintf(outcome.problem, sizeof outcome.problem, "%s", problem);
}

START_TEST(judgements_are_compared)
{
    judged(JUDGEMENT_GENUINE, "");
    met("covers PF-AUTH-1\nauthenticate /16/0 identity=0");
    judged(JUDGEMENT_MISMATCH, "it does not fit");
    broken("covers PF-AUTH-1\nauthenticate /16/0 identity=0", "it does not fit");
    judged(JUDGEMENT_MISMATCH, "");
    met("covers PF-AUTH-1\nauthenticate /16/0 identity=0 => mismatch");
    judged(JUDGEMENT_GENUINE, "");
    broken("covers PF-AUTH-1\nauthenticate /16/0 identity=0 => not genuine", "");
    judged(JUDGEMENT_NONE, "ERROR");
    met("covers PF-AUTH-1\nauthenticate /16/0 identity=0 => error");
    judged(JUDGEMENT_NONE, "ERROR");
    broken("covers PF-AUTH-1\nauthenticate /16/0 identity=0 => genuine", "ERROR");
    judged(JUDGEMENT_UNKNOWN, "no key");
    unknown("covers PF-AUTH-1\nauthenticate /16/0 identity=0 => not genuine", "no key");
    judged(JUDGEMENT_UNKNOWN, "no key");
    met("covers PF-AUTH-1\nauthenticate /16/0 identity=0 => unknown");
}
END_TEST

START_TEST(opened_data_is_compared)
{
    judged(JUDGEMENT_GENUINE, "");
    fake_content(&outcome, "/16/0/0/2", value_string("x"));
    met("covers PF-ENC-1\ndecrypt /16/0 identity=2 => genuine \"x\"");
    judged(JUDGEMENT_GENUINE, "");
    fake_content(&outcome, "/16/0/0/2", value_string("x"));
    broken("covers PF-ENC-1\ndecrypt /16/0 identity=2 => genuine \"y\"", "it opens to other data");
    judged(JUDGEMENT_GENUINE, "");
    fake_content(&outcome, "/16/0/0/2", value_string("x"));
    unknown("covers PF-ENC-1\nread /16/0/3 save v\ndecrypt /16/0 identity=2 => genuine $v",
            "nothing was saved under that name");
}
END_TEST

static struct finding registration(const char *line, const struct registration_seen *seen)
{
    char text[300];
    struct comparer comparer = {fake_oracle(), &saved};
    snprintf(text, sizeof text, HEADER "%s\n", line);
    scenario = checked(text);
    struct finding finding = compare_registration(&comparer, &scenario->steps[0].expectation, seen);
    scenario_free(scenario);
    return finding;
}

START_TEST(registrations_are_compared)
{
    const struct registration_seen bare = {0};
    static char binding[] = "UQ", version[] = "1.0";
    const struct registration_seen full = {
        true, "</3/0>,</16/0>", "20", {binding, version, true, true}};
    static const struct {
        const char *line, *bare, *full; /* NULL: it is met */
    } rows[] = {
        {"expect update", NULL, NULL},
        {"expect update with list", "it has no object list", NULL},
        {"expect update with no list", NULL, "it has an object list"},
        {"expect update with lt=20", "it has no lifetime", NULL},
        {"expect update with lt=21", "it has no lifetime", "the lifetime is 20"},
        {"expect update with no lt", NULL, "it has a lifetime"},
        {"expect update with b=UQ", "the binding is not known", NULL},
        {"expect update with b=U", "the binding is not known", "the binding is UQ"},
        {"expect update with lwm2m=1.0", "the version is not known", NULL},
        {"expect update with lwm2m=1.1", "the version is not known", "the version is 1.0"},
        {"expect update with queue", "it is not in queue mode", NULL},
        {"expect update with no queue", NULL, "it is in queue mode"},
        {"expect update with links(</3/0>)", "</3/0> is missing", NULL},
        {"expect update with links exactly(</3/0>)", "</3/0> is missing",
         "there are other links too"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct finding finding = registration(rows[i].line, &bare);
        ck_assert_int_eq(finding.result, rows[i].bare == NULL ? COMPARISON_MET : COMPARISON_BROKEN);
        ck_assert_str_eq(finding.reason, rows[i].bare == NULL ? "" : rows[i].bare);
        finding = registration(rows[i].line, &full);
        ck_assert_int_eq(finding.result, rows[i].full == NULL ? COMPARISON_MET : COMPARISON_BROKEN);
        ck_assert_str_eq(finding.reason, rows[i].full == NULL ? "" : rows[i].full);
    }
}
END_TEST

START_TEST(silence_is_accepted_when_it_is_asked_for)
{
    static const struct {
        const char *line;
        bool accepted;
    } rows[] = {{"read /16 => none", true},
                {"read /16 => 2.05|none", true},
                {"read /16 => 2.05", false},
                {"cancel /16 by reset", false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[300];
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].line);
        scenario = checked(text);
        ck_assert_int_eq(expectation_accepts_silence(&scenario->steps[0].expectation),
                         rows[i].accepted);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(an_observe_that_is_only_read_is_broken)
{
    const char *reason = NULL;
    value("/16/0/3", value_integer(0));
    outcome.unobserved = true;
    ck_assert_int_eq(compare("observe /16/0/3 => 2.05 0", &reason), COMPARISON_BROKEN);
    ck_assert_str_eq(reason, "the answer does not say that it is observed");
}
END_TEST

/* An answer of a driver that tells nothing of WHAT. */
static void answer_untold(unsigned code, unsigned what)
{
    answer(code);
    outcome.untold = what;
}

START_TEST(what_is_never_told_proves_nothing)
{
    answer_untold(205, UNTOLD_VALUES);
    unknown("read /16/0/3 => 2.05 0", "who drives the server does not tell values");
    answer_untold(205, UNTOLD_VALUES);
    unknown("read /16/0/2 => 2.05 empty", "who drives the server does not tell values");
    answer_untold(405, UNTOLD_VALUES);
    broken("read /16/0/3 => 2.05 0", "");
    answer_untold(205, UNTOLD_LINKS);
    unknown("discover /16 => 2.05 links(</16>)", "who drives the server does not tell links");
    answer_untold(205, UNTOLD_LINKS);
    broken("read /16/0/3 => 2.05 0", "the answer has no content");
    answer_untold(201, UNTOLD_LOCATION);
    unknown("create /16 => 2.01 /16/3", "who drives the server does not tell locations");
    answer_untold(205, UNTOLD_DATA);
    outcome.judgement = JUDGEMENT_GENUINE;
    unknown("covers PF-ENC-1\ndecrypt /16/0 identity=1 => genuine \"a\"",
            "who drives the server does not tell what was opened");
    value("/16/0/3", value_integer(1));
    outcome.untold = UNTOLD_VALUES; /* and yet it does */
    broken("read /16/0/3 => 2.05 0", "");
}
END_TEST

UNIT_MAIN("compare", an_observe_that_is_only_read_is_broken, codes_are_compared_first,
          single_values_are_compared_by_type, nothing_to_compare_is_broken, ranges_lengths_and_any,
          negations_exclude_each_alternative, opaque_instances_are_joined_in_ascending_id,
          sets_are_exact, a_part_may_be_asked_for, signatures_are_judged_by_the_oracle,
          what_cannot_be_told_yields_to_another_alternative,
          ciphertexts_are_opened_and_their_data_compared, saved_values_are_compared,
          raw_answers_may_be_octets, locations_formats_links_and_sameness, judgements_are_compared,
          opened_data_is_compared, registrations_are_compared,
          silence_is_accepted_when_it_is_asked_for, what_is_never_told_proves_nothing)
