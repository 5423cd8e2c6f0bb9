/* SPDX-License-Identifier: Apache-2.0 */
/* The secure component as a device sees it: jobs on the timers of a clock. */
#include "base/std.h"

#include "secure/component.h"

struct job {
    struct job *next;            /* (owned) */
    struct component *component; /* (borrowed) */
    unsigned number;
    bool fails;
    bool forges;
    struct timer timer;
    struct secure_request request; /* its octets lie in the two buffers */
    struct buf challenge;
    struct buf data;
    component_done *done;
    void *arg; /* (borrowed) */
};

struct component {
    struct secure *secure; /* (owned) */
    struct clock *clock;   /* (borrowed) */
    int64_t latency_ms;
    int64_t limit_ms;
    enum component_mode mode;
    bool fail_next;
    struct job *jobs; /* (owned) in no order */
    size_t job_count;
    unsigned last_number;
};

struct component *component_new(struct secure *secure, struct clock *clock, int64_t latency_ms,
                                int64_t limit_ms)
{
    struct component *component = xalloc(sizeof *component);
    *component = (struct component){
        .secure = secure, .clock = clock, .latency_ms = latency_ms, .limit_ms = limit_ms};
    return component;
}

static struct job **find_job(struct component *component, unsigned number)
{
    struct job **at = &component->jobs;
    while (*at != NULL && (*at)->number != number)
        at = &(*at)->next;
    return at;
}

static void job_free(struct job *job)
{
    timer_stop(&job->timer);
    buf_release(&job->challenge);
    buf_release(&job->data);
    free(job);
}

static void unlink_job(struct job **at)
{
    struct job *job = *at;
    *at = job->next;
    job->component->job_count--;
}

void component_free(struct component *component)
{
    if (component == NULL)
        return;
    while (component->jobs != NULL) {
        struct job *job = component->jobs;
        unlink_job(&component->jobs);
        job_free(job);
    }
    secure_free(component->secure);
    free(component);
}

/* rule: PF-SC-7. The job is gone before DONE runs, which may do anything to the component. */
static void finish_job(void *arg)
{
    struct job *job = arg;
    struct component *component = job->component;
    struct buf auth_data;
    buf_init_secret(&auth_data, AUTH_DATA_MOST);
    enum secure_result result = SECURE_FAILED;
    if (!job->fails)
        result = secure_compute(component->secure, &job->request, &auth_data);
    if (result == SECURE_OK && job->forges && auth_data.len > 0)
        auth_data.data[auth_data.len - 1] ^= 1;
    component_done *done = job->done;
    void *done_arg = job->arg;
    unlink_job(find_job(component, job->number));
    job_free(job);
    if (result != SECURE_OK)
        buf_clear(&auth_data);
    done(done_arg, result, buf_bytes(&auth_data));
    buf_release(&auth_data);
}

static void copy_request(struct job *job, const struct secure_request *request)
{
    buf_init_secret(&job->challenge, request->challenge.len);
    buf_put(&job->challenge, request->challenge);
    buf_init_secret(&job->data, request->data.len);
    buf_put(&job->data, request->data);
    job->request = *request;
    job->request.challenge = buf_bytes(&job->challenge);
    job->request.data = buf_bytes(&job->data);
}

static unsigned fresh_number(struct component *component)
{
    do
        component->last_number++;
    while (component->last_number == 0 || *find_job(component, component->last_number) != NULL);
    return component->last_number;
}

unsigned component_start(struct component *component, const struct secure_request *request,
                         component_done *done, void *arg)
{
    if (component->job_count == COMPONENT_JOBS_MOST)
        return 0;
    bool too_long =
        component->mode == COMPONENT_HANG || component->latency_ms > component->limit_ms;
    struct job *job = xalloc(sizeof *job);
    job->component = component;
    job->number = fresh_number(component);
    job->fails = too_long || component->mode == COMPONENT_FAIL || component->fail_next;
    job->forges = component->mode == COMPONENT_FORGE;
    job->done = done;
    job->arg = arg;
    copy_request(job, request);
    job->next = component->jobs;
    component->jobs = job;
    component->job_count++;
    component->fail_next = false;
    timer_start(&job->timer, component->clock,
                too_long ? component->limit_ms : component->latency_ms, finish_job, job);
    return job->number;
}

void component_cancel(struct component *component, unsigned number)
{
    struct job **at = find_job(component, number);
    struct job *job = *at;
    if (job == NULL)
        return;
    unlink_job(at);
    job_free(job);
}

enum secure_result component_provision(struct component *component, unsigned instance,
                                       unsigned identity, struct bytes text)
{
    return secure_provision(component->secure, instance, identity, text);
}

void component_set_mode(struct component *component, enum component_mode mode)
{
    component->mode = mode;
}

void component_fail_next(struct component *component)
{
    component->fail_next = true;
}

void component_set_latency(struct component *component, int64_t latency_ms)
{
    component->latency_ms = latency_ms;
}
