/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of what a server decides while it authenticates or decrypts. */
#include "base/std.h"

#include "base/portfolio.h"
#include "server/defects_impl.h"

/* --- the challenge -------------------------------------------------------------------------- */

static void use_first_challenge(struct seeded_server *seeded, char text[SERVICE_CHALLENGE_TEXT])
{
    if (seeded->challenge[0] == '\0')
        memcpy(seeded->challenge, text, SERVICE_CHALLENGE_TEXT);
    memcpy(text, seeded->challenge, SERVICE_CHALLENGE_TEXT);
}

static void choose_constant(struct seeded_server *seeded, char text[SERVICE_CHALLENGE_TEXT])
{
    UNUSED(seeded);
    snprintf(text, SERVICE_CHALLENGE_TEXT, "1");
}

static void count(struct seeded_server *seeded, char text[SERVICE_CHALLENGE_TEXT])
{
    int64_t last = 0;
    if (!parse_decimal(bytes_of(seeded->challenge), &last))
        last = 1000;
    snprintf(text, SERVICE_CHALLENGE_TEXT, "%" PRId64, last + 1);
    memcpy(seeded->challenge, text, SERVICE_CHALLENGE_TEXT);
}

static void choose_word(struct seeded_server *seeded, char text[SERVICE_CHALLENGE_TEXT])
{
    UNUSED(seeded);
    snprintf(text, SERVICE_CHALLENGE_TEXT, "nonce");
}

/* --- arguments ------------------------------------------------------------------------------ */

static void swap_service(struct service_ask *ask)
{
    ask->service =
        ask->service == SERVICE_AUTHENTICATION ? SERVICE_ENCRYPTION : SERVICE_AUTHENTICATION;
}

static void ask_for_next_identity(struct service_ask *ask)
{
    ask->identity++;
}

static void ask_for_first_identity(struct service_ask *ask)
{
    ask->identity = 0;
}

static void ask_for_next_key(struct service_ask *ask)
{
    ask->key_index++;
}

static void ask_for_first_key(struct service_ask *ask)
{
    ask->key_index = 0;
}

static void swap_identity_and_key(struct service_ask *ask)
{
    uint16_t identity = ask->identity;
    ask->identity = ask->key_index;
    ask->key_index = identity;
}

static void leave_service_out(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "1='%u',2='%s',3='%u'", ask->identity, ask->challenge, ask->key_index);
}

static void leave_identity_out(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "0='%d',2='%s',3='%u'", ask->service, ask->challenge, ask->key_index);
}

static void leave_challenge_out(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "0='%d',1='%u',3='%u'", ask->service, ask->identity, ask->key_index);
}

static void leave_key_out(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "0='%d',1='%u',2='%s'", ask->service, ask->identity, ask->challenge);
}

static void leave_quotes_out(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "0=%d,1=%u,2=%s,3=%u", ask->service, ask->identity, ask->challenge,
               ask->key_index);
}

/* As appendix B.2 prints them. */
static void put_printed_form(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "0=%s, 1=%u, 2=%s, 3=%u",
               ask->service == SERVICE_AUTHENTICATION ? "SRV_AUTHENT" : "SRV_ENCRYPT",
               ask->identity, ask->challenge, ask->key_index);
}

static void put_blanks(const struct service_ask *ask, struct buf *out)
{
    buf_printf(out, "0='%d', 1='%u', 2='%s', 3='%u'", ask->service, ask->identity, ask->challenge,
               ask->key_index);
}

/* --- its course ----------------------------------------------------------------------------- */

static enum service_course fetch_at_once(int64_t status, enum service_course right)
{
    return status == STATUS_UNKNOWN ? SERVICE_FETCHES : right;
}

static enum service_course fetch_while_idle(int64_t status, enum service_course right)
{
    return status == STATUS_IDLE ? SERVICE_FETCHES : right;
}

static enum service_course ignore_error(int64_t status, enum service_course right)
{
    return status == STATUS_ERROR ? SERVICE_ASKS : right;
}

static enum service_course fetch_in_error(int64_t status, enum service_course right)
{
    return status == STATUS_ERROR ? SERVICE_FETCHES : right;
}

/* It reads AuthStatus in the place of GetAuthData. */
static void leave_execute_out(struct seeded_server *seeded, struct peer *peer,
                              struct message *request)
{
    struct path path = request_raw_path(request);
    char text[PATH_TEXT];
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code != CODE_POST || path.depth != 3 || !path_is_portfolio(path, GET_AUTH_DATA))
        return;
    path.id[2] = AUTH_STATUS;
    segments_release(&request->path);
    segments_init(&request->path);
    if (!segments_split(&request->path, '/', bytes_of(path_text(path, text))))
        return;
    request->code = CODE_GET;
    request->format = FORMAT_NONE;
    buf_clear(&request->payload);
}

/* --- its verdict ---------------------------------------------------------------------------- */

static enum judgement accept_nothing(enum judgement truth, struct buf *opened)
{
    UNUSED(opened);
    return truth == JUDGEMENT_NONE ? JUDGEMENT_GENUINE : truth;
}

static enum judgement accept_all(enum judgement truth, struct buf *opened)
{
    UNUSED(opened);
    return truth == JUDGEMENT_MISMATCH ? JUDGEMENT_GENUINE : truth;
}

static enum judgement refuse_all(enum judgement truth, struct buf *opened)
{
    UNUSED(opened);
    return truth == JUDGEMENT_GENUINE ? JUDGEMENT_MISMATCH : truth;
}

static enum judgement judge_nothing(enum judgement truth, struct buf *opened)
{
    UNUSED(truth);
    UNUSED(opened);
    return JUDGEMENT_NONE;
}

static enum judgement cut_data(enum judgement truth, struct buf *opened)
{
    if (opened != NULL && opened->len > 0)
        opened->len--;
    return truth;
}

/* --- the rows ------------------------------------------------------------------------------- */

/* clang-format off */
const struct server_defect defects_service[] = {
    {.info = {"challenge-used-again", "PF-SRV-2", "uses its first challenge for ever"},
     .challenge = use_first_challenge},
    {.info = {"challenge-constant", "PF-SRV-2", "has one challenge for everything: 1"},
     .challenge = choose_constant},
    {.info = {"challenge-counts", "PF-SRV-2", "counts its challenges: 1001, 1002 and so on"},
     .challenge = count},
    {.info = {"challenge-is-a-word", "PF-ARG-3", "sends a challenge that is no integer"},
     .challenge = choose_word},
    {.info = {"challenge-not-sent", "PF-ARG-3", "sends no challenge"},
     .arguments = leave_challenge_out},
    {.info = {"service-swapped", "PF-ARG-1", "takes 1 for authentication and 0 for encryption"},
     .ask = swap_service},
    {.info = {"service-left-out", "PF-ARG-1", "does not say which service it asks for"},
     .arguments = leave_service_out},
    {.info = {"identity-from-one", "PF-ARG-2", "counts identities from 1"},
     .ask = ask_for_next_identity},
    {.info = {"identity-always-0", "PF-ARG-2", "asks for identity 0 whatever it is to ask for"},
     .ask = ask_for_first_identity},
    {.info = {"identity-left-out", "PF-ARG-2", "does not say whose identity it asks for"},
     .arguments = leave_identity_out},
    {.info = {"key-from-one", "PF-ARG-4", "counts keys from 1"},
     .ask = ask_for_next_key},
    {.info = {"key-always-0", "PF-ARG-4", "asks for key 0 whatever it is to ask for"},
     .ask = ask_for_first_key},
    {.info = {"key-left-out", "PF-ARG-4", "never says which key it asks for"},
     .arguments = leave_key_out},
    {.info = {"key-and-identity-swapped", "PF-ARG-2", "takes argument 1 for the key and 3 for the identity"},
     .ask = swap_identity_and_key},
    {.info = {"arguments-unquoted", "PF-ARG-6", "sends arguments without quotes"},
     .arguments = leave_quotes_out},
    {.info = {"arguments-as-printed", "PF-ARG-6", "sends arguments as appendix B.2 prints them"},
     .arguments = put_printed_form},
    {.info = {"arguments-with-blanks", "PF-ARG-6", "sends blanks between arguments"},
     .arguments = put_blanks},
    {.info = {"fetch-at-once", "PF-SRV-1", "reads AuthData without asking whether there is any"},
     .course = fetch_at_once},
    {.info = {"fetch-while-idle", "PF-SRV-1", "reads AuthData although AuthStatus is IDLE"},
     .course = fetch_while_idle},
    {.info = {"error-ignored", "PF-SRV-3", "waits for DATA_AVAIL when AuthStatus is ERROR"},
     .course = ignore_error},
    {.info = {"error-taken-for-data", "PF-SRV-3", "takes what is there on ERROR for a signature"},
     .course = fetch_in_error, .verdict = accept_nothing},
    {.info = {"verdict-without-asking", "PF-SRV-6", "says genuine without having started GetAuthData"},
     .asking = leave_execute_out, .course = fetch_at_once, .verdict = accept_nothing},
    {.info = {"signature-always-accepted", "PF-SRV-6", "accepts whatever signature comes"},
     .verdict = accept_all},
    {.info = {"signature-always-refused", "PF-SRV-6", "accepts no signature"},
     .verdict = refuse_all},
    {.info = {"signature-not-judged", "PF-SRV-6", "fetches signatures and does not look at them"},
     .verdict = judge_nothing},
    {.info = {"opened-data-cut", "PF-SRV-6", "drops the last octet of what was encrypted"},
     .verdict = cut_data},
    {.info = {NULL, NULL, NULL}},
};
