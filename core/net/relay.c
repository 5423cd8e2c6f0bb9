/* SPDX-License-Identifier: Apache-2.0 */
/* The UDP relay: a socket towards the devices, one for each device towards the server, and the
 * datagrams that are under way between them. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/udp_place.h"
#include "net/relay.h"

enum { FLOWS_MOST = 16, PARCELS_MOST = 256, DATAGRAM_MOST = 65536, HOLD_MS = 100, TURN_READS = 64 };

/* Ids of the last answers that came by themselves, and one more; 0: none. */
enum { HEARD_MOST = 8 };
struct heard {
    uint32_t next_id[HEARD_MOST];
    size_t count; /* so many there were */
};

/* A device as the relay knows it. */
struct flow {
    struct relay *relay;            /* (borrowed) */
    struct udp_place device;        /* its address; of no family: the place is free */
    int fd;                         /* connected to the server, or -1 */
    uint64_t used;                  /* the relay's count of datagrams when it sent the last one */
    struct heard heard[RELAY_WAYS]; /* each end counts its ids by itself */
};

/* A datagram under way. */
struct parcel {
    struct parcel *next; /* (owned) */
    struct flow *flow;   /* (borrowed) */
    enum relay_way way;
    bool is_held; /* waits to be overtaken, and not for its time */
    struct timer timer;
    struct bytes octets; /* (owned) */
};

struct planned {
    enum relay_way way;
    enum relay_kind kind;
    unsigned count;
};

/* What was sent by nobody, and who is asked by it. */
struct question {
    struct flow *flow;  /* (borrowed) NULL: none, or it is answered */
    enum relay_way way; /* of the answer */
    uint16_t message_id;
    uint8_t token[8];
    size_t token_len;
};

struct relay {
    struct loop *loop; /* (borrowed) */
    struct chance chance[RELAY_WAYS];
    struct udp_place server;
    int fd; /* where devices send to */
    char address[64];
    struct flow flows[FLOWS_MOST];
    struct parcel *parcels; /* (owned) in the order in which they came */
    size_t parcel_count;
    uint64_t carried;
    unsigned rate[RELAY_WAYS][RELAY_FAULTS];
    int64_t delay_ms[RELAY_WAYS];
    struct planned planned[RELAY_FAULTS];
    size_t counts[RELAY_WAYS][RELAY_FAULTS];
    uint8_t *datagram; /* (owned) what is read just now */
    struct flow stranger;
    struct question question;
    struct buf answer; /* (owned) */
};

/* --- sockets ----------------------------------------------------------------------------- */

static int open_socket(int family)
{
    int fd = socket(family, SOCK_DGRAM, 0);
    if (fd >= 0) {
        fcntl(fd, F_SETFL, O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return fd;
}

static void close_flow(struct flow *flow)
{
    if (flow->fd < 0)
        return;
    loop_unwatch(flow->relay->loop, flow->fd);
    close(flow->fd);
    flow->fd = -1;
}

static void on_answer(void *arg, int fd);

/* Towards the server, from a port of its own. */
static bool open_flow(struct flow *flow)
{
    struct relay *relay = flow->relay;
    flow->fd = open_socket(relay->server.address.ss_family);
    if (flow->fd < 0)
        return false;
    if (connect(flow->fd, (struct sockaddr *)&relay->server.address, relay->server.len) == 0 &&
        loop_watch(relay->loop, flow->fd, on_answer, flow) == ST_OK)
        return true;
    close(flow->fd);
    flow->fd = -1;
    return false;
}

/* --- arriving ---------------------------------------------------------------------------- */

/* A datagram that cannot be sent is one more that is lost, as it is in any network. */
static void arrive(const struct flow *flow, enum relay_way way, struct bytes octets)
{
    ssize_t sent = 0;
    if (way == RELAY_TO_DEVICE)
        sent = sendto(flow->relay->fd, octets.data, octets.len, 0,
                      (const struct sockaddr *)&flow->device.address, flow->device.len);
    else if (flow->fd >= 0)
        sent = send(flow->fd, octets.data, octets.len, 0);
    UNUSED(sent);
}

static void parcel_free(struct parcel *parcel)
{
    timer_stop(&parcel->timer);
    free((void *)(uintptr_t)parcel->octets.data);
    free(parcel);
}

/* Takes PARCEL out of what is under way. */
static void unlink_parcel(struct relay *relay, const struct parcel *parcel)
{
    struct parcel **at = &relay->parcels;
    while (*at != parcel)
        at = &(*at)->next;
    *at = parcel->next;
    relay->parcel_count--;
}

static void deliver(struct relay *relay, struct parcel *parcel)
{
    unlink_parcel(relay, parcel);
    arrive(parcel->flow, parcel->way, parcel->octets);
    parcel_free(parcel);
}

/* Those of WAY that came before LAST (NULL: all) and waited to be overtaken. */
static void release_held(struct relay *relay, enum relay_way way, const struct parcel *last)
{
    struct parcel *next = NULL;
    for (struct parcel *at = relay->parcels; at != last; at = next) {
        next = at->next;
        if (at->is_held && at->way == way)
            deliver(relay, at);
    }
}

static void on_time(void *arg)
{
    struct parcel *parcel = arg;
    struct relay *relay = parcel->flow->relay;
    arrive(parcel->flow, parcel->way, parcel->octets);
    if (!parcel->is_held)
        release_held(relay, parcel->way, parcel);
    unlink_parcel(relay, parcel);
    parcel_free(parcel);
}

/* --- what becomes of a datagram ---------------------------------------------------------- */

static bool is_of_kind(struct bytes octets, enum relay_kind kind)
{
    bool is_coap = octets.len >= 4 && octets.data[0] >> 6 == 1;
    unsigned code = is_coap ? octets.data[1] : 0;
    switch (kind) {
    case RELAY_ANY:
        return true;
    case RELAY_REQUEST:
        return code > 0 && code < 32;
    case RELAY_RESPONSE:
        return code >= 64;
    case RELAY_ACK:
        return is_coap && (octets.data[0] >> 4 & 3) == 2;
    case RELAY_KINDS:
        break;
    }
    return false;
}

/* Chance is asked in any case, so that what is planned does not change what else happens; and it
 * is one for each way, so that it does not matter which way came first. */
static bool befalls(struct relay *relay, enum relay_way way, enum relay_fault fault,
                    struct bytes octets)
{
    struct planned *planned = &relay->planned[fault];
    bool happens = chance_u64(&relay->chance[way]) % 1000 < relay->rate[way][fault];
    if (planned->count > 0 && (planned->way == RELAY_EITHER || planned->way == way) &&
        is_of_kind(octets, planned->kind)) {
        planned->count--;
        happens = true;
    }
    relay->counts[way][fault] += happens;
    return happens;
}

static bool holds_one(const struct relay *relay, enum relay_way way)
{
    const struct parcel *at = relay->parcels;
    while (at != NULL && !(at->is_held && at->way == way))
        at = at->next;
    return at != NULL;
}

/* One that is to be late while another one waits overtakes that one. */
static void post(struct flow *flow, enum relay_way way, bool is_late, struct bytes octets)
{
    struct relay *relay = flow->relay;
    bool is_held = is_late && !holds_one(relay, way);
    int64_t delay = relay->delay_ms[way] + (is_held ? HOLD_MS : 0);
    if (delay == 0) {
        arrive(flow, way, octets);
        release_held(relay, way, NULL);
        return;
    }
    if (relay->parcel_count == PARCELS_MOST)
        return;
    struct parcel *parcel = xalloc(sizeof *parcel);
    *parcel = (struct parcel){.flow = flow, .way = way, .is_held = is_held};
    parcel->octets = (struct bytes){xmemdup(octets.data, octets.len), octets.len};
    struct parcel **end = &relay->parcels;
    while (*end != NULL)
        end = &(*end)->next;
    *end = parcel;
    relay->parcel_count++;
    timer_start(&parcel->timer, loop_clock(relay->loop), delay, on_time, parcel);
}

/* --- what nobody sent ---------------------------------------------------------------------- */

enum { HEADER_LEN = 4, TOKEN_MOST = 8, TYPE_CON = 0, TYPE_ACK = 2, TYPE_RESET = 3 };

static unsigned type_of(struct bytes octets)
{
    return octets.data[0] >> 4 & 3;
}

static uint16_t message_id_of(struct bytes octets)
{
    return (uint16_t)(octets.data[2] << 8 | octets.data[3]);
}

/* The octets of its token, none when it is cut off. */
static size_t token_len_of(struct bytes octets)
{
    size_t len = octets.data[0] & 15;
    return len <= TOKEN_MOST && octets.len >= HEADER_LEN + len ? len : 0;
}

static bool is_message(struct bytes octets)
{
    return octets.len >= HEADER_LEN && octets.data[0] >> 6 == 1;
}

static bool has_token(const struct question *question, struct bytes octets)
{
    return question->token_len > 0 && token_len_of(octets) == question->token_len &&
           memcmp(octets.data + HEADER_LEN, question->token, question->token_len) == 0;
}

/* RFC 7252 5.2.2: the answer may follow an empty acknowledgement, and wants one itself. */
static void acknowledge(const struct flow *flow, enum relay_way way, struct bytes answer)
{
    const uint8_t octets[HEADER_LEN] = {0x60, 0, answer.data[2], answer.data[3]};
    if (type_of(answer) == TYPE_CON)
        arrive(flow, way == RELAY_TO_SERVER ? RELAY_TO_DEVICE : RELAY_TO_SERVER,
               (struct bytes){octets, sizeof octets});
}

static bool is_separate(struct bytes octets)
{
    return type_of(octets) < TYPE_ACK && octets.data[1] >= 64;
}

/* An answer that was kept comes again: its end did not know that it is here (RFC 7252 4.5). */
static bool is_heard(const struct heard *heard, struct bytes octets)
{
    for (size_t i = 0; i < HEARD_MOST; i++)
        if (heard->next_id[i] == message_id_of(octets) + 1u)
            return is_separate(octets);
    return false;
}

/* Keeps what answers the question; whether OCTETS are part of that, and so are not carried. */
static bool answers(struct flow *flow, enum relay_way way, struct bytes octets)
{
    struct relay *relay = flow->relay;
    struct question *question = &relay->question;
    struct heard *heard = &flow->heard[way];
    if (!is_message(octets))
        return false;
    if (is_heard(heard, octets)) {
        acknowledge(flow, way, octets);
        return true;
    }
    if (question->way != way || question->flow != flow)
        return false;
    bool is_reply = type_of(octets) >= TYPE_ACK && message_id_of(octets) == question->message_id;
    if (is_reply && type_of(octets) == TYPE_ACK && octets.data[1] == 0)
        return true;
    if (!is_reply && !(is_separate(octets) && has_token(question, octets)))
        return false;
    acknowledge(flow, way, octets);
    buf_put(&relay->answer, octets);
    question->flow = NULL;
    if (is_separate(octets))
        heard->next_id[heard->count++ % HEARD_MOST] = message_id_of(octets) + 1u;
    return true;
}

static void ask(struct relay *relay, struct flow *flow, enum relay_way way, struct bytes octets)
{
    struct question *question = &relay->question;
    buf_clear(&relay->answer);
    *question = (struct question){.flow = NULL};
    if (!is_message(octets))
        return;
    *question = (struct question){
        .flow = flow,
        .way = way == RELAY_TO_SERVER ? RELAY_TO_DEVICE : RELAY_TO_SERVER,
        .message_id = message_id_of(octets),
        .token_len = token_len_of(octets),
    };
    memcpy(question->token, octets.data + HEADER_LEN, question->token_len);
}

/* The device that spoke last, or NULL. */
static struct flow *last_flow(struct relay *relay)
{
    struct flow *last = NULL;
    for (size_t i = 0; i < FLOWS_MOST; i++)
        if (relay->flows[i].fd >= 0 && (last == NULL || relay->flows[i].used > last->used))
            last = &relay->flows[i];
    return last;
}

enum status relay_inject(struct relay *relay, enum relay_way way, bool is_stranger,
                         struct bytes octets)
{
    struct flow *flow = is_stranger ? &relay->stranger : last_flow(relay);
    if (is_stranger) {
        close_flow(flow);
        if (!open_flow(flow))
            return ST_IO;
    }
    if (flow == NULL)
        return ST_NOT_FOUND;
    ask(relay, flow, way, octets);
    arrive(flow, way, octets);
    return ST_OK;
}

bool relay_answer(struct relay *relay, struct buf *out)
{
    bool is_there = relay->answer.len > 0;
    buf_put(out, buf_bytes(&relay->answer));
    buf_clear(&relay->answer);
    return is_there;
}

/* --- what is carried ----------------------------------------------------------------------- */

static void carry(struct flow *flow, enum relay_way way, size_t len)
{
    struct relay *relay = flow->relay;
    struct bytes octets = {relay->datagram, len};
    bool happens[RELAY_FAULTS];
    if (answers(flow, way, octets) || flow == &relay->stranger)
        return;
    relay->carried++;
    for (unsigned fault = 0; fault < RELAY_FAULTS; fault++)
        happens[fault] = befalls(relay, way, (enum relay_fault)fault, octets);
    uint64_t bit = chance_u64(&relay->chance[way]);
    if (happens[RELAY_DROP])
        return;
    if (happens[RELAY_CORRUPT] && len > 0)
        relay->datagram[bit / 8 % len] ^= (uint8_t)(1u << bit % 8);
    for (unsigned copies = happens[RELAY_DUPLICATE] ? 2 : 1; copies > 0; copies--)
        post(flow, way, happens[RELAY_REORDER], octets);
}

/* --- where datagrams come from ----------------------------------------------------------- */

/* What was under way for a device that gives up its place. */
static void drop_parcels(struct relay *relay, const struct flow *flow)
{
    struct parcel *next = NULL;
    for (struct parcel *at = relay->parcels; at != NULL; at = next) {
        next = at->next;
        if (at->flow != flow)
            continue;
        unlink_parcel(relay, at);
        parcel_free(at);
    }
}

/* The kernel fills both in the same way. */
static bool is_same(const struct udp_place *a, const struct udp_place *b)
{
    return a->len == b->len && memcmp(&a->address, &b->address, a->len) == 0;
}

/* The device at that address, or the place for a new one. */
static struct flow *find_flow(struct relay *relay, const struct udp_place *device)
{
    struct flow *oldest = &relay->flows[0];
    for (size_t i = 0; i < FLOWS_MOST; i++) {
        struct flow *flow = &relay->flows[i];
        if (is_same(&flow->device, device))
            return flow;
        if (flow->used < oldest->used)
            oldest = flow;
    }
    close_flow(oldest);
    drop_parcels(relay, oldest);
    memset(oldest->heard, 0, sizeof oldest->heard);
    oldest->device = *device;
    return oldest;
}

static void on_request(void *arg, int fd)
{
    struct relay *relay = arg;
    for (unsigned reads = 0; reads < TURN_READS; reads++) {
        struct udp_place device = {.len = sizeof device.address};
        ssize_t len = recvfrom(fd, relay->datagram, DATAGRAM_MOST, 0,
                               (struct sockaddr *)&device.address, &device.len);
        if (len < 0)
            return;
        struct flow *flow = find_flow(relay, &device);
        if (flow->fd < 0 && !open_flow(flow))
            continue;
        flow->used = relay->carried + 1;
        carry(flow, RELAY_TO_SERVER, (size_t)len);
    }
}

static void on_answer(void *arg, int fd)
{
    struct flow *flow = arg;
    for (unsigned reads = 0; reads < TURN_READS; reads++) {
        ssize_t len = recv(fd, flow->relay->datagram, DATAGRAM_MOST, 0);
        if (len < 0)
            return; /* nothing more, or nobody listened at the server's address */
        carry(flow, RELAY_TO_DEVICE, (size_t)len);
    }
}

/* --- what is set ------------------------------------------------------------------------- */

static bool concerns(enum relay_way given, unsigned way)
{
    return given == RELAY_EITHER || (unsigned)given == way;
}

void relay_rate(struct relay *relay, enum relay_way way, enum relay_fault fault,
                unsigned per_thousand)
{
    for (unsigned i = 0; i < RELAY_WAYS; i++)
        if (concerns(way, i))
            relay->rate[i][fault] = per_thousand;
}

void relay_next(struct relay *relay, enum relay_way way, enum relay_fault fault,
                enum relay_kind kind, unsigned count)
{
    relay->planned[fault] = (struct planned){way, kind, count};
}

void relay_delay(struct relay *relay, enum relay_way way, int64_t ms)
{
    for (unsigned i = 0; i < RELAY_WAYS; i++)
        if (concerns(way, i))
            relay->delay_ms[i] = ms;
}

void relay_heal(struct relay *relay)
{
    memset(relay->rate, 0, sizeof relay->rate);
    memset(relay->planned, 0, sizeof relay->planned);
    memset(relay->delay_ms, 0, sizeof relay->delay_ms);
}

enum status relay_rebind(struct relay *relay)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < FLOWS_MOST; i++) {
        struct flow *flow = &relay->flows[i];
        struct flow former = *flow;
        if (former.fd < 0)
            continue;
        /* The old port is given back last, so that the new one is another. */
        if (!open_flow(flow))
            status = ST_IO;
        close_flow(&former);
    }
    return status;
}

size_t relay_count(const struct relay *relay, enum relay_way way, enum relay_fault fault)
{
    size_t count = 0;
    for (unsigned i = 0; i < RELAY_WAYS; i++)
        if (concerns(way, i))
            count += relay->counts[i][fault];
    return count;
}

const char *relay_address(const struct relay *relay)
{
    return relay->address;
}

/* --- life -------------------------------------------------------------------------------- */

static bool listen_at(struct relay *relay, struct udp_place *here)
{
    relay->fd = open_socket(here->address.ss_family);
    if (relay->fd < 0 || bind(relay->fd, (const struct sockaddr *)&here->address, here->len) != 0 ||
        getsockname(relay->fd, (struct sockaddr *)&here->address, &here->len) != 0 ||
        loop_watch(relay->loop, relay->fd, on_request, relay) != ST_OK)
        return false;
    udp_place_text(here, relay->address, sizeof relay->address);
    return true;
}

static enum status open_relay(struct relay *relay, const struct relay_config *config,
                              struct error *error)
{
    const char *listen = config->listen == NULL ? "127.0.0.1:0" : config->listen;
    struct udp_place here;
    const char *bad = NULL;
    if (!udp_place_parse(config->server, &relay->server))
        bad = config->server;
    else if (!udp_place_parse(listen, &here))
        bad = listen;
    if (bad != NULL) {
        error_set(error, "not an address: \"%s\"; write 127.0.0.1:PORT or [::1]:PORT", bad);
        return ST_INVALID;
    }
    if (listen_at(relay, &here))
        return ST_OK;
    error_set(error, "cannot open a socket for a relay: %s", strerror(errno));
    return ST_IO;
}

enum status relay_new(const struct relay_config *config, struct relay **out, struct error *error)
{
    struct relay *relay = xalloc(sizeof *relay);
    relay->loop = config->loop;
    for (unsigned way = 0; way < RELAY_WAYS; way++)
        chance_init_seed(&relay->chance[way], chance_u64(config->chance));
    relay->datagram = xalloc(DATAGRAM_MOST);
    relay->fd = -1;
    relay->stranger = (struct flow){.relay = relay, .fd = -1};
    buf_init(&relay->answer, DATAGRAM_MOST);
    for (size_t i = 0; i < FLOWS_MOST; i++)
        relay->flows[i] = (struct flow){.relay = relay, .fd = -1};
    enum status status = open_relay(relay, config, error);
    if (status != ST_OK) {
        relay_free(relay);
        relay = NULL;
    }
    *out = relay;
    return status;
}

void relay_free(struct relay *relay)
{
    if (relay == NULL)
        return;
    for (size_t i = 0; i < FLOWS_MOST; i++) {
        close_flow(&relay->flows[i]);
        drop_parcels(relay, &relay->flows[i]);
    }
    close_flow(&relay->stranger);
    if (relay->fd >= 0) {
        loop_unwatch(relay->loop, relay->fd);
        close(relay->fd);
    }
    buf_release(&relay->answer);
    free(relay->datagram);
    free(relay);
}
