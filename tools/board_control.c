/* SPDX-License-Identifier: MIT */
/* The board in the hands of another program; see board_control.h. */
#include "board_control.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board_control_parts.h"
#include "board_run.h"

/* At once, before the board has its turn. */
#define COMMANDS_MAX 16U
/* For a reader that does not read, at the end. */
#define FAREWELL_NS 5000000000U

void duo_control_open(struct duo_control *control, struct duo_run *run)
{
    memset(control, 0, sizeof(*control));
    control->run = run;
    duo_control_flash_open(control);
}

void duo_control_close(struct duo_control *control)
{
    if (control->run == NULL) {
        return;
    }
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        duo_tool_buffer_free(&control->uarts[i].said);
        duo_tool_buffer_free(&control->uarts[i].typed);
    }
    duo_tool_buffer_free(&control->in.bytes);
    duo_tool_buffer_free(&control->out.queue);
    duo_control_flash_close(control);
    memset(control, 0, sizeof(*control));
}

void duo_control_start(struct duo_control *control)
{
    if (control->run != NULL) {
        control->is_open = true;
        control->time_due_ns = duo_control_wall_ns() + DUO_CONTROL_TIME_NS;
        (void)duo_control_put(&control->out, duo_control_hello_json(control));
        (void)duo_control_put(&control->out, duo_control_state_json(control));
    }
}

static void tell_gap(struct duo_control *control)
{
    uint64_t left_out = duo_control_out_recovered(&control->out);
    char text[128];

    if (left_out > 0) {
        (void)snprintf(text, sizeof(text),
                       "The reader was too slow, so %" PRIu64
                       " messages were left out; a whole state follows.",
                       left_out);
        duo_control_note(control, duo_run_now_ns(control->run), text);
        (void)duo_control_put(&control->out, duo_control_state_json(control));
    }
}

static void take_commands(struct duo_control *control)
{
    struct duo_bytes line;

    duo_control_in_service(control);
    for (unsigned i = 0;
         i < COMMANDS_MAX && duo_control_in_line(&control->in, &line); i++) {
        duo_control_command(control, line);
        duo_control_in_drop(&control->in);
    }
}

void duo_control_service(struct duo_control *control)
{
    if (!control->is_open) {
        return;
    }
    take_commands(control);
    duo_control_flush(control, duo_control_wall_ns());
    duo_control_out_service(&control->out);
    tell_gap(control);
}

void duo_control_end(struct duo_control *control, const char *text)
{
    struct duo_control_out *out = &control->out;
    uint64_t end_ns = duo_control_wall_ns() + FAREWELL_NS;

    if (!control->is_open) {
        return;
    }
    duo_control_flush(control, UINT64_MAX);
    duo_control_put_always(out, json_pack("{s:s, s:o}", "type", "end", "text",
                                          duo_control_text_json(text)));
    duo_control_out_service(out);
    while (!out->is_gone && duo_control_out_waiting(out) > 0 &&
           duo_control_wall_ns() < end_ns) {
        struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};
        (void)poll(&fd, 1, 100);
        duo_control_out_service(out);
    }
    control->is_open = false;
}

size_t duo_control_keys(struct duo_control *control, enum duo_vb_uart uart,
                        uint8_t *dst, size_t room_bytes)
{
    struct duo_tool_buffer *typed = &control->uarts[uart].typed;
    size_t taken_bytes =
        typed->len_bytes < room_bytes ? typed->len_bytes : room_bytes;

    if (taken_bytes > 0) {
        memcpy(dst, typed->data, taken_bytes);
        typed->len_bytes -= taken_bytes;
        memmove(typed->data, typed->data + taken_bytes, typed->len_bytes);
    }
    return taken_bytes;
}

bool duo_control_has_ended(const struct duo_control *control)
{
    struct duo_bytes line;

    return control->is_open && (control->out.is_gone ||
                                (control->in.has_ended &&
                                 !duo_control_in_line(&control->in, &line)));
}

static void be_sooner(uint64_t *sooner_ns, uint64_t due_ns)
{
    if (due_ns < *sooner_ns) {
        *sooner_ns = due_ns;
    }
}

uint64_t duo_control_wait_ns(const struct duo_control *control)
{
    uint64_t due_ns = UINT64_MAX;
    uint64_t now_ns;
    struct duo_bytes line;

    if (!control->is_open) {
        return UINT64_MAX;
    }
    if (duo_control_in_line(&control->in, &line)) {
        return 0;
    }
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        if (control->uarts[i].said.len_bytes > 0) {
            be_sooner(&due_ns, control->uarts[i].due_ns);
        }
    }
    for (unsigned i = 0; i < DUO_VB_LED_COUNT; i++) {
        if (control->leds[i].is_on != control->leds[i].is_on_told) {
            be_sooner(&due_ns, control->leds[i].due_ns);
        }
    }
    if (control->has_touched) {
        be_sooner(&due_ns, control->flash_due_ns);
    }
    if (duo_vb_has_power(control->run->vb)) {
        be_sooner(&due_ns, control->time_due_ns);
    }
    if (due_ns == UINT64_MAX) {
        return UINT64_MAX;
    }
    now_ns = duo_control_wall_ns();
    return due_ns > now_ns ? due_ns - now_ns : 0;
}

unsigned duo_control_fds(const struct duo_control *control,
                         struct pollfd fds[DUO_CONTROL_FDS_MAX])
{
    unsigned count = 0;

    if (!control->is_open) {
        return 0;
    }
    if (!control->in.has_ended) {
        fds[count++] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    }
    /* That the reader is gone is told in any case. */
    fds[count++] = (struct pollfd){
        .fd = STDOUT_FILENO,
        .events = duo_control_out_waiting(&control->out) > 0 ? POLLOUT : 0};
    return count;
}
