/* SPDX-License-Identifier: MIT */
/* The debuggers of a run; see board_run_gdb.h. */
#include "board_run_gdb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board_port.h"
#include "board_run_gdb_ops.h"

/* A peer that sends and never reads is dropped. */
#define OUTPUT_BYTES_MAX 4194304U
/* Of 4096 bytes, before something else has its turn. */
#define READS_MAX  64U
#define CORE_COUNT DUO_CORE_COUNT
/* How far a step goes while the core is asleep, to see whether it woke. */
#define WAKE_NS 10000U

void duo_run_gdb_init(struct duo_run_gdb *gdb)
{
    memset(gdb, 0, sizeof(*gdb));
    gdb->step_core = DUO_CORE_NONE;
    for (unsigned i = 0; i < CORE_COUNT; i++) {
        gdb->cores[i].owner = gdb;
        gdb->cores[i].core = (enum duo_core)i;
        gdb->cores[i].listen_fd = -1;
        gdb->cores[i].fd = -1;
    }
}

bool duo_run_gdb_open(struct duo_run_gdb *gdb, uint16_t port,
                      struct duo_tool_error *error)
{
    for (unsigned i = 0; i < CORE_COUNT; i++) {
        uint16_t number = (uint16_t)(port != 0 ? port + i : 0);

        gdb->cores[i].listen_fd = duo_port_listen(&number, error);
        if (gdb->cores[i].listen_fd < 0) {
            return false;
        }
        (void)fprintf(stderr,
                      "duoboot: debugger of the %s core: (gdb) target remote "
                      "127.0.0.1:%u\n",
                      duo_core_name((enum duo_core)i), number);
    }
    return true;
}

static void hang_up(struct duo_run_gdb_core *core)
{
    duo_gdb_close(&core->stub);
    (void)close(core->fd);
    core->fd = -1;
    if (core->owner->step_core == core->core) {
        core->owner->step_core = DUO_CORE_NONE;
    }
}

bool duo_run_gdb_is_connected(const struct duo_run_gdb *gdb)
{
    return gdb->cores[DUO_CORE_APP].fd >= 0 || gdb->cores[DUO_CORE_NET].fd >= 0;
}

static bool anybody_waits(const struct duo_run_gdb *gdb)
{
    bool is_waiting = !duo_run_gdb_is_connected(gdb);

    for (unsigned i = 0; i < CORE_COUNT; i++) {
        is_waiting = is_waiting ||
                     (gdb->cores[i].fd >= 0 && gdb->cores[i].stub.is_running);
    }
    return is_waiting;
}

static void take_connection(struct duo_run_gdb_core *core)
{
    int fd = core->listen_fd >= 0 ? duo_port_accept(core->listen_fd) : -1;

    if (fd < 0) {
        return;
    }
    if (core->fd >= 0) {
        (void)close(fd); /* One debugger for a core. */
        return;
    }
    core->fd = fd;
    duo_gdb_open(&core->stub, &(struct duo_gdb_config){
                                  .ops = &duo_run_gdb_ops,
                                  .ctx = core,
                                  .has_fpu = core->core == DUO_CORE_APP});
    core->owner->is_standing = true;
}

/* False: the peer is gone. All that has come is read, within a bound, so that
 * the end of one debugger is seen before the next one connects. */
static bool receive(struct duo_run_gdb_core *core)
{
    for (unsigned i = 0; i < READS_MAX; i++) {
        uint8_t bytes[4096];
        ssize_t got = read(core->fd, bytes, sizeof(bytes));

        if (got <= 0) {
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        }
        duo_gdb_receive(&core->stub, (struct duo_bytes){bytes, (size_t)got});
    }
    return true;
}

static bool transmit(struct duo_run_gdb_core *core)
{
    struct duo_bytes output = duo_gdb_output(&core->stub);
    ssize_t sent;

    if (output.len_bytes == 0) {
        return true;
    }
    sent = write(core->fd, output.data, output.len_bytes);
    if (sent >= 0) {
        duo_gdb_sent(&core->stub, (size_t)sent);
    }
    return (sent >= 0 || errno == EAGAIN || errno == EINTR) &&
           output.len_bytes <= OUTPUT_BYTES_MAX;
}

/* False: it wants to go. */
static bool grant(struct duo_run_gdb_core *core)
{
    struct duo_run_gdb *gdb = core->owner;

    switch (duo_gdb_take_wish(&core->stub)) {
    case DUO_GDB_WISH_NONE: break;
    case DUO_GDB_WISH_CONTINUE: gdb->is_standing = false; break;
    case DUO_GDB_WISH_STEP:
        gdb->is_standing = false;
        gdb->step_core = core->core;
        break;
    case DUO_GDB_WISH_STOP:
        gdb->is_standing = true;
        gdb->step_core = DUO_CORE_NONE;
        duo_gdb_stopped(&core->stub, DUO_GDB_SIGNAL_INT);
        break;
    case DUO_GDB_WISH_KILL: gdb->wants_end = true; break;
    case DUO_GDB_WISH_DETACH: return false;
    }
    return true;
}

static void serve(struct duo_run_gdb_core *core)
{
    if (core->fd >= 0) {
        bool stays = receive(core) && grant(core);
        if (!transmit(core) || !stays) {
            hang_up(core);
            if (anybody_waits(core->owner)) {
                core->owner->is_standing = false;
            }
        }
    }
    take_connection(core);
}

void duo_run_gdb_service(struct duo_run_gdb *gdb)
{
    for (unsigned i = 0; i < CORE_COUNT; i++) {
        serve(&gdb->cores[i]);
    }
}

/* The debugger that waits for its core hears of it; else nobody wants to
 * know. */
static bool tell_stop(struct duo_run_gdb_core *core, enum duo_gdb_signal signal)
{
    if (core->fd < 0 || !core->stub.is_running) {
        return false;
    }
    core->owner->is_standing = true;
    duo_gdb_stopped(&core->stub, signal);
    (void)transmit(core);
    return true;
}

static bool stands_on_break(const struct duo_run_gdb *gdb, enum duo_core core)
{
    uint32_t pc;

    return gdb->cores[core].fd >= 0 && !duo_vb_core_is_parked(gdb->vb, core) &&
           duo_vb_reg_read(gdb->vb, core, DUO_GDB_REG_PC, &pc) &&
           duo_gdb_has_break(&gdb->cores[core].stub, pc);
}

static void step(struct duo_run_gdb *gdb, enum duo_core core,
                 struct duo_vb_stop *stop)
{
    if (duo_vb_core_is_parked(gdb->vb, core)) {
        duo_vb_run(gdb->vb, duo_vb_now_ns(gdb->vb) + WAKE_NS, stop);
        if (stop->kind == DUO_VB_STOP_TIME &&
            duo_vb_core_is_parked(gdb->vb, core)) {
            return;
        }
    } else {
        duo_vb_step(gdb->vb, core, stop);
    }
    gdb->step_core = DUO_CORE_NONE;
    if (stop->kind == DUO_VB_STOP_BREAK || stop->kind == DUO_VB_STOP_TIME) {
        (void)tell_stop(&gdb->cores[core], DUO_GDB_SIGNAL_TRAP);
        stop->kind = DUO_VB_STOP_TIME;
    }
}

void duo_run_gdb_advance(struct duo_run_gdb *gdb, uint64_t until_ns,
                         struct duo_vb_stop *stop)
{
    if (gdb->step_core != DUO_CORE_NONE) {
        step(gdb, gdb->step_core, stop);
        return;
    }
    for (unsigned i = 0; i < CORE_COUNT; i++) {
        if (stands_on_break(gdb, (enum duo_core)i)) {
            duo_vb_step(gdb->vb, (enum duo_core)i, stop);
            if (stop->kind != DUO_VB_STOP_BREAK &&
                stop->kind != DUO_VB_STOP_TIME) {
                return;
            }
        }
    }
    duo_vb_run(gdb->vb, until_ns, stop);
    if (stop->kind == DUO_VB_STOP_BREAK && stop->core < CORE_COUNT) {
        (void)tell_stop(&gdb->cores[stop->core], DUO_GDB_SIGNAL_TRAP);
        stop->kind = DUO_VB_STOP_TIME;
    }
}

bool duo_run_gdb_failed(struct duo_run_gdb *gdb)
{
    bool is_told = false;

    gdb->step_core = DUO_CORE_NONE;
    for (unsigned i = 0; i < CORE_COUNT; i++) {
        is_told = tell_stop(&gdb->cores[i], DUO_GDB_SIGNAL_ABORT) || is_told;
    }
    return is_told;
}

unsigned duo_run_gdb_fds(const struct duo_run_gdb *gdb,
                         struct pollfd fds[DUO_RUN_GDB_FDS_MAX])
{
    unsigned count = 0;

    for (unsigned i = 0; i < CORE_COUNT; i++) {
        const struct duo_run_gdb_core *core = &gdb->cores[i];
        if (core->listen_fd >= 0) {
            fds[count++] =
                (struct pollfd){.fd = core->listen_fd, .events = POLLIN};
        }
        if (core->fd >= 0) {
            bool has_output = duo_gdb_output(&core->stub).len_bytes > 0;
            fds[count++] = (struct pollfd){
                .fd = core->fd,
                .events = (short)(POLLIN | (has_output ? POLLOUT : 0))};
        }
    }
    return count;
}

void duo_run_gdb_close(struct duo_run_gdb *gdb, uint8_t exit_code)
{
    for (unsigned i = 0; i < CORE_COUNT; i++) {
        struct duo_run_gdb_core *core = &gdb->cores[i];
        if (core->fd >= 0) {
            duo_gdb_exited(&core->stub, exit_code);
            (void)transmit(core);
            hang_up(core);
        }
        if (core->listen_fd >= 0) {
            (void)close(core->listen_fd);
            core->listen_fd = -1;
        }
    }
}
