/* SPDX-License-Identifier: Apache-2.0 */
/* What comes from the device that a server asks, and answers none of its requests. */
#include "base/std.h"

#include "drivers/misfits.h"

enum { OCTETS_SHOWN = 16 };

static bool has_token(const struct given *given, struct bytes token)
{
    return bytes_equal((struct bytes){given->token, given->token_len}, token);
}

static size_t kept(const struct misfits *misfits)
{
    return misfits->given_count < MISFITS_GIVEN_MOST ? misfits->given_count : MISFITS_GIVEN_MOST;
}

static bool keeps_all(const struct misfits *misfits)
{
    return misfits->given_count > 0 && misfits->given_count <= MISFITS_GIVEN_MOST;
}

bool misfits_never_given(const struct misfits *misfits, struct bytes token)
{
    size_t i = 0;
    while (i < kept(misfits) && !has_token(&misfits->given[i], token))
        i++;
    return keeps_all(misfits) && i == kept(misfits);
}

static void note_request(struct misfits *misfits, const struct event *event)
{
    struct given *given = &misfits->given[misfits->given_count % MISFITS_GIVEN_MOST];
    if (event->token.len > sizeof given->token)
        return;
    misfits->given_count++;
    *given =
        (struct given){.token_len = (uint8_t)event->token.len, .message_id = event->message_id};
    if (event->token.len > 0)
        memcpy(given->token, event->token.data, event->token.len);
    snprintf(misfits->asked, sizeof misfits->asked, "%s", event->peer == NULL ? "" : event->peer);
}

static struct buf begin(struct misfits *misfits)
{
    struct buf text;
    misfits->count++;
    buf_init(&text, MISFIT_TEXT - 1);
    return text;
}

static void end(struct misfits *misfits, struct buf *text)
{
    snprintf(misfits->text, sizeof misfits->text, "%s", buf_text(text));
    buf_release(text);
}

static void note_octets(struct misfits *misfits, const struct event *event, bool redact)
{
    struct buf text = begin(misfits);
    struct bytes shown = event->payload;
    buf_printf(&text, "what came is no valid CoAP message: %s (",
               event->text == NULL ? "" : event->text);
    if (redact) {
        buf_printf(&text, "%zu octets)", shown.len);
        end(misfits, &text);
        return;
    }
    if (shown.len > OCTETS_SHOWN)
        shown.len = OCTETS_SHOWN;
    buf_puts(&text, "hex:");
    buf_put_hex(&text, shown);
    if (shown.len < event->payload.len)
        buf_printf(&text, "... of %zu octets", event->payload.len);
    buf_puts(&text, ")");
    end(misfits, &text);
}

/* Malformed or not, it has the id of the last request. */
static bool acknowledges(const struct misfits *misfits, const struct event *event)
{
    size_t last = (misfits->given_count - 1) % MISFITS_GIVEN_MOST;
    return misfits->given_count > 0 && event->type != NULL && strcmp(event->type, "ACK") == 0 &&
           event->message_id == misfits->given[last].message_id;
}

static void put_token(struct bytes token, struct buf *out)
{
    buf_puts(out, token.len == 0 ? "none" : "");
    buf_put_hex(out, token);
}

/* An answer that is none to what was asked with WANTED; NULL: with its token nothing was. */
static void note_answer(struct misfits *misfits, const struct event *event,
                        const struct given *wanted)
{
    struct buf text = begin(misfits);
    buf_printf(&text, "its answer %s has another token: ", event->code == NULL ? "" : event->code);
    put_token(event->token, &text);
    if (wanted == NULL) {
        buf_puts(&text, ", which no request had");
    } else {
        buf_puts(&text, ", and the request ");
        put_token((struct bytes){wanted->token, wanted->token_len}, &text);
    }
    end(misfits, &text);
}

/* RFC 7252 5.3.2: with an acknowledgement come the id and the token of the request. */
static void look_at_piggybacked(struct misfits *misfits, const struct event *event)
{
    const struct given *wanted = NULL;
    for (size_t i = 0; i < kept(misfits); i++) {
        const struct given *at = &misfits->given[i];
        bool has_id = at->message_id == event->message_id;
        if (has_id && has_token(at, event->token))
            return;
        wanted = has_id ? at : wanted;
    }
    if (wanted != NULL || misfits_never_given(misfits, event->token))
        note_answer(misfits, event, wanted);
}

/* A notification may be one of an observation that another server began. */
static void look_at_answer(struct misfits *misfits, const struct event *event)
{
    if (event->type != NULL && strcmp(event->type, "ACK") == 0)
        look_at_piggybacked(misfits, event);
    else if (event->observe < 0 && misfits_never_given(misfits, event->token))
        note_answer(misfits, event, NULL);
}

void misfits_hear(struct misfits *misfits, const struct event *event, bool redact)
{
    bool is_of_asked = event->peer != NULL && strcmp(event->peer, misfits->asked) == 0;
    if (event->kind == EVENT_REQUEST && !event->incoming)
        note_request(misfits, event);
    if (!event->incoming || !is_of_asked)
        return;
    size_t before = misfits->count;
    if (event->kind == EVENT_MALFORMED)
        note_octets(misfits, event, redact);
    else if (event->kind == EVENT_RESPONSE)
        look_at_answer(misfits, event);
    misfits->refuted += misfits->count > before && acknowledges(misfits, event);
}
