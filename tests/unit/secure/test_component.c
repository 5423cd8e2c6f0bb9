/* SPDX-License-Identifier: Apache-2.0 */
/* The asynchronous component on the virtual clock and the fake port. */
#include "base/std.h"

#include "secure/component.h"
#include "tests/fake/fake_secure.h"
#include "tests/unit/unit.h"

enum { LATENCY = 20, LIMIT = 5000 };

/* What a test sees of the jobs that ended. */
struct seen {
    unsigned calls;
    enum secure_result result;
    char text[128]; /* the AuthData of the last call */
    int64_t at;
    struct clock *clock;          /* (borrowed) */
    struct component **component; /* (borrowed) freed by the callback when not NULL */
};

struct world {
    struct clock *clock;
    struct fake_secure fake;
    struct component *component;
    struct seen seen;
};

static void world_init(struct world *world)
{
    *world = (struct world){.clock = clock_new_virtual(0)};
    world->component = component_new(fake_secure_init(&world->fake), world->clock, LATENCY, LIMIT);
    world->seen.clock = world->clock;
}

static void world_release(struct world *world)
{
    component_free(world->component);
    ck_assert_uint_eq(world->fake.freed, 1);
    ck_assert_int_eq(clock_next(world->clock), -1);
    clock_free(world->clock);
}

static void note(void *arg, enum secure_result result, struct bytes auth_data)
{
    struct seen *seen = arg;
    seen->calls++;
    seen->result = result;
    seen->at = clock_now(seen->clock);
    ck_assert_uint_lt(auth_data.len, sizeof seen->text);
    memcpy(seen->text, auth_data.data != NULL ? (const char *)auth_data.data : "", auth_data.len);
    seen->text[auth_data.len] = '\0';
    if (seen->component != NULL) {
        component_free(*seen->component);
        *seen->component = NULL;
    }
}

static struct secure_request request_of(enum service service, const char *data)
{
    return (struct secure_request){.instance = 1,
                                   .service = service,
                                   .identity = 3,
                                   .challenge = bytes_of("abcd"),
                                   .data = bytes_of(data)};
}

static unsigned start(struct world *world)
{
    struct secure_request request = request_of(SERVICE_AUTHENTICATION, "");
    unsigned job = component_start(world->component, &request, note, &world->seen);
    ck_assert_uint_gt(job, 0);
    return job;
}

static void assert_ended(const struct world *world, unsigned calls, enum secure_result result,
                         int64_t at)
{
    ck_assert_uint_eq(world->seen.calls, calls);
    ck_assert_int_eq(world->seen.result, result);
    ck_assert_int_eq(world->seen.at, at);
    if (result != SECURE_OK)
        ck_assert_str_eq(world->seen.text, "");
}

START_TEST(delivers_after_the_latency_and_not_before)
{
    struct world world;
    world_init(&world);
    start(&world);
    clock_advance(world.clock, LATENCY - 1);
    ck_assert_uint_eq(world.seen.calls, 0);
    ck_assert_uint_eq(world.fake.computed, 0);
    clock_advance(world.clock, 1);
    assert_ended(&world, 1, SECURE_OK, LATENCY);
    ck_assert_str_eq(world.seen.text, "sig(/16/1 identity=3 key=0 round=0 challenge=61626364)");
    clock_advance(world.clock, 2 * LIMIT);
    ck_assert_uint_eq(world.seen.calls, 1);
    world_release(&world);
}
END_TEST

START_TEST(never_calls_from_inside_start)
{
    struct world world;
    world_init(&world);
    component_set_latency(world.component, 0);
    start(&world);
    ck_assert_uint_eq(world.seen.calls, 0);
    clock_run_due(world.clock);
    assert_ended(&world, 1, SECURE_OK, 0);
    world_release(&world);
}
END_TEST

START_TEST(keeps_a_copy_of_the_request)
{
    struct world world;
    world_init(&world);
    char data[] = "HOST4711";
    char challenge[] = "wxyz";
    struct secure_request request = request_of(SERVICE_ENCRYPTION, data);
    request.challenge = bytes_of(challenge);
    component_start(world.component, &request, note, &world.seen);
    memset(data, '?', strlen(data));
    memset(challenge, '?', strlen(challenge));
    request = (struct secure_request){0};
    clock_advance(world.clock, LATENCY);
    ck_assert_str_eq(world.seen.text, "enc(/16/1 key=0)HOST4711wxyz");
    world_release(&world);
}
END_TEST

START_TEST(takes_an_empty_request_to_a_failure)
{
    struct world world;
    world_init(&world);
    struct secure_request request = {.instance = 1};
    component_start(world.component, &request, note, &world.seen);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 1, SECURE_FAILED, LATENCY);
    world_release(&world);
}
END_TEST

START_TEST(passes_on_what_the_engine_refuses)
{
    for (int i = SECURE_NO_SERVICE; i <= SECURE_FAILED; i++) {
        struct world world;
        world_init(&world);
        world.fake.result = (enum secure_result)i;
        start(&world);
        clock_advance(world.clock, LATENCY);
        assert_ended(&world, 1, (enum secure_result)i, LATENCY);
        world_release(&world);
    }
}
END_TEST

START_TEST(fails_at_the_limit_when_it_is_too_slow)
{
    struct world world;
    world_init(&world);
    component_set_latency(world.component, LIMIT + 1);
    start(&world);
    clock_advance(world.clock, LIMIT - 1);
    ck_assert_uint_eq(world.seen.calls, 0);
    clock_advance(world.clock, 1);
    assert_ended(&world, 1, SECURE_FAILED, LIMIT);
    clock_advance(world.clock, LIMIT);
    ck_assert_uint_eq(world.seen.calls, 1);
    ck_assert_uint_eq(world.fake.computed, 0);
    world_release(&world);
}
END_TEST

START_TEST(delivers_when_the_latency_is_just_the_limit)
{
    struct world world;
    world_init(&world);
    component_set_latency(world.component, LIMIT);
    start(&world);
    clock_advance(world.clock, LIMIT);
    assert_ended(&world, 1, SECURE_OK, LIMIT);
    world_release(&world);
}
END_TEST

/* AuthData of the right length, of which the last octet is another one. */
START_TEST(forges_what_it_computes)
{
    struct world world;
    world_init(&world);
    start(&world);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 1, SECURE_OK, LATENCY);
    component_set_mode(world.component, COMPONENT_FORGE);
    start(&world);
    component_set_mode(world.component, COMPONENT_OK); /* holds for jobs started afterwards */
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 2, SECURE_OK, 2 * LATENCY);
    ck_assert_str_eq(world.seen.text, "sig(/16/1 identity=3 key=0 round=0 challenge=61626364(");
    start(&world);
    clock_advance(world.clock, LATENCY);
    ck_assert_str_eq(world.seen.text, "sig(/16/1 identity=3 key=0 round=0 challenge=61626364)");
    world_release(&world);
}
END_TEST

START_TEST(hangs_until_the_limit_and_recovers)
{
    struct world world;
    world_init(&world);
    component_set_mode(world.component, COMPONENT_HANG);
    start(&world);
    component_set_mode(world.component, COMPONENT_OK);
    clock_advance(world.clock, LIMIT - 1);
    ck_assert_uint_eq(world.seen.calls, 0);
    clock_advance(world.clock, 1);
    assert_ended(&world, 1, SECURE_FAILED, LIMIT);
    start(&world);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 2, SECURE_OK, LIMIT + LATENCY);
    world_release(&world);
}
END_TEST

START_TEST(fails_every_job_until_told_otherwise)
{
    struct world world;
    world_init(&world);
    component_set_mode(world.component, COMPONENT_FAIL);
    for (unsigned i = 1; i <= 2; i++) {
        start(&world);
        clock_advance(world.clock, LATENCY);
        assert_ended(&world, i, SECURE_FAILED, i * LATENCY);
    }
    ck_assert_uint_eq(world.fake.computed, 0);
    component_set_mode(world.component, COMPONENT_OK);
    start(&world);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 3, SECURE_OK, 3 * LATENCY);
    world_release(&world);
}
END_TEST

START_TEST(fails_only_the_next_job_started)
{
    struct world world;
    world_init(&world);
    start(&world);
    component_fail_next(world.component);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 1, SECURE_OK, LATENCY);
    start(&world);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 2, SECURE_FAILED, 2 * LATENCY);
    start(&world);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 3, SECURE_OK, 3 * LATENCY);
    world_release(&world);
}
END_TEST

START_TEST(a_latency_change_leaves_running_jobs_alone)
{
    struct world world;
    world_init(&world);
    start(&world);
    component_set_latency(world.component, 300);
    clock_advance(world.clock, LATENCY);
    assert_ended(&world, 1, SECURE_OK, LATENCY);
    start(&world);
    clock_advance(world.clock, 299);
    ck_assert_uint_eq(world.seen.calls, 1);
    clock_advance(world.clock, 1);
    assert_ended(&world, 2, SECURE_OK, LATENCY + 300);
    world_release(&world);
}
END_TEST

START_TEST(a_cancelled_job_never_calls)
{
    struct world world;
    world_init(&world);
    unsigned first = start(&world);
    unsigned second = start(&world);
    ck_assert_uint_ne(first, second);
    component_cancel(world.component, first);
    component_cancel(world.component, first);
    clock_advance(world.clock, LATENCY);
    ck_assert_uint_eq(world.seen.calls, 1);
    component_cancel(world.component, second);
    component_cancel(world.component, 0);
    component_cancel(world.component, 4711);
    clock_advance(world.clock, LIMIT);
    ck_assert_uint_eq(world.seen.calls, 1);
    world_release(&world);
}
END_TEST

START_TEST(running_jobs_end_with_the_component)
{
    struct world world;
    world_init(&world);
    for (int i = 0; i < 5; i++)
        start(&world);
    component_free(world.component);
    world.component = NULL;
    clock_advance(world.clock, 2 * LIMIT);
    ck_assert_uint_eq(world.seen.calls, 0);
    world_release(&world);
}
END_TEST

/* Starts the next job from inside the call, and cancels it every second time. */
struct chain {
    struct world *world;
    unsigned calls;
};

static void go_on(void *arg, enum secure_result result, struct bytes auth_data)
{
    struct chain *chain = arg;
    struct secure_request request = request_of(SERVICE_AUTHENTICATION, "");
    ck_assert_int_eq(result, SECURE_OK);
    ck_assert_uint_gt(auth_data.len, 0);
    if (++chain->calls == 4)
        return;
    unsigned dropped = component_start(chain->world->component, &request, go_on, chain);
    component_cancel(chain->world->component, dropped);
    component_start(chain->world->component, &request, go_on, chain);
}

START_TEST(a_call_may_start_and_cancel_jobs)
{
    struct world world;
    world_init(&world);
    struct chain chain = {.world = &world};
    struct secure_request request = request_of(SERVICE_AUTHENTICATION, "");
    component_start(world.component, &request, go_on, &chain);
    clock_advance(world.clock, 3 * LATENCY);
    ck_assert_uint_eq(chain.calls, 3);
    clock_advance(world.clock, LIMIT);
    ck_assert_uint_eq(chain.calls, 4);
    world_release(&world);
}
END_TEST

START_TEST(a_call_may_free_the_component)
{
    struct world world;
    world_init(&world);
    world.seen.component = &world.component;
    start(&world);
    start(&world);
    clock_advance(world.clock, LIMIT);
    assert_ended(&world, 1, SECURE_OK, LATENCY);
    world_release(&world);
}
END_TEST

START_TEST(provisions_at_once_whatever_the_mode)
{
    struct world world;
    world_init(&world);
    component_set_mode(world.component, COMPONENT_HANG);
    ck_assert_int_eq(component_provision(world.component, 1, 3, bytes_of("2.0")), SECURE_OK);
    ck_assert_uint_eq(world.fake.provisioned, 1);
    world.fake.result = SECURE_NO_SERVICE;
    ck_assert_int_eq(component_provision(world.component, 1, 3, bytes_of("2.0")),
                     SECURE_NO_SERVICE);
    world_release(&world);
}
END_TEST

START_TEST(refuses_more_jobs_than_it_has_places_for)
{
    struct world world;
    world_init(&world);
    struct secure_request request = request_of(SERVICE_AUTHENTICATION, "");
    for (int i = 0; i < COMPONENT_JOBS_MOST; i++)
        start(&world);
    ck_assert_uint_eq(component_start(world.component, &request, note, &world.seen), 0);
    clock_advance(world.clock, LATENCY);
    ck_assert_uint_eq(world.seen.calls, COMPONENT_JOBS_MOST);
    start(&world);
    clock_advance(world.clock, LATENCY);
    ck_assert_uint_eq(world.seen.calls, COMPONENT_JOBS_MOST + 1);
    world_release(&world);
}
END_TEST

START_TEST(freeing_nothing_is_legal)
{
    component_free(NULL);
}
END_TEST

UNIT_MAIN("component", delivers_after_the_latency_and_not_before, never_calls_from_inside_start,
          keeps_a_copy_of_the_request, takes_an_empty_request_to_a_failure,
          passes_on_what_the_engine_refuses, fails_at_the_limit_when_it_is_too_slow,
          delivers_when_the_latency_is_just_the_limit, forges_what_it_computes,
          hangs_until_the_limit_and_recovers, fails_every_job_until_told_otherwise,
          fails_only_the_next_job_started, a_latency_change_leaves_running_jobs_alone,
          a_cancelled_job_never_calls, running_jobs_end_with_the_component,
          a_call_may_start_and_cancel_jobs, a_call_may_free_the_component,
          provisions_at_once_whatever_the_mode, refuses_more_jobs_than_it_has_places_for,
          freeing_nothing_is_legal)
