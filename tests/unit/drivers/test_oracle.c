/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle: definitions, formats, links, and AuthData that other tools have made. */
#include "base/std.h"

#include "codec/codec.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct oracle *oracle;

static void open_oracle(void)
{
    scene_open(&scene);
    oracle = oracle_new(scene.profile->catalogue, scene.verifiers, "scene");
}

static void close_oracle(void)
{
    oracle_free(oracle);
    scene_close(&scene);
}

/* --- the data model ------------------------------------------------------------------------ */

START_TEST(describes_objects)
{
    open_oracle();
    bool multiple = false;
    ck_assert(oracle->ops->object(oracle, 16, &multiple));
    ck_assert(multiple);
    ck_assert(oracle->ops->object(oracle, 3, &multiple));
    ck_assert(!multiple);
    ck_assert(!oracle->ops->object(oracle, 4711, &multiple));
    close_oracle();
}
END_TEST

START_TEST(describes_resources)
{
    open_oracle();
    struct oracle_resource resource;
    ck_assert(oracle->ops->resource(oracle, path_resource(16, 5, 0), &resource));
    ck_assert(resource.readable && resource.writable && resource.multiple);
    ck_assert(!resource.executable);
    ck_assert_int_eq(resource.type, VALUE_STRING);
    ck_assert_str_eq(resource.name, "Identity");
    ck_assert(oracle->ops->resource(oracle, path_resource(16, 0, 1), &resource));
    ck_assert(resource.executable && !resource.readable && !resource.writable);
    ck_assert_int_eq(resource.type, VALUE_NONE);
    ck_assert(oracle->ops->resource(oracle, path_child(path_resource(16, 0, 2), 7), &resource));
    ck_assert_int_eq(resource.type, VALUE_OPAQUE);
    ck_assert(!oracle->ops->resource(oracle, path_resource(16, 0, 4), &resource));
    close_oracle();
}
END_TEST

START_TEST(knows_formats_by_name_and_number)
{
    open_oracle();
    static const struct {
        const char *name;
        int format;
    } rows[] = {{"text", FORMAT_TEXT}, {"opaque", FORMAT_OPAQUE}, {"tlv", FORMAT_TLV},
                {"link", FORMAT_LINK}, {"11542", 11542},          {"0", 0},
                {"65535", 65535},      {"65536", FORMAT_NONE},    {"-1", FORMAT_NONE},
                {"xml", FORMAT_NONE},  {"", FORMAT_NONE}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_int_eq(oracle->ops->format(oracle, bytes_of(rows[i].name)), rows[i].format);
    close_oracle();
}
END_TEST

/* --- AuthData ----------------------------------------------------------------------------------
 */

/* What is said of the octets HEX when CLAIM is made of them: `genuine DATA` or `judgement: why`. */
static const char *judge(struct oracle_claim claim, const char *challenge, const char *hex)
{
    static char text[600];
    struct buf octets, data;
    struct error problem;
    buf_init(&octets, 256);
    buf_init(&data, 256);
    error_clear(&problem);
    ck_assert(parse_hex(bytes_of(hex), &octets));
    claim.challenge = bytes_of(challenge);
    enum judgement judgement =
        oracle->ops->judge(oracle, &claim, buf_bytes(&octets), &data, &problem);
    snprintf(text, sizeof text, "%s%s%s", judgement_name(judgement),
             judgement == JUDGEMENT_GENUINE ? (data.len > 0 ? " " : "") : ": ",
             judgement == JUDGEMENT_GENUINE ? buf_text(&data) : problem.text);
    buf_release(&octets);
    buf_release(&data);
    return text;
}

static const struct oracle_claim SIGNED = {
    .instance = 1, .service = SERVICE_AUTHENTICATION, .identity = 3, .key_index = 4};
static const struct oracle_claim SEALED = {.instance = 1, .service = SERVICE_ENCRYPTION};

START_TEST(accepts_a_signature_that_fits)
{
    open_oracle();
    ck_assert_str_eq(judge(SIGNED, "0x2345178", SIGNATURE_1_4_2), "genuine");
    ck_assert_str_eq(judge(SIGNED, "36983160", SIGNATURE_1_4_2), "genuine");
    close_oracle();
}
END_TEST

START_TEST(refuses_a_signature_of_another_challenge)
{
    open_oracle();
    ck_assert_str_eq(judge(SIGNED, "0x2345179", SIGNATURE_1_4_2),
                     "mismatch: the signature does not fit identity, challenge and key");
    close_oracle();
}
END_TEST

START_TEST(says_which_identity_and_key_would_fit)
{
    open_oracle();
    ck_assert_str_eq(judge(SIGNED, "0x2345178", SIGNATURE_HOST4711),
                     "mismatch: the signature does not fit identity, challenge and key; "
                     "it fits identity 0 and key 5");
    close_oracle();
}
END_TEST

START_TEST(opens_a_ciphertext)
{
    open_oracle();
    ck_assert_str_eq(judge(SEALED, "0x2345178", CIPHERTEXT_1_4_2), "genuine 1.4.2");
    ck_assert_str_eq(judge(SEALED, "0x2345179", CIPHERTEXT_1_4_2),
                     "mismatch: the ciphertext does not open to data and challenge");
    close_oracle();
}
END_TEST

START_TEST(says_what_is_missing_to_judge)
{
    open_oracle();
    struct oracle_claim claim = SIGNED;
    claim.key_index = 6;
    ck_assert_str_eq(judge(claim, "1", SIGNATURE_1_4_2),
                     "unknown: no key 6 is held for authentication of \"/16/1\"");
    claim = SIGNED;
    claim.identity = 9;
    ck_assert_str_eq(
        judge(claim, "1", SIGNATURE_1_4_2),
        "unknown: nothing can be said of identity 9 of \"/16/1\": no hash of it is held");
    claim.instance = 0;
    ck_assert_str_eq(judge(claim, "1", SIGNATURE_1_4_2),
                     "unknown: no keys are held for authentication of \"/16/0\"");
    ck_assert_str_eq(
        judge(SIGNED, "abc", SIGNATURE_1_4_2),
        "unknown: challenge \"abc\" is neither a decimal number nor 0x and hex digits");
    close_oracle();
}
END_TEST

START_TEST(judges_nothing_without_keys)
{
    open_oracle();
    oracle_free(oracle);
    oracle = oracle_new(catalogue_builtin(), NULL, "scene");
    ck_assert_str_eq(judge(SEALED, "1", CIPHERTEXT_1_4_2),
                     "unknown: no keys are held for encryption of \"/16/1\"");
    close_oracle();
}
END_TEST

/* --- links -------------------------------------------------------------------------------------
 */

static const char *compare(const char *expected, const char *actual, bool exact)
{
    static char text[sizeof((struct error *)0)->text];
    struct error problem;
    error_clear(&problem);
    bool same = oracle->ops->links(oracle, bytes_of(expected), bytes_of(actual), exact, &problem);
    snprintf(text, sizeof text, "%s", same ? "same" : problem.text);
    return text;
}

START_TEST(finds_links_in_any_order)
{
    open_oracle();
    const char *actual = "</3/0>,</16/0/>;ver=1.0;pmin=5,</16/1>,<urn:x>;ct=\"0 40\"";
    ck_assert_str_eq(compare("</16/1>,</3/0>", actual, false), "same");
    ck_assert_str_eq(compare("", actual, false), "same");
    ck_assert_str_eq(compare("</16/0>;pmin=5", actual, false), "same");
    ck_assert_str_eq(compare("</3/0/>,</16/0>,</16/1>,<urn:x>;ct=\"0 40\"", actual, true), "same");
    close_oracle();
}
END_TEST

START_TEST(tells_which_link_or_attribute_differs)
{
    open_oracle();
    const char *actual = "</3/0>,</16/0>;pmin=5";
    ck_assert_str_eq(compare("</16/2>", actual, false), "link </16/2> is missing");
    ck_assert_str_eq(compare("</16/0>;pmax=5", actual, false),
                     "link </16/0> has no attribute \"pmax\"");
    ck_assert_str_eq(compare("</16/0>;pmin=6", actual, false), "link </16/0> has pmin=5, not 6");
    ck_assert_str_eq(compare("</16/0>", actual, true), "link </3/0> is not expected");
    ck_assert_str_eq(compare("<urn:x>", actual, false), "link <urn:x> is missing");
    close_oracle();
}
END_TEST

START_TEST(refuses_links_that_do_not_parse)
{
    open_oracle();
    ck_assert_str_eq(strstr(compare("</3/0", "</3/0>", false), "the expected links do not parse"),
                     compare("</3/0", "</3/0>", false));
    ck_assert_ptr_nonnull(strstr(compare("</3/0>", "3/0", false), "the links do not parse: "));
    close_oracle();
}
END_TEST

/* As `digit=value …`, or the sentence. */
static const char *arguments_of(const char *text, bool is_readable)
{
    static char shown[400];
    struct oracle_arguments arguments;
    struct error problem;
    size_t len = 0;
    error_clear(&problem);
    shown[0] = '\0';
    bool reads =
        oracle->ops->arguments(oracle, 1, bytes_of(text), is_readable, &arguments, &problem);
    if (!reads)
        snprintf(shown, sizeof shown, "error: %.390s", problem.text);
    for (size_t i = 0; reads && i < arguments.count; i++)
        len += (size_t)snprintf(shown + len, sizeof shown - len, "%u=%s ", arguments.items[i].digit,
                                arguments.items[i].value);
    return shown;
}

/* The example of appendix B.2, and what it is on the wire. */
START_TEST(reads_arguments_as_written_and_as_sent_alike)
{
    open_oracle();
    ck_assert_str_eq(arguments_of("0=SRV_AUTHENT, 1=3, 2=0x2345178, 3=0", true),
                     "0=0 1=3 2=36983160 3=0 ");
    ck_assert_str_eq(arguments_of("0='0',1='3',2='36983160',3='0'", false),
                     "0=0 1=3 2=36983160 3=0 ");
    ck_assert_str_eq(arguments_of("2='0x2345178',4='x_y',5", false), "2=36983160 4=x_y 5= ");
    ck_assert_str_eq(arguments_of("", false), "");
    close_oracle();
}
END_TEST

START_TEST(says_what_breaks_the_grammar)
{
    open_oracle();
    ck_assert_int_eq(strncmp(arguments_of("0=SRV_AUTHENT", false), "error: ", 7), 0);
    ck_assert_int_eq(strncmp(arguments_of("0='0',", true), "error: ", 7), 0);
    close_oracle();
}
END_TEST

UNIT_MAIN("oracle", reads_arguments_as_written_and_as_sent_alike, says_what_breaks_the_grammar,
          describes_objects, describes_resources, knows_formats_by_name_and_number,
          accepts_a_signature_that_fits, refuses_a_signature_of_another_challenge,
          says_which_identity_and_key_would_fit, opens_a_ciphertext, says_what_is_missing_to_judge,
          judges_nothing_without_keys, finds_links_in_any_order,
          tells_which_link_or_attribute_differs, refuses_links_that_do_not_parse)
