/* SPDX-License-Identifier: Apache-2.0 */
/* Measures this build: bench SECONDS PROGRAM. Prints rows of name, value, aim and verdict with bars
 * between them.
 *
 * What is compared stands in one process and one loop, is asked by the same server in bare libcoap,
 * and takes turns of milliseconds; of all turns the median counts: so a busy machine slows both
 * down, and decides nothing. */
#include "base/std.h"

#include "codec/codec.h"
#include "device/device.h"
#include "net/coap.h"
#include "tests/bench/bare.h"
#include "tests/bench/program.h"
#include "tests/bench/wire.h"

enum { TURNS_LEAST = 5, TURNS_MOST = 4096, STARTS = 21, REGISTER_MS = 10000 };
enum { READS_A_TURN = 200, CYCLES_A_TURN = 100, SIGNATURES_A_TURN = 1000, READS_OF_PEAK = 5000 };
enum { TRIPS_A_TURN = 200, HANDSHAKES_A_TURN = 10 };

struct bench {
    double seconds;      /* for each comparison */
    const char *program; /* (borrowed) */
    struct clock *clock; /* (owned) */
    struct loop *loop;   /* (owned) */
    struct chance chance;
    struct asker *asker;          /* (owned) */
    struct profile *profile;      /* (owned) */
    struct secure *secure;        /* (owned) the component alone */
    struct component *component;  /* (owned) the device's */
    struct endpoint *endpoint;    /* (owned) the device's */
    struct device *device;        /* (owned) */
    struct bare_device *bare;     /* (owned) */
    struct wire *wire;            /* (owned) */
    struct coap_session_t *ours;  /* (borrowed) the server's session with the device */
    struct coap_session_t *plain; /* (borrowed) and with the bare one */
    uint64_t challenge;           /* the last one */
};

/* ---- numbers ---- */

struct samples {
    double at[TURNS_MOST];
    size_t count;
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(struct samples *samples)
{
    qsort(samples->at, samples->count, sizeof samples->at[0], compare);
    return samples->at[samples->count / 2];
}

/* Two measures in turns, as rates, and the ratio of what was measured side by side. */
struct comparison {
    struct samples ours, other, ratio;
};

/* One turn: how many a second; 0 when something went wrong. */
typedef double measure(struct bench *bench);

static bool compare_turns(struct bench *bench, measure *ours, measure *other,
                          struct comparison *out)
{
    double end = now() + bench->seconds;
    *out = (struct comparison){.ours.count = 0};
    for (size_t i = 0; i < TURNS_MOST && (i < TURNS_LEAST || now() < end); i++) {
        double first = i % 2 == 0 ? ours(bench) : other(bench);
        double second = i % 2 == 0 ? other(bench) : ours(bench);
        if (first <= 0 || second <= 0)
            return false;
        out->ours.at[i] = i % 2 == 0 ? first : second;
        out->other.at[i] = i % 2 == 0 ? second : first;
        out->ratio.at[i] = out->ours.at[i] / out->other.at[i];
        out->ours.count = out->other.count = out->ratio.count = i + 1;
    }
    return true;
}

static void row(const char *name, const char *value, const char *aim, const char *verdict)
{
    printf("%s|%s|%s|%s\n", name, value, aim, verdict);
    fflush(stdout);
}

static void row_number(const char *name, int decimals, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.*f", decimals, value);
    row(name, text, "", "");
}

/* ---- reading ---- */

static const struct question read_identity = {
    .method = CODE_GET, .path = {"16", "0", "0"}, .accept = FORMAT_TLV, .format = FORMAT_NONE};

static double read_turn(struct bench *bench, struct coap_session_t *session,
                        const struct question *question)
{
    double begin = now();
    for (unsigned i = 0; i < READS_A_TURN; i++) {
        const struct answer *answer = asker_ask(bench->asker, session, question);
        if (answer == NULL || answer->code != CODE_CONTENT)
            return 0;
    }
    return READS_A_TURN / (now() - begin);
}

static double read_ours(struct bench *bench)
{
    return read_turn(bench, bench->ours, &read_identity);
}

static double read_bare(struct bench *bench)
{
    return read_turn(bench, bench->plain, &read_identity);
}

static bool bench_reads(struct bench *bench)
{
    static struct comparison reads;
    char ratio[32];
    if (!compare_turns(bench, read_ours, read_bare, &reads))
        return false;
    double share = median(&reads.ratio);
    snprintf(ratio, sizeof ratio, "%.2f", share);
    row_number("READ /16/0/0, round trips a second", 0, median(&reads.ours));
    row_number("  the same octets from a bare libcoap handler", 0, median(&reads.other));
    row("  ratio", ratio, ">= 0.85", share >= 0.85 ? "ok" : "below");
    return true;
}

/* ---- formats ---- */

static const struct question read_object[] = {
    {.method = CODE_GET, .path = {"16"}, .accept = FORMAT_SENML_CBOR, .format = FORMAT_NONE},
    {.method = CODE_GET, .path = {"16"}, .accept = FORMAT_TLV, .format = FORMAT_NONE}};

static double read_senml_cbor(struct bench *bench)
{
    return read_turn(bench, bench->ours, &read_object[0]);
}

static double read_tlv(struct bench *bench)
{
    return read_turn(bench, bench->ours, &read_object[1]);
}

static bool bench_formats(struct bench *bench)
{
    static struct comparison formats;
    if (!compare_turns(bench, read_senml_cbor, read_tlv, &formats))
        return false;
    row_number("READ /16 as SenML CBOR, round trips a second", 0, median(&formats.ours));
    row_number("  as TLV", 0, median(&formats.other));
    row_number("  ratio", 2, median(&formats.ratio));
    return true;
}

/* ---- secured links ---- */

static double trips(struct bench *bench, bool secured)
{
    double begin = now();
    for (unsigned i = 0; i < TRIPS_A_TURN; i++)
        if (!wire_ask(bench->wire, secured))
            return 0;
    return TRIPS_A_TURN / (now() - begin);
}

static double secured_trips(struct bench *bench)
{
    return trips(bench, true);
}

static double plain_trips(struct bench *bench)
{
    return trips(bench, false);
}

static double handshakes(struct bench *bench)
{
    double begin = now();
    for (unsigned i = 0; i < HANDSHAKES_A_TURN; i++)
        if (!wire_shake_hands(bench->wire))
            return 0;
    return HANDSHAKES_A_TURN / (now() - begin);
}

static bool bench_secured(struct bench *bench)
{
    static struct comparison links, hands;
    bench->wire = wire_new(bench->loop, &bench->chance);
    if (bench->wire == NULL || !compare_turns(bench, secured_trips, plain_trips, &links) ||
        !compare_turns(bench, handshakes, secured_trips, &hands))
        return false;
    row_number("DTLS with a pre-shared key, round trips a second", 0, median(&links.ours));
    row_number("  in plain text", 0, median(&links.other));
    row_number("  ratio", 2, median(&links.ratio));
    row_number("  full handshakes a second", 0, median(&hands.ours));
    return true;
}

/* ---- authenticating ---- */

static bool cycle(struct bench *bench)
{
    static const struct question fetch = {
        .method = CODE_GET, .path = {"16", "0", "2"}, .accept = FORMAT_TLV, .format = FORMAT_NONE};
    char arguments[64];
    int len = snprintf(arguments, sizeof arguments, "0='0',1='3',2='%" PRIu64 "',3='0'",
                       ++bench->challenge);
    struct question execute = {.method = CODE_POST,
                               .path = {"16", "0", "1"},
                               .accept = FORMAT_NONE,
                               .format = FORMAT_TEXT,
                               .payload = {(const uint8_t *)arguments, (size_t)len}};
    const struct answer *answer = asker_ask(bench->asker, bench->ours, &execute);
    if (answer == NULL || answer->code != CODE_CHANGED)
        return false;
    size_t signature = suite_info(SUITE_SHA256_AES128_CMAC)->result_len;
    do
        answer = asker_ask(bench->asker, bench->ours, &fetch);
    while (answer != NULL && answer->code == CODE_CONTENT && answer->len < signature);
    return answer != NULL && answer->code == CODE_CONTENT;
}

static double cycle_turn(struct bench *bench)
{
    double begin = now();
    for (unsigned i = 0; i < CYCLES_A_TURN; i++)
        if (!cycle(bench))
            return 0;
    return CYCLES_A_TURN / (now() - begin);
}

static double sign_turn(struct bench *bench)
{
    uint64_t challenge = ++bench->challenge;
    struct secure_request request = {.service = SERVICE_AUTHENTICATION,
                                     .identity = 3,
                                     .challenge = {(const uint8_t *)&challenge, sizeof challenge}};
    struct buf out;
    buf_init(&out, AUTH_DATA_MOST);
    enum secure_result result = SECURE_OK;
    double begin = now();
    for (unsigned i = 0; i < SIGNATURES_A_TURN && result == SECURE_OK; i++) {
        buf_clear(&out);
        result = secure_compute(bench->secure, &request, &out);
    }
    double took = now() - begin;
    buf_release(&out);
    return result == SECURE_OK ? SIGNATURES_A_TURN / took : 0;
}

static bool bench_cycles(struct bench *bench)
{
    static struct comparison cycles;
    bench->challenge = UINT64_C(1) << 60;
    if (!compare_turns(bench, cycle_turn, sign_turn, &cycles))
        return false;
    row_number("Execute and READ /16/0/2, cycles a second", 0, median(&cycles.ours));
    row_number("  signatures a second of the secure component", 0, median(&cycles.other));
    row_number("  ratio", 3, median(&cycles.ratio));
    return true;
}

/* ---- a process of its own ---- */

static bool read_often(struct bench *bench)
{
    struct coap_session_t *session = asker_await(bench->asker, REGISTER_MS);
    const struct answer *answer = NULL;
    for (unsigned i = 0; session != NULL && i < READS_OF_PEAK; i++) {
        answer = asker_ask(bench->asker, session, &read_identity);
        if (answer == NULL || answer->code != CODE_CONTENT)
            return false;
    }
    return answer != NULL;
}

static bool start_once(struct bench *bench, bool reads, double *out_ms, long *out_kib)
{
    struct program program;
    double begin = now();
    if (!program_start(&program, bench->loop, bench->program, asker_uri(bench->asker)))
        return false;
    bool good = program_await(&program);
    *out_ms = (now() - begin) * 1000;
    good = good && (!reads || read_often(bench));
    *out_kib = program_peak_kib(&program);
    return program_stop(&program) && good;
}

static bool bench_program(struct bench *bench)
{
    static struct samples starts;
    long resting_kib = 0;
    long peak_kib = 0;
    for (size_t i = 0; i < STARTS; i++) {
        if (!start_once(bench, false, &starts.at[i], &resting_kib))
            return false;
        starts.count = i + 1;
    }
    double last_ms;
    if (!start_once(bench, true, &last_ms, &peak_kib))
        return false;
    row_number("process start to registered, ms", 1, median(&starts));
    row_number("peak memory of one device, MiB", 1, (double)peak_kib / 1024);
    row_number("  when it has just registered", 1, (double)resting_kib / 1024);
    return true;
}

/* ---- setting up ---- */

static bool load_profile(struct bench *bench)
{
    struct error_list errors;
    error_list_init(&errors);
    bench->profile = profile_load("profiles/vehicle-1.1.json", &errors);
    for (size_t i = 0; i < errors.count; i++)
        fprintf(stderr, "bench: %s: %s\n", errors.items[i].subject, errors.items[i].text);
    error_list_release(&errors);
    return bench->profile != NULL;
}

/* The device with a component that takes no time of its own. */
static bool start_device(struct bench *bench)
{
    struct error error = {.text = ""};
    const struct provision *provision = &bench->profile->provision;
    bench->secure = secure_psa_new(provision, &bench->chance, &error);
    struct secure *secure = secure_psa_new(provision, &bench->chance, &error);
    struct coap_endpoint_config endpoint = {.loop = bench->loop, .chance = &bench->chance};
    bench->endpoint = coap_endpoint_new(&endpoint, &error);
    if (bench->secure == NULL || secure == NULL || bench->endpoint == NULL) {
        fprintf(stderr, "bench: %s\n", error.text);
        secure_free(secure);
        return false;
    }
    bench->component = component_new(secure, bench->clock, 0, bench->profile->limit_ms);
    bench->device = device_new(&(struct device_config){.profile = bench->profile,
                                                       .clock = bench->clock,
                                                       .endpoint = bench->endpoint,
                                                       .component = bench->component,
                                                       .uri = asker_uri(bench->asker)});
    device_register(bench->device);
    bench->ours = asker_await(bench->asker, REGISTER_MS);
    while (bench->ours != NULL && device_registration(bench->device) == REGISTRATION_PENDING)
        loop_turn(bench->loop, REGISTER_MS);
    return bench->ours != NULL;
}

/* Answers what the device answers. */
static bool start_bare_device(struct bench *bench)
{
    const struct answer *answer = asker_ask(bench->asker, bench->ours, &read_identity);
    if (answer == NULL || answer->code != CODE_CONTENT)
        return false;
    struct bytes content = {answer->octets, answer->len};
    bench->bare = bare_device_new(bench->loop, asker_port(bench->asker), content);
    bench->plain = bench->bare != NULL ? asker_await(bench->asker, REGISTER_MS) : NULL;
    return bench->plain != NULL;
}

static bool start(struct bench *bench)
{
    bench->clock = clock_new_real();
    bench->loop = loop_new(bench->clock);
    chance_init_system(&bench->chance);
    bench->asker = asker_new(bench->loop);
    return bench->asker != NULL && load_profile(bench) && start_device(bench) &&
           start_bare_device(bench);
}

static void end(struct bench *bench)
{
    wire_free(bench->wire);
    bare_device_free(bench->bare);
    device_free(bench->device);
    component_free(bench->component);
    endpoint_free(bench->endpoint);
    secure_free(bench->secure);
    profile_free(bench->profile);
    asker_free(bench->asker);
    loop_free(bench->loop);
    clock_free(bench->clock);
}

int main(int argc, char **argv)
{
    static const struct step {
        const char *name;
        bool (*run)(struct bench *bench);
    } steps[] = {{"the set-up", start},
                 {"reading", bench_reads},
                 {"formats", bench_formats},
                 {"authenticating", bench_cycles},
                 {"secured links", bench_secured},
                 {"the program", bench_program}};
    struct bench bench = {.program = argc == 3 ? argv[2] : NULL};
    if (argc != 3 || (bench.seconds = strtod(argv[1], NULL)) <= 0) {
        fprintf(stderr, "usage: bench SECONDS PROGRAM\n");
        return EXIT_FAILURE;
    }
    size_t done = 0;
    while (done < COUNT_OF(steps) && steps[done].run(&bench))
        done++;
    if (done < COUNT_OF(steps))
        fprintf(stderr, "bench: %s did not work\n", steps[done].name);
    end(&bench);
    return done == COUNT_OF(steps) ? EXIT_SUCCESS : EXIT_FAILURE;
}
