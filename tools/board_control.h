/* SPDX-License-Identifier: MIT */
/* `duoboot board run --control`: another program has the virtual board, by a
 * JSON object on each line of the standard streams. The messages are those of
 * docs/VIRTUAL_BOARD.md, "Control by another program". Nothing here ever
 * blocks but the farewell, which has its limit; what a slow reader does not
 * take is kept up to a bound, then messages are left out and a whole state
 * follows. */
#ifndef DUO_TOOLS_BOARD_CONTROL_H
#define DUO_TOOLS_BOARD_CONTROL_H

#include <jansson.h>
#include <poll.h>

#include "file.h"
#include "vb.h"

#define DUO_CONTROL_FDS_MAX      2U
#define DUO_CONTROL_DEVICE_COUNT 3U
/* A command with its newline. */
#define DUO_CONTROL_LINE_BYTES_MAX 131072U
/* Typed for one UART, and not yet on its line. */
#define DUO_CONTROL_TYPED_BYTES_MAX 65536U

struct duo_run;

/* Lines on their way to the reader. */
struct duo_control_out {
    struct duo_tool_buffer queue;
    size_t sent_bytes; /* Of the queue. */
    uint64_t left_out; /* Messages since the reader fell back. */
    bool is_gone;      /* Nobody reads any more. */
};

/* Commands as they come. */
struct duo_control_in {
    struct duo_tool_buffer bytes;
    bool is_skipping; /* The rest of a line that is too long. */
    bool has_ended;
};

/* Times that end in due_ns are of the wall clock. */
struct duo_control_uart {
    struct duo_tool_buffer said; /* By the board, not yet told. */
    uint64_t said_ns;            /* When its first byte came. */
    uint64_t due_ns;
    struct duo_tool_buffer typed;
};

struct duo_control_led {
    bool is_on;
    bool is_on_told;
    uint64_t changed_ns;
    uint64_t due_ns;
};

/* A flash: app, net or ext. */
struct duo_control_device {
    const struct duo_sim_flash *flash;
    uint32_t page_bytes;
    uint32_t page_count;
    uint8_t *fill;    /* Of each page, as it was told. */
    bool *is_touched; /* Pages that are to be told again. */
};

struct duo_control {
    bool is_open; /* Else all of these functions do nothing. */
    struct duo_run *run;
    struct duo_control_out out;
    struct duo_control_in in;
    struct duo_control_uart uarts[DUO_VB_UART_COUNT];
    struct duo_control_led leds[DUO_VB_LED_COUNT];
    bool is_pressed[DUO_VB_BUTTON_COUNT];
    struct duo_control_device devices[DUO_CONTROL_DEVICE_COUNT];
    json_t *ops; /* Flash operations that are to be told. */
    bool has_touched;
    uint64_t flash_due_ns;
    uint64_t time_due_ns;
};

/** For a run whose board is open. All zero is one that is not open. */
void duo_control_open(struct duo_control *control, struct duo_run *run);
void duo_control_close(struct duo_control *control);
/** The run begins: who we are, and how things stand. */
void duo_control_start(struct duo_control *control);
/** The last line; waits for a reader that still reads, but not for ever. */
void duo_control_end(struct duo_control *control, const char *text);

/* What happens, at a time of the board. */
void duo_control_byte(struct duo_control *control, enum duo_vb_uart uart,
                      uint64_t time_ns, uint8_t byte);
void duo_control_light(struct duo_control *control, unsigned led_index, bool on,
                       uint64_t time_ns);
void duo_control_op(struct duo_control *control, const struct duo_vb_op *op);
void duo_control_note(struct duo_control *control, uint64_t time_ns,
                      const char *text);
/** The power was switched; the event tells how it is now. */
void duo_control_power(struct duo_control *control);

/** Take commands, tell what is due, write. The board must not be running. */
void duo_control_service(struct duo_control *control);
/** Bytes that were typed for @p uart. */
size_t duo_control_keys(struct duo_control *control, enum duo_vb_uart uart,
                        uint8_t *dst, size_t room_bytes);
/** The input has ended, or the reader is gone. */
bool duo_control_has_ended(const struct duo_control *control);
/** How long to wait at most before the next service; UINT64_MAX: for ever. */
uint64_t duo_control_wait_ns(const struct duo_control *control);
unsigned duo_control_fds(const struct duo_control *control,
                         struct pollfd fds[DUO_CONTROL_FDS_MAX]);

#endif
