/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets: those that listen, and those that are connected, behind one poller. */
#include "base/std.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/tcp.h"

enum {
    EVENTS_MOST = 64,
    BACKLOG = 64,
    REST_MS = 100 /* of a listener, when the system has nothing left for a link */
};

/* A socket that new links come by. */
struct listener {
    void (*ready)(void *listener, uint32_t events); /* first: what the poller calls */
    struct tcp *tcp;                                /* (borrowed) */
    struct listener *next;                          /* (owned) */
    struct tls_side *side;                          /* (borrowed) or NULL */
    int fd;
    struct timer rest; /* runs: the poller does not look at it */
};

/* What both begin with. */
struct source {
    void (*ready)(void *source, uint32_t events);
};

struct tcp {
    struct clock *clock; /* (borrowed) */
    struct tcp_calls calls;
    int poller;
    struct listener *listeners; /* (owned) */
    struct link *links;         /* (owned) those that nobody owns; (borrowed) the others */
    size_t incoming;            /* of them */
    bool is_deaf;
};

/* ---- the poller ---- */

static bool poll_for(const struct tcp *tcp, int operation, int fd, struct epoll_event event)
{
    return epoll_ctl(tcp->poller, operation, fd, &event) == 0;
}

void tcp_poll(struct link *link, bool for_writing)
{
    if (link->state == LINK_ENDED || link->wants_write == for_writing)
        return;
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? (uint32_t)EPOLLOUT : 0u),
                                .data.ptr = link};
    link->wants_write = for_writing;
    if (!poll_for(link->tcp, EPOLL_CTL_MOD, link->fd, event))
        link->wants_write = !for_writing;
}

void tcp_let_go(struct link *link)
{
    poll_for(link->tcp, EPOLL_CTL_DEL, link->fd, (struct epoll_event){0});
    link->tcp->incoming -= !link->is_client;
}

const struct tcp_calls *tcp_calls(const struct tcp *tcp)
{
    return &tcp->calls;
}

struct clock *tcp_clock(const struct tcp *tcp)
{
    return tcp->clock;
}

int tcp_fd(const struct tcp *tcp)
{
    return tcp->poller;
}

struct tcp *tcp_new(struct clock *clock, const struct tcp_calls *calls)
{
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        return NULL;
    struct tcp *tcp = xalloc(sizeof *tcp);
    *tcp = (struct tcp){.clock = clock, .calls = *calls, .poller = poller};
    return tcp;
}

/* ---- links ---- */

static void put_name(const struct sockaddr *address, socklen_t len, char out[LINK_NAME])
{
    char host[46] = "";
    char port[8] = "";
    getnameinfo(address, len, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    bool is_v6 = address->sa_family == AF_INET6;
    snprintf(out, LINK_NAME, is_v6 ? "[%s]:%s" : "%s:%s", host, port);
}

static struct link *link_new(struct tcp *tcp, int fd, const struct sockaddr *address, socklen_t len,
                             bool is_client)
{
    int yes = 1;
    struct link *link = xalloc(sizeof *link);
    link_begin(link, tcp, fd, is_client);
    put_name(address, len, link->name);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    link->next = tcp->links;
    tcp->links = link;
    tcp->incoming += !is_client;
    return link;
}

static void forget(struct link *link)
{
    struct link **at = &link->tcp->links;
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    link_release(link);
}

void tcp_drop(struct link *link)
{
    link_end(link, true);
    forget(link);
}

/* Those that ended before anybody owned them. */
static void sweep(struct tcp *tcp)
{
    struct link *next;
    for (struct link *at = tcp->links; at != NULL; at = next) {
        next = at->next;
        if (at->state == LINK_ENDED && at->user == NULL)
            forget(at);
    }
}

static bool watch_link(struct link *link, bool for_writing)
{
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? (uint32_t)EPOLLOUT : 0u),
                                .data.ptr = link};
    link->wants_write = for_writing;
    return poll_for(link->tcp, EPOLL_CTL_ADD, link->fd, event);
}

/* That nobody is there is told later, like everything that happens on the way. */
static bool begin_to_connect(int fd, struct tcp_place place, bool *out_refused)
{
    if (connect(fd, place.address, place.len) == 0 || errno == EINPROGRESS)
        return true;
    *out_refused = errno == ECONNREFUSED || errno == ENETUNREACH || errno == EHOSTUNREACH;
    return *out_refused;
}

struct link *tcp_connect(struct tcp *tcp, struct tcp_place place, const struct security *security)
{
    int fd = socket(place.address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    struct tls *tls = security == NULL ? NULL : tls_new_client(fd, security);
    errno = EINVAL;
    bool is_refused = false;
    if ((security != NULL && tls == NULL) || !begin_to_connect(fd, place, &is_refused)) {
        int problem = errno;
        tls_free(tls);
        close(fd);
        errno = problem;
        return NULL;
    }
    struct link *link = link_new(tcp, fd, place.address, place.len, true);
    link_secure(link, tls);
    link->is_refused = is_refused;
    watch_link(link, true); /* a refused socket is ready too */
    return link;
}

/* ---- listening ---- */

static void serve(struct tcp *tcp, const struct listener *listener, int fd,
                  const struct sockaddr_storage *from, socklen_t len)
{
    struct tls *tls = listener->side == NULL ? NULL : tls_new_server(fd, listener->side);
    if (tcp->incoming >= LINKS_MOST || (listener->side != NULL && tls == NULL)) {
        tls_free(tls);
        close(fd);
        return;
    }
    struct link *link = link_new(tcp, fd, (const struct sockaddr *)from, len, false);
    link_secure(link, tls);
    if (tcp->is_deaf)
        return; /* its limit ends it */
    if (watch_link(link, false))
        link_go(link);
    else
        link_end(link, true);
}

static bool watch_listener(struct listener *listener, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = listener};
    return poll_for(listener->tcp, operation, listener->fd, event);
}

static void rest_over(void *arg)
{
    struct listener *listener = arg;
    if (!watch_listener(listener, EPOLL_CTL_MOD, EPOLLIN))
        timer_start(&listener->rest, listener->tcp->clock, REST_MS, rest_over, listener);
}

/* Whoever could not be let in waits on, and the poller would tell it again and again. */
static void rest(struct listener *listener)
{
    if (watch_listener(listener, EPOLL_CTL_MOD, 0))
        timer_start(&listener->rest, listener->tcp->clock, REST_MS, rest_over, listener);
}

static bool is_shortage(int problem)
{
    return problem == EMFILE || problem == ENFILE || problem == ENOBUFS || problem == ENOMEM;
}

static void on_caller(void *arg, uint32_t events)
{
    struct listener *listener = arg;
    UNUSED(events);
    for (unsigned i = 0; i < BACKLOG; i++) {
        struct sockaddr_storage from;
        socklen_t len = sizeof from;
        int fd = accept(listener->fd, (struct sockaddr *)&from, &len);
        if (fd < 0) {
            if (is_shortage(errno))
                rest(listener);
            return;
        }
        fcntl(fd, F_SETFL, O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        serve(listener->tcp, listener, fd, &from, len);
    }
}

static bool bind_and_listen(struct listener *listener, struct tcp_place place,
                            char out_name[LINK_NAME])
{
    int yes = 1;
    struct sockaddr_storage here;
    socklen_t len = sizeof here;
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener->fd, place.address, place.len) < 0 || listen(listener->fd, BACKLOG) < 0 ||
        getsockname(listener->fd, (struct sockaddr *)&here, &len) < 0)
        return false;
    put_name((const struct sockaddr *)&here, len, out_name);
    return watch_listener(listener, EPOLL_CTL_ADD, EPOLLIN);
}

bool tcp_listen(struct tcp *tcp, struct tcp_place place, struct tls_side *side,
                char out_name[LINK_NAME])
{
    int fd = socket(place.address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct listener *listener = xalloc(sizeof *listener);
    *listener = (struct listener){
        .ready = on_caller, .tcp = tcp, .next = tcp->listeners, .side = side, .fd = fd};
    if (!bind_and_listen(listener, place, out_name)) {
        int problem = errno;
        close(fd);
        free(listener);
        errno = problem;
        return false;
    }
    tcp->listeners = listener;
    return true;
}

/* ---- running ---- */

void tcp_run(struct tcp *tcp, bool is_deaf)
{
    struct epoll_event events[EVENTS_MOST];
    tcp->is_deaf = is_deaf;
    sweep(tcp); /* those whose limit has passed */
    int count = epoll_wait(tcp->poller, events, EVENTS_MOST, 0);
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        source->ready(source, events[i].events);
    }
    sweep(tcp);
}

void tcp_free(struct tcp *tcp)
{
    if (tcp == NULL)
        return;
    while (tcp->listeners != NULL) {
        struct listener *listener = tcp->listeners;
        tcp->listeners = listener->next;
        timer_stop(&listener->rest);
        close(listener->fd);
        free(listener);
    }
    while (tcp->links != NULL)
        tcp_drop(tcp->links);
    close(tcp->poller);
    free(tcp);
}
