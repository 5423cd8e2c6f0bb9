/* SPDX-License-Identifier: Apache-2.0 */
/* Starts processes, and speaks with them through pipes. */
#include "base/std.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/workers.h"

/* --- pieces --------------------------------------------------------------------------------- */

enum { LENGTH_OCTETS = 4 };

bool piece_write(int fd, struct bytes piece)
{
    struct buf length;
    buf_init(&length, LENGTH_OCTETS);
    buf_put_be(&length, piece.len, LENGTH_OCTETS);
    bool good = write_octets(fd, buf_bytes(&length)) && write_octets(fd, piece);
    buf_release(&length);
    return good;
}

static bool read_octets(int fd, size_t len, struct buf *out)
{
    uint8_t part[4096];
    while (len > 0) {
        ssize_t got = read(fd, part, len < sizeof part ? len : sizeof part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        buf_put(out, (struct bytes){part, (size_t)got});
        len -= (size_t)got;
    }
    return !out->bad;
}

bool piece_read(int fd, struct buf *out)
{
    struct rd rd;
    struct buf length;
    buf_clear(out);
    buf_init(&length, LENGTH_OCTETS);
    bool good = read_octets(fd, LENGTH_OCTETS, &length);
    rd_init(&rd, buf_bytes(&length));
    good = good && read_octets(fd, (size_t)rd_be(&rd, LENGTH_OCTETS), out);
    buf_release(&length);
    return good;
}

bool piece_await(int fd, struct buf *out)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return poll(&polled, 1, -1) == 1 && piece_read(fd, out);
}

enum { PATIENCE_MS = 200 }; /* a signal may come just before we begin to wait */

/* --- processes ------------------------------------------------------------------------------ */

static void close_all(const struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++) {
        if (workers->items[i].to >= 0)
            close(workers->items[i].to);
        if (workers->items[i].from >= 0)
            close(workers->items[i].from);
    }
}

static bool make_pipes(int requests[2], int answers[2])
{
    if (pipe(requests) != 0)
        return false;
    if (pipe(answers) == 0)
        return true;
    close(requests[0]);
    close(requests[1]);
    return false;
}

/* --- one whose parent is dead ----------------------------------------------------------------- */

struct watchman {
    pid_t parent;
    int in; /* the parent alone holds the other end */
};
enum { LOOK_MS = 20 };

/* The pipe ends when the parent lets us come to our end, which is fine, and when it is dead: then
 * nothing is for anybody any more, whatever the worker is busy with, be it an endless loop. */
static void *watch_parent(void *arg)
{
    const struct watchman *watchman = arg;
    struct pollfd end = {.fd = watchman->in};
    while (poll(&end, 1, -1) < 1)
        continue;
    while (getppid() == watchman->parent)
        poll(NULL, 0, LOOK_MS);
    _exit(EXIT_FAILURE);
}

/* The thread touches nothing of ours, and takes no signals. Without it the worker sees the end of
 * its parent only when it reads. */
static void post_watchman(struct watchman *watchman)
{
    pthread_t thread;
    sigset_t all, usual;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &usual);
    if (pthread_create(&thread, NULL, watch_parent, watchman) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &usual, NULL);
}

/* The child's side: the ends that belong to others would keep their pipes open. */
static void be_worker(const struct workers *workers, const int requests[2], const int answers[2],
                      worker_body *body, void *arg)
{
    struct watchman watchman = {workers->parent, requests[0]};
    setpgid(0, 0);
    close_all(workers);
    close(requests[1]);
    close(answers[0]);
    post_watchman(&watchman);
    body(arg, requests[0], answers[1]);
    exit(EXIT_SUCCESS);
}

static bool start_one(struct workers *workers, worker_body *body, void *arg)
{
    int requests[2], answers[2];
    if (!make_pipes(requests, answers))
        return false;
    pid_t pid = fork();
    if (pid == 0)
        be_worker(workers, requests, answers, body, arg);
    close(requests[0]);
    close(answers[1]);
    if (pid < 0) {
        close(requests[1]);
        close(answers[0]);
        return false;
    }
    workers->items[workers->count++] =
        (struct worker){.pid = pid, .to = requests[1], .from = answers[0]};
    return true;
}

void workers_start(struct workers *out, size_t count, worker_body *body, void *arg)
{
    count = count < WORKERS_MOST ? count : WORKERS_MOST;
    *out = (struct workers){.items = xarray(count + 1, sizeof *out->items), .parent = getpid()};
    fflush(NULL); /* or what is not written yet would be written twice */
    while (out->count < count && start_one(out, body, arg))
        continue;
}

static void bury(struct worker *worker)
{
    if (worker->to < 0)
        return;
    close(worker->to);
    close(worker->from);
    worker->to = worker->from = -1;
    worker->busy = false;
    int ended = 0;
    while (waitpid(worker->pid, &ended, 0) < 0 && errno == EINTR)
        continue;
    worker->failed = ended != 0;
}

bool workers_give(struct workers *workers, size_t task, struct bytes request)
{
    for (size_t i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->items[i];
        if (worker->to < 0 || worker->busy)
            continue;
        worker->busy = piece_write(worker->to, request);
        worker->task = task;
        if (worker->busy)
            return true;
        bury(worker);
    }
    return false;
}

bool workers_are_busy(const struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->items[i].busy)
            return true;
    return false;
}

static enum status take_answer(struct worker *worker, size_t *out_task, struct buf *out)
{
    *out_task = worker->task;
    worker->busy = false;
    if (piece_read(worker->from, out))
        return ST_OK;
    bury(worker);
    return ST_UNREACHABLE;
}

enum status workers_wait(struct workers *workers, size_t *out_task, struct buf *out)
{
    struct pollfd polled[WORKERS_MOST];
    for (size_t i = 0; i < workers->count; i++)
        polled[i] = (struct pollfd){.fd = workers->items[i].busy ? workers->items[i].from : -1,
                                    .events = POLLIN};
    int ready = poll(polled, (nfds_t)workers->count, PATIENCE_MS);
    if (ready <= 0)
        return ready < 0 ? ST_CANCELLED : ST_TIMEOUT;
    size_t i = 0;
    while (polled[i].revents == 0)
        i++;
    return take_answer(&workers->items[i], out_task, out);
}

void workers_signal(const struct workers *workers, int signal)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->items[i].to >= 0)
            kill(workers->items[i].pid, signal);
}

bool workers_end(struct workers *workers)
{
    bool good = true;
    for (size_t i = 0; i < workers->count; i++) {
        bury(&workers->items[i]);
        good = good && !workers->items[i].failed;
    }
    free(workers->items);
    *workers = (struct workers){.items = NULL};
    return good;
}
