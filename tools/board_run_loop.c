/* SPDX-License-Identifier: MIT */
/* A run of the virtual board, from power-on to its end; see board_run.h.
 *
 * Virtual time passes in slices that end at multiples of some time, at events,
 * and at the end. They do not change what happens, so a run that nobody types
 * into is a pure function of the directory and the options. Between slices
 * bytes from outside go to the board and its own go out: if somebody waits for
 * an answer the slices are short. */
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "board_run.h"

#define SLICE_NS      10000000U
#define SLICE_LIVE_NS 1000000U
/* Who falls back further than this is not chased. */
#define PACE_LAG_NS 100000000U
#define FDS_MAX \
    (1U + DUO_CONSOLE_FDS_MAX + DUO_RUN_GDB_FDS_MAX + DUO_CONTROL_FDS_MAX)
/* More than this in the UART's queue: the peer has to wait. At 1 Mbaud it is
 * enough for a slice that nobody watches. */
#define KEYS_QUEUED_MAX 2048U
/* On an idle board somebody may open a pseudo-terminal, which no poll() tells
 * before it is looked at. */
#define IDLE_LOOK_NS 50000000U

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static uint64_t wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* Of this process: what the emulation costs, however busy the host is. */
static uint64_t cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void rebase(struct duo_run *run)
{
    run->pace_wall_ns = wall_ns();
    run->pace_virtual_ns = duo_run_now_ns(run);
}

static void take_signal(struct duo_run *run)
{
    struct pollfd fd = {.fd = run->signal_fd, .events = POLLIN};
    struct signalfd_siginfo info;

    if (run->signal_fd >= 0 && poll(&fd, 1, 0) > 0 &&
        read(run->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        duo_run_end(run, DUO_RUN_USER);
    }
}

static void take_keys(struct duo_run *run, enum duo_vb_uart uart)
{
    uint8_t bytes[KEYS_QUEUED_MAX];
    size_t queued = duo_vb_uart_queued(run->vb, uart);
    size_t got;

    if (queued >= sizeof(bytes)) {
        return;
    }
    got = duo_control_keys(&run->control, uart, bytes, sizeof(bytes) - queued);
    got += duo_console_keys(&run->console, uart, bytes + got,
                            sizeof(bytes) - queued - got);
    if (got > 0) {
        duo_vb_uart_send(run->vb, uart, (struct duo_bytes){bytes, got});
    }
}

/* Everything that comes from outside, and what is to be seen there. */
static void service(struct duo_run *run)
{
    take_signal(run);
    duo_console_service(&run->console);
    duo_control_service(&run->control);
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        take_keys(run, (enum duo_vb_uart)i);
    }
    duo_run_gdb_service(&run->gdb);
    if (run->console.has_ended || run->gdb.wants_end ||
        duo_control_has_ended(&run->control)) {
        duo_run_end(run, DUO_RUN_USER);
    }
}

/* Wait for anything from outside; @p ns_max UINT64_MAX: for ever. */
static void wait_outside(struct duo_run *run, uint64_t ns_max)
{
    uint64_t due_ns = duo_control_wait_ns(&run->control);
    struct timespec limit;
    struct pollfd fds[FDS_MAX];
    bool takes[DUO_VB_UART_COUNT];
    unsigned count = 0;

    if (due_ns < ns_max) {
        ns_max = due_ns;
    }
    limit = (struct timespec){(time_t)(ns_max / 1000000000U),
                              (long)(ns_max % 1000000000U)};
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        takes[i] =
            duo_vb_uart_queued(run->vb, (enum duo_vb_uart)i) < KEYS_QUEUED_MAX;
    }
    if (run->signal_fd >= 0) {
        fds[count++] = (struct pollfd){.fd = run->signal_fd, .events = POLLIN};
    }
    count += duo_console_fds(&run->console, takes, fds + count);
    count += duo_run_gdb_fds(&run->gdb, fds + count);
    count += duo_control_fds(&run->control, fds + count);
    (void)ppoll(fds, count, ns_max == UINT64_MAX ? NULL : &limit, NULL);
}

/* Let the wall clock come up. */
static void pace(struct duo_run *run)
{
    double virtual_ns;
    uint64_t due_ns;

    if (run->options->speed <= 0 || run->is_trial) {
        return;
    }
    virtual_ns = (double)(duo_run_now_ns(run) - run->pace_virtual_ns);
    due_ns = run->pace_wall_ns + (uint64_t)(virtual_ns / run->options->speed);
    while (run->end == DUO_RUN_GOES_ON && !run->gdb.is_standing) {
        uint64_t now_ns = wall_ns();
        if (now_ns >= due_ns) {
            if (now_ns - due_ns > PACE_LAG_NS) {
                rebase(run);
            }
            return;
        }
        wait_outside(run, due_ns - now_ns);
        service(run);
    }
}

static void arm_cut(struct duo_run *run)
{
    struct duo_vb_cut cut = run->cut;

    if (cut.at_ns != UINT64_MAX) {
        cut.at_ns += run->base_ns;
        duo_vb_set_cut(run->vb, &cut);
    }
}

static void press(struct duo_run *run, unsigned button_index, bool is_pressed)
{
    run->control.is_pressed[button_index] = is_pressed;
    duo_vb_button(run->vb, button_index, is_pressed);
}

static void fire_event(struct duo_run *run, const struct duo_run_event *event)
{
    switch (event->kind) {
    case DUO_RUN_INPUT:
        duo_vb_uart_send(run->vb, event->uart,
                         duo_tool_buffer_view(&event->bytes));
        break;
    case DUO_RUN_PRESS: press(run, event->button_index, true); break;
    case DUO_RUN_RELEASE: press(run, event->button_index, false); break;
    case DUO_RUN_RESET: duo_vb_reset_pin(run->vb); break;
    case DUO_RUN_POWER_CYCLE:
        duo_vb_power_off(run->vb);
        duo_control_power(&run->control);
        duo_vb_power_on(run->vb, NULL);
        duo_control_power(&run->control);
        arm_cut(run);
        break;
    }
}

static void fire_events(struct duo_run *run, uint64_t until_ns)
{
    const struct duo_run_options *options = run->options;

    while (run->next_event < options->event_count &&
           options->events[run->next_event].time_ns <= until_ns) {
        fire_event(run, &options->events[run->next_event++]);
    }
}

static uint64_t slice_end_ns(const struct duo_run *run, uint64_t now_ns)
{
    uint64_t slice_ns =
        duo_run_is_live(run->options) ? SLICE_LIVE_NS : SLICE_NS;
    uint64_t until_ns = (now_ns / slice_ns + 1U) * slice_ns;

    if (run->next_event < run->options->event_count &&
        run->options->events[run->next_event].time_ns < until_ns) {
        until_ns = run->options->events[run->next_event].time_ns;
    }
    return run->end_ns < until_ns ? run->end_ns : until_ns;
}

/* Nothing will happen but what comes from outside, now or at a time. */
static void be_idle(struct duo_run *run)
{
    bool is_attended = !run->is_trial &&
                       (duo_run_is_live(run->options) || run->options->has_gdb);

    if (run->next_event < run->options->event_count) {
        return;
    }
    if (!is_attended) {
        duo_run_end(run, DUO_RUN_IDLE);
    } else if (run->end_ns == UINT64_MAX) {
        wait_outside(run, IDLE_LOOK_NS);
        rebase(run);
    }
}

/* The board cannot go on; a debugger may want to see why. */
static void fail(struct duo_run *run, enum duo_run_end reason)
{
    if (!run->has_failed) {
        duo_control_note(&run->control, duo_run_now_ns(run), run->stop.text);
    }
    if (run->has_failed || !duo_run_gdb_failed(&run->gdb)) {
        duo_run_end(run, reason);
        return;
    }
    run->has_failed = true;
    (void)fprintf(stderr,
                  "duoboot: %s; the board stands, until the debugger goes on "
                  "or away\n",
                  run->stop.text);
}

static void take_stop(struct duo_run *run)
{
    switch (run->stop.kind) {
    case DUO_VB_STOP_TIME:
    case DUO_VB_STOP_ASKED:
    case DUO_VB_STOP_BREAK: break;
    case DUO_VB_STOP_IDLE: be_idle(run); break;
    case DUO_VB_STOP_CUT: duo_run_end(run, DUO_RUN_CUT); break;
    case DUO_VB_STOP_OFF: duo_run_end(run, DUO_RUN_OFF); break;
    case DUO_VB_STOP_UNMODELLED: fail(run, DUO_RUN_UNMODELLED); break;
    case DUO_VB_STOP_RULE: fail(run, DUO_RUN_RULE); break;
    case DUO_VB_STOP_BROKEN: fail(run, DUO_RUN_BROKEN); break;
    }
}

static void advance(struct duo_run *run)
{
    uint64_t now_ns = duo_run_now_ns(run);
    uint64_t begin_ns = cpu_ns();

    fire_events(run, now_ns);
    if (now_ns >= run->end_ns) {
        duo_run_end(run, DUO_RUN_TIME_OVER);
        return;
    }
    duo_run_gdb_advance(&run->gdb, run->base_ns + slice_end_ns(run, now_ns),
                        &run->stop);
    run->host_ns += cpu_ns() - begin_ns;
    take_stop(run);
}

/* Whoever controls the board may switch it on again. */
static bool lacks_power(const struct duo_run *run)
{
    return run->control.is_open && !duo_vb_has_power(run->vb);
}

void duo_run_loop(struct duo_run *run)
{
    run->end = DUO_RUN_GOES_ON;
    if (run->options->gdb_wait && !run->is_trial) {
        run->gdb.is_standing = true;
    }
    if (!run->options->starts_off) {
        duo_vb_power_on(run->vb, NULL);
    }
    run->base_ns = duo_vb_now_ns(run->vb);
    arm_cut(run);
    duo_control_start(&run->control);
    rebase(run);
    while (run->end == DUO_RUN_GOES_ON) {
        service(run);
        if (run->end != DUO_RUN_GOES_ON) {
            break;
        }
        if (run->gdb.is_standing || lacks_power(run)) {
            wait_outside(run, UINT64_MAX);
            rebase(run);
        } else if (run->has_failed) {
            take_stop(run);
        } else {
            advance(run);
            pace(run);
        }
    }
}
