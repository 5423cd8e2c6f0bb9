/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: its socket or TLS session, its frames, its signals. */
#include "base/std.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "net/tcp.h"

enum {
    READ_MOST = 16384,         /* octets at a time: a record of TLS */
    READS_MOST = 16,           /* in one go, so that one link does not keep the others waiting */
    OUT_MOST = 4 * FRAME_MOST, /* of messages that wait */
    CSM_MOST = 16              /* the octets of ours, which go before them */
};

/* ---- the end ---- */

static void fail_handshake(struct link *link, const char *problem)
{
    const struct tcp_calls *calls = tcp_calls(link->tcp);
    calls->refused(calls->arg, link, problem);
    link_end(link, false);
}

static void limit_passed(void *arg)
{
    struct link *link = arg;
    if (link->state == LINK_HANDSHAKE)
        fail_handshake(link, "handshake not completed in time");
    else
        link_end(link, false);
}

static void watch_silence(struct link *link)
{
    if (link->state != LINK_OPEN || !link->has_csm)
        return; /* the limit of opening runs on */
    if (link->is_client || link->is_held)
        timer_stop(&link->limit);
    else
        timer_start(&link->limit, tcp_clock(link->tcp), LINK_IDLE_MS, limit_passed, link);
}

void link_end(struct link *link, bool is_silent)
{
    if (link->state == LINK_ENDED)
        return;
    const struct tcp_calls *calls = tcp_calls(link->tcp);
    link->state = LINK_ENDED;
    timer_stop(&link->limit);
    tcp_let_go(link);
    tls_free(link->tls);
    link->tls = NULL;
    close(link->fd);
    link->fd = -1;
    buf_release(&link->in);
    buf_release(&link->out);
    if (!is_silent)
        calls->ended(calls->arg, link);
}

void link_release(struct link *link)
{
    assert(link->state == LINK_ENDED);
    free(link);
}

void link_hold(struct link *link, bool is_held)
{
    link->is_held = is_held;
    watch_silence(link);
}

/* ---- writing ---- */

static void consume(struct buf *buf, size_t len)
{
    memmove(buf->data, buf->data + len, buf->len - len);
    buf->len -= len;
}

/* TLS_DONE when some or all went. */
static enum tls_step write_some(struct link *link, size_t *out_len)
{
    if (link->tls != NULL)
        return tls_write(link->tls, buf_bytes(&link->out), out_len);
    ssize_t sent = send(link->fd, link->out.data, link->out.len, MSG_NOSIGNAL);
    *out_len = sent > 0 ? (size_t)sent : 0;
    if (sent >= 0 || errno == EINTR)
        return TLS_DONE;
    return errno == EAGAIN ? TLS_WANTS_WRITE : TLS_ENDED;
}

static void flush(struct link *link)
{
    enum tls_step step = TLS_DONE;
    while (link->state == LINK_OPEN && link->out.len > 0 && step == TLS_DONE) {
        size_t len = 0;
        step = write_some(link, &len);
        consume(&link->out, len);
    }
    if (step == TLS_ENDED)
        link_end(link, false);
    else
        tcp_poll(link, step == TLS_WANTS_WRITE);
}

bool link_send(struct link *link, const struct packet *packet)
{
    if (link->state == LINK_ENDED)
        return false;
    if (code_is_signal(packet->message.code))
        frame_write_signal(packet, &link->out);
    else
        frame_write(packet, &link->out);
    if (link->out.bad) { /* the other end does not read */
        link_end(link, false);
        return false;
    }
    if (link->state == LINK_OPEN)
        flush(link);
    return link->state != LINK_ENDED;
}

bool link_is_flushed(const struct link *link)
{
    return link->out.len == 0;
}

/* ---- signals ---- */

static void send_signal(struct link *link, unsigned code, const struct message *about,
                        const char *text)
{
    struct packet packet;
    packet_init(&packet);
    packet.message.code = (uint8_t)code;
    if (about != NULL) {
        packet.message.token_len = about->token_len;
        memcpy(packet.message.token, about->token, sizeof about->token);
    }
    buf_puts(&packet.message.payload, text);
    link_send(link, &packet);
    packet_release(&packet);
}

/* RFC 8323 5.6 */
static void abort_link(struct link *link, const char *text)
{
    send_signal(link, SIGNAL_ABORT, NULL, text);
    link_end(link, false);
}

static void take_signal(struct link *link, const struct message *message,
                        const struct signal_options *signal)
{
    if (signal->unknown != 0) {
        abort_link(link, "a critical option of a signal is unknown");
    } else if (message->code == SIGNAL_CSM) {
        link->has_csm = true;
        if (signal->has_max_size)
            link->most = signal->max_size;
        watch_silence(link);
    } else if (message->code == SIGNAL_PING) {
        send_signal(link, SIGNAL_PONG, message, "");
    } else if (message->code == SIGNAL_RELEASE || message->code == SIGNAL_ABORT) {
        link_end(link, false);
    }
}

/* ---- reading ---- */

static void take_frame(struct link *link, struct bytes frame)
{
    const struct tcp_calls *calls = tcp_calls(link->tcp);
    struct packet packet;
    struct signal_options signal = {0};
    unsigned refused = 0;
    packet_init(&packet);
    bool is_sound = frame_read(frame, &packet, &signal, &refused);
    unsigned code = packet.message.code;
    if (!is_sound)
        abort_link(link, "a message is malformed");
    else if (!link->has_csm && code != SIGNAL_CSM)
        abort_link(link, "the first message must be a CSM");
    else if (code_is_signal(code))
        take_signal(link, &packet.message, &signal);
    else if (code != CODE_EMPTY) /* which is ignored: RFC 8323 3.4 */
        calls->message(calls->arg, link, refused, &packet);
    packet_release(&packet);
}

static void take_frames(struct link *link)
{
    size_t at = 0;
    size_t len = 0;
    enum frame_step step = FRAME_WHOLE;
    while (link->state == LINK_OPEN && step == FRAME_WHOLE) {
        struct bytes rest = {link->in.data + at, link->in.len - at};
        step = frame_measure(rest, &len);
        if (step == FRAME_WHOLE) {
            take_frame(link, (struct bytes){rest.data, len});
            at += len;
        } else if (step == FRAME_TOO_LONG) {
            abort_link(link, "a message is too long");
        }
    }
    if (link->state == LINK_OPEN && at > 0)
        consume(&link->in, at);
}

static enum tls_step read_some(struct link *link, uint8_t *out, size_t *out_len)
{
    if (link->tls != NULL)
        return tls_read(link->tls, out, READ_MOST, out_len);
    ssize_t got = recv(link->fd, out, READ_MOST, 0);
    *out_len = got > 0 ? (size_t)got : 0;
    if (got > 0)
        return TLS_DONE;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? TLS_WANTS_READ : TLS_ENDED;
}

/* The poller does not know of what a TLS session has decoded. */
static void read_on(struct link *link)
{
    uint8_t octets[READ_MOST];
    enum tls_step step = TLS_DONE;
    for (unsigned i = 0; step == TLS_DONE && link->state == LINK_OPEN; i++) {
        size_t len = 0;
        if (i >= READS_MOST && (link->tls == NULL || !tls_has_more(link->tls)))
            break;
        step = read_some(link, octets, &len);
        if (step != TLS_DONE)
            break;
        buf_put(&link->in, (struct bytes){octets, len});
        watch_silence(link);
        take_frames(link);
    }
    wipe(octets, sizeof octets);
    if (step == TLS_ENDED)
        link_end(link, false);
}

/* ---- its life ---- */

static void open_link(struct link *link)
{
    struct buf waiting = link->out;
    buf_init_secret(&link->out, OUT_MOST + CSM_MOST);
    frame_write_csm(&link->out); /* the first message of all (RFC 8323 5.3) */
    buf_put(&link->out, buf_bytes(&waiting));
    buf_release(&waiting);
    link->state = LINK_OPEN;
    timer_start(&link->limit, tcp_clock(link->tcp), LINK_OPEN_MS, limit_passed, link);
    flush(link);
}

static void shake_hands(struct link *link)
{
    enum tls_step step = tls_handshake(link->tls);
    if (step == TLS_DONE)
        open_link(link);
    else if (step == TLS_ENDED)
        fail_handshake(link, tls_problem(link->tls));
    else
        tcp_poll(link, step == TLS_WANTS_WRITE);
}

void link_go(struct link *link)
{
    link->state = LINK_HANDSHAKE;
    if (link->tls != NULL)
        shake_hands(link);
    else
        open_link(link);
}

static void finish_connecting(struct link *link)
{
    int problem = 0;
    socklen_t len = sizeof problem;
    getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &problem, &len);
    link->is_refused = link->is_refused || problem != 0;
    if (link->is_refused)
        link_end(link, false);
    else
        link_go(link);
}

static void on_ready(void *arg, uint32_t events)
{
    struct link *link = arg;
    switch (link->state) {
    case LINK_CONNECTING:
        finish_connecting(link);
        return;
    case LINK_HANDSHAKE:
        shake_hands(link);
        if (link->state == LINK_OPEN)
            read_on(link); /* what came with the end of it */
        return;
    case LINK_OPEN:
        if ((events & EPOLLOUT) != 0)
            flush(link);
        if (link->state == LINK_OPEN && (events & ~(uint32_t)EPOLLOUT) != 0)
            read_on(link);
        return;
    case LINK_ENDED:
        return;
    }
}

void link_begin(struct link *link, struct tcp *tcp, int fd, bool is_client)
{
    link->ready = on_ready;
    link->tcp = tcp;
    link->fd = fd;
    link->is_client = is_client;
    link->most = FRAME_USUAL;
    buf_init_secret(&link->in, FRAME_MOST + READ_MOST);
    buf_init_secret(&link->out, OUT_MOST);
    timer_start(&link->limit, tcp_clock(tcp), LINK_OPEN_MS, limit_passed, link);
}

void link_secure(struct link *link, struct tls *tls)
{
    link->tls = tls;
    if (tls != NULL && link->is_client)
        timer_stop(&link->limit); /* whoever has the keys has a limit for the handshake */
}
