/* SPDX-License-Identifier: MIT */
/* The virtual board of a run, and what it tells: bytes, lights, notes, flash
 * operations. */
#include <string.h>

#include "board_run.h"

/* A light that changes more often than this blinks. */
#define BLINK_NS    1000000000U
#define BLINK_COUNT 3U

uint64_t duo_run_now_ns(const struct duo_run *run)
{
    return duo_vb_now_ns(run->vb) - run->base_ns;
}

void duo_run_end(struct duo_run *run, enum duo_run_end reason)
{
    if (run->end == DUO_RUN_GOES_ON) {
        run->end = reason;
    }
}

static void on_uart(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                    uint8_t byte)
{
    struct duo_run *run = ctx;

    duo_console_byte(&run->console, uart, time_ns - run->base_ns, byte);
    duo_control_byte(&run->control, uart, time_ns - run->base_ns, byte);
    if (duo_console_is_satisfied(&run->console)) {
        duo_run_end(run, DUO_RUN_SEEN);
        duo_vb_stop(run->vb);
    }
}

static const char *led_word(struct duo_run_led *led, bool on, uint64_t time_ns)
{
    bool is_quick = time_ns - led->changed_ns <= BLINK_NS;

    led->quick_count = is_quick ? led->quick_count + 1U : 0;
    led->changed_ns = time_ns;
    if (led->quick_count < BLINK_COUNT) {
        return on ? "on" : "off";
    }
    return led->quick_count == BLINK_COUNT ? "blinks" : NULL;
}

static void on_led(void *ctx, unsigned led_index, bool on, uint64_t time_ns)
{
    struct duo_run *run = ctx;
    const char *word = led_word(&run->leds[led_index], on, time_ns);
    char text[32];

    duo_control_light(&run->control, led_index, on, time_ns - run->base_ns);
    if (word != NULL && !run->options->is_interactive) {
        (void)snprintf(text, sizeof(text), "LED%u %s", led_index + 1U, word);
        duo_console_tell(&run->console, time_ns - run->base_ns, DUO_CONSOLE_LED,
                         text);
    }
}

static void on_note(void *ctx, uint64_t time_ns, const char *text)
{
    struct duo_run *run = ctx;

    duo_console_tell(&run->console, time_ns - run->base_ns, DUO_CONSOLE_BOARD,
                     text);
    duo_control_note(&run->control, time_ns - run->base_ns, text);
}

static void trace(const struct duo_run *run, const struct duo_vb_op *op)
{
    uint64_t took_ns = op->end_ns - op->start_ns;
    uint64_t at_ns = op->start_ns - run->base_ns;

    (void)fprintf(
        run->trace, "%llu %llu.%09llu %s %s 0x%06x 0x%x %llu.%03llu us\n",
        (unsigned long long)op->op_index,
        (unsigned long long)(at_ns / 1000000000U),
        (unsigned long long)(at_ns % 1000000000U), op->device,
        op->kind == DUO_SIM_OP_ERASE ? "erase" : "write", op->off_bytes,
        op->len_bytes, (unsigned long long)(took_ns / 1000U),
        (unsigned long long)(took_ns % 1000U));
}

static struct duo_run_device_count *count_of(struct duo_run *run,
                                             const char *device)
{
    static const char *const names[] = {"app", "net", "ext"};
    unsigned i = 0;

    while (i < 2 && strcmp(names[i], device) != 0) {
        i++;
    }
    return &run->counts[i];
}

static void on_op(void *ctx, const struct duo_vb_op *op)
{
    struct duo_run *run = ctx;
    struct duo_run_device_count *count = count_of(run, op->device);

    if (op->kind == DUO_SIM_OP_ERASE) {
        count->erases++;
        count->erased_bytes += op->len_bytes;
    } else {
        count->writes++;
        count->written_bytes += op->len_bytes;
    }
    count->busy_ns += op->end_ns - op->start_ns;
    run->op_count++;
    /* More may end before the board stops for the one that was found. */
    if (run->end != DUO_RUN_OP_FOUND) {
        run->last_op = *op;
    }
    if (run->trace != NULL) {
        trace(run, op);
    }
    duo_control_op(&run->control, op);
    if (run->wanted_op_index != 0 && op->op_index == run->wanted_op_index) {
        duo_run_end(run, DUO_RUN_OP_FOUND);
        duo_vb_stop(run->vb);
    }
}

bool duo_run_create(struct duo_run *run, struct duo_tool_error *error)
{
    const struct duo_vb_config config = {
        .world = &run->native->world,
        .app = run->native->app,
        .net = run->native->net,
        .ext = run->native->ext,
        .seed = run->seed,
        .lenient = run->options->is_lenient,
        .on_uart = on_uart,
        .on_led = on_led,
        .on_op = on_op,
        .on_note = on_note,
        .ctx = run,
    };
    char message[200];

    run->native->ext->absent = run->options->has_no_chip;
    run->vb = duo_vb_create(&config, message);
    run->gdb.vb = run->vb;
    return run->vb != NULL ||
           duo_tool_fail(error, DUO_EXIT_INTERNAL, "%s", message);
}

void duo_run_destroy(struct duo_run *run)
{
    if (run->vb != NULL) {
        duo_vb_destroy(run->vb);
        run->vb = NULL;
    }
}
