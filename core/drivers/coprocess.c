/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a program, carries lines to it and from it, and ends it. */
#include "base/std.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/coprocess.h"
#include "drivers/guard.h"

enum {
    PART = 4096,
    LOG_LINE_MOST = 1000,
    FLUSH_MS = 10,
    PATIENCE_MS = 2000, /* with one that is asked to leave */
    LOOK_MS = 5,
    DEATH_MS = 200,       /* from the end of its output to its own */
    LAST_WORDS_MOST = 64, /* parts of its standard error */
    DESCRIPTORS_MOST = 4096
};

/* What comes from one of its descriptors, cut into lines. */
struct reader {
    int fd;           /* -1: nothing more comes */
    struct buf text;  /* (owned) of the line at hand */
    bool is_skipping; /* the rest of a line that was too long */
    size_t line_most;
};

struct coprocess {
    struct coprocess_config config;
    pid_t pid;
    bool is_dead;       /* it ended, and its entry is kept until coprocess_free */
    siginfo_t end;      /* how */
    struct guard guard; /* ends it when we are gone */
    int to;             /* -1: it does not read any more */
    struct buf waiting; /* (owned) what it has not read yet */
    struct timer flush;
    struct reader out, log;
};

/* --- its end -------------------------------------------------------------------------------- */

/* Its entry stays in the process table, so that nobody else gets the number of its group. */
static bool look_for_death(struct coprocess *self)
{
    siginfo_t end = {.si_pid = 0};
    bool is_told =
        !self->is_dead && waitid(P_PID, (id_t)self->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0;
    if (is_told && end.si_pid == self->pid) {
        self->is_dead = true;
        self->end = end;
    }
    return self->is_dead;
}

/* By the machine's own time: it is not of our world. */
static bool await_death(struct coprocess *self, int ms)
{
    for (; !look_for_death(self) && ms > 0; ms -= LOOK_MS)
        poll(NULL, 0, LOOK_MS);
    return self->is_dead;
}

static void describe_end(const struct coprocess *self, char *out, size_t size)
{
    if (!self->is_dead)
        snprintf(out, size, "it closed its standard output");
    else if (self->end.si_code != CLD_EXITED)
        snprintf(out, size, "it was ended by signal %d", self->end.si_status);
    else
        snprintf(out, size, "it ended with status %d", self->end.si_status);
}

/* What it started and left behind is in its group, and ends with it. */
static void end_group(struct coprocess *self, int patience_ms)
{
    guard_dismiss(&self->guard);
    kill(-self->pid, SIGTERM);
    waitpid(self->pid, NULL, self->is_dead ? 0 : WNOHANG);
    for (; kill(-self->pid, 0) == 0 && patience_ms > 0; patience_ms -= LOOK_MS)
        poll(NULL, 0, LOOK_MS);
    if (patience_ms <= 0)
        kill(-self->pid, SIGKILL);
}

static void close_input(struct coprocess *self)
{
    timer_stop(&self->flush);
    if (self->to >= 0)
        close(self->to);
    self->to = -1;
}

/* --- reading -------------------------------------------------------------------------------- */

static void close_reader(struct coprocess *self, struct reader *reader)
{
    if (reader->fd < 0)
        return;
    loop_unwatch(self->config.loop, reader->fd);
    close(reader->fd);
    reader->fd = -1;
}

static void give_line(struct coprocess *self, const struct reader *reader, bool too_long)
{
    struct bytes line = buf_bytes(&reader->text);
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    if (reader == &self->log)
        self->config.on_log(self->config.arg, line);
    else
        self->config.on_line(self->config.arg, line, too_long);
}

/* Appends a piece without a newline; a line is given as soon as it is too long. */
static void take_piece(struct coprocess *self, struct reader *reader, struct bytes piece)
{
    if (reader->is_skipping)
        return;
    size_t room = reader->line_most - reader->text.len;
    bool too_long = piece.len > room;
    buf_put(&reader->text, (struct bytes){piece.data, too_long ? room : piece.len});
    if (too_long)
        give_line(self, reader, true);
    reader->is_skipping = too_long;
}

static void take(struct coprocess *self, struct reader *reader, struct bytes part)
{
    while (part.len > 0) {
        const uint8_t *newline = memchr(part.data, '\n', part.len);
        size_t len = newline == NULL ? part.len : (size_t)(newline - part.data);
        take_piece(self, reader, (struct bytes){part.data, len});
        if (newline == NULL)
            return;
        if (!reader->is_skipping)
            give_line(self, reader, false);
        reader->is_skipping = false;
        buf_clear(&reader->text);
        part = (struct bytes){part.data + len + 1, part.len - len - 1};
    }
}

enum part { PART_SOME, PART_LATER, PART_END };

static enum part read_part(struct coprocess *self, struct reader *reader)
{
    uint8_t part[PART];
    ssize_t len = read(reader->fd, part, sizeof part);
    if (len < 0 && (errno == EINTR || errno == EAGAIN))
        return PART_LATER;
    if (len <= 0)
        return PART_END;
    take(self, reader, (struct bytes){part, (size_t)len});
    return PART_SOME;
}

static void log_readable(void *arg, int fd)
{
    struct coprocess *self = arg;
    UNUSED(fd);
    if (read_part(self, &self->log) == PART_END)
        close_reader(self, &self->log);
}

/* They come before the news of its end. Who else holds that descriptor may go on for ever. */
static void hear_last_words(struct coprocess *self)
{
    enum part part = self->log.fd < 0 ? PART_END : PART_SOME;
    for (int i = 0; i < LAST_WORDS_MOST && part == PART_SOME; i++)
        part = read_part(self, &self->log);
}

static void out_readable(void *arg, int fd)
{
    struct coprocess *self = arg;
    char how[80];
    UNUSED(fd);
    if (read_part(self, &self->out) != PART_END)
        return;
    close_reader(self, &self->out);
    close_input(self);
    await_death(self, DEATH_MS);
    hear_last_words(self);
    describe_end(self, how, sizeof how);
    self->config.on_end(self->config.arg, how);
}

/* --- writing -------------------------------------------------------------------------------- */

static void flush(void *arg)
{
    struct coprocess *self = arg;
    struct buf *waiting = &self->waiting;
    ssize_t len = waiting->len == 0 ? 0 : write(self->to, waiting->data, waiting->len);
    if (len > 0) {
        waiting->len -= (size_t)len;
        memmove(waiting->data, waiting->data + len, waiting->len);
    }
    if (len < 0 && errno != EAGAIN && errno != EINTR)
        close_input(self);
    else if (waiting->len > 0)
        timer_start(&self->flush, loop_clock(self->config.loop), FLUSH_MS, flush, self);
}

bool coprocess_reads(const struct coprocess *self)
{
    struct pollfd end = {.fd = self->to};
    bool is_closed = self->to >= 0 && poll(&end, 1, 0) == 1 && (end.revents & POLLERR) != 0;
    return self->to >= 0 && !is_closed;
}

bool coprocess_has_read(const struct coprocess *self)
{
    int left = 0;
    bool is_told = self->to >= 0 && ioctl(self->to, FIONREAD, &left) == 0;
    return self->waiting.len == 0 && !(is_told && left > 0);
}

enum status coprocess_say(struct coprocess *self, struct bytes line)
{
    if (self->to < 0)
        return ST_UNREACHABLE;
    if (self->waiting.len + line.len + 1 > self->waiting.limit)
        return ST_LIMIT;
    buf_put(&self->waiting, line);
    buf_put_u8(&self->waiting, '\n');
    flush(self);
    return self->to < 0 ? ST_UNREACHABLE : ST_OK;
}

/* --- life ----------------------------------------------------------------------------------- */

enum { TO, OUT, LOG, PIPES };

/* What a child has of us is its three descriptors, and signals as they are by default. */
static void become(const char *command, int pipes[PIPES][2])
{
    static const int signals[] = {SIGPIPE, SIGTTIN, SIGINT, SIGTERM, SIGHUP, SIGABRT};
    const int ends[] = {pipes[TO][0], pipes[OUT][1], pipes[LOG][1]};
    long most = sysconf(_SC_OPEN_MAX);
    setpgid(0, 0);
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        struct sigaction usual = {.sa_handler = SIG_DFL};
        sigaction(signals[i], &usual, NULL);
    }
    for (int i = 0; i < PIPES; i++)
        if (dup2(ends[i], i) < 0)
            _exit(127);
    for (int fd = PIPES; fd < DESCRIPTORS_MOST && fd < most; fd++)
        close(fd);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static void close_pipes(int pipes[PIPES][2])
{
    for (int i = 0; i < PIPES; i++)
        for (int end = 0; end < 2; end++)
            if (pipes[i][end] >= 0)
                close(pipes[i][end]);
}

/* Those that belong to the process. The guard must not inherit them: who holds the end of a pipe
 * that nobody reads looks like a reader. */
static void hand_over(int pipes[PIPES][2])
{
    int given[] = {pipes[TO][0], pipes[OUT][1], pipes[LOG][1]};
    for (size_t i = 0; i < COUNT_OF(given); i++)
        close(given[i]);
    pipes[TO][0] = pipes[OUT][1] = pipes[LOG][1] = -1;
}

static bool open_pipes(int pipes[PIPES][2])
{
    bool good = true;
    for (int i = 0; i < PIPES; i++)
        pipes[i][0] = pipes[i][1] = -1;
    for (int i = 0; i < PIPES && good; i++)
        good = pipe(pipes[i]) == 0;
    return good;
}

/* Our end of a pipe: never waits, and is nobody else's. */
static int keep(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

static void start_reader(struct coprocess *self, struct reader *reader, int fd, size_t line_most)
{
    reader->fd = keep(fd);
    reader->line_most = line_most;
    buf_init_secret(&reader->text, line_most);
    bool is_log = reader == &self->log;
    if (loop_watch(self->config.loop, fd, is_log ? log_readable : out_readable, self) != ST_OK)
        close_reader(self, reader);
}

static int patience_of(const struct coprocess_config *config)
{
    return config->patience_ms > 0 ? config->patience_ms : PATIENCE_MS;
}

/* The process, or -1. */
static pid_t launch(const struct coprocess_config *config, int pipes[PIPES][2], struct guard *guard)
{
    pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0)
        become(config->command, pipes);
    setpgid(pid, pid); /* whoever comes first */
    hand_over(pipes);
    if (guard_start(guard, pid, patience_of(config)))
        return pid;
    int why = errno;
    kill(-pid, SIGKILL);
    waitpid(pid, NULL, 0);
    errno = why;
    return -1;
}

struct coprocess *coprocess_new(const struct coprocess_config *config, struct error *error)
{
    int pipes[PIPES][2];
    struct guard guard = {.pid = -1};
    bool good = open_pipes(pipes);
    pid_t pid = good ? launch(config, pipes, &guard) : -1;
    if (pid < 0) {
        error_set(error, "cannot start \"%.200s\": %s", config->command, strerror(errno));
        close_pipes(pipes);
        return NULL;
    }
    struct coprocess *self = xalloc(sizeof *self);
    self->config = *config;
    self->pid = pid;
    self->guard = guard;
    self->to = keep(pipes[TO][1]);
    buf_init_secret(&self->waiting, (size_t)2 * COPROCESS_LINE_MOST);
    start_reader(self, &self->out, pipes[OUT][0], COPROCESS_LINE_MOST);
    start_reader(self, &self->log, pipes[LOG][0], LOG_LINE_MOST);
    return self;
}

void coprocess_free(struct coprocess *self)
{
    if (self == NULL)
        return;
    close_input(self);
    int patience_ms = patience_of(&self->config);
    if (!await_death(self, patience_ms)) {
        kill(-self->pid, SIGTERM);
        if (!await_death(self, patience_ms)) {
            kill(-self->pid, SIGKILL);
            await_death(self, PATIENCE_MS);
        }
    }
    end_group(self, patience_ms);
    close_reader(self, &self->out);
    close_reader(self, &self->log);
    buf_release(&self->out.text);
    buf_release(&self->log.text);
    buf_release(&self->waiting);
    free(self);
}
