/* SPDX-License-Identifier: MIT */
/* What the files of board_control.h share. */
#ifndef DUO_TOOLS_BOARD_CONTROL_PARTS_H
#define DUO_TOOLS_BOARD_CONTROL_PARTS_H

#include "board_control.h"

/* --- board_control_out.c: lines to the reader ------------------------------ */

/** A line with @p object, which is let go. False: it was left out, since the
 * reader is too far behind. */
bool duo_control_put(struct duo_control_out *out, json_t *object);
/** The same, whatever the reader does. */
void duo_control_put_always(struct duo_control_out *out, json_t *object);
/** Write what can be written now. */
void duo_control_out_service(struct duo_control_out *out);
/** The reader has caught up after messages were left out. Returns how many,
 * and begins anew; 0: nothing was left out, or it is still behind. */
uint64_t duo_control_out_recovered(struct duo_control_out *out);
size_t duo_control_out_waiting(const struct duo_control_out *out);

/* --- board_control_in.c: lines from the other side ------------------------- */

/** Read what has come. */
void duo_control_in_service(struct duo_control *control);
/** The next line, without its newline, for duo_control_in_drop(). False: none
 * is complete. */
bool duo_control_in_line(const struct duo_control_in *in,
                         struct duo_bytes *line);
void duo_control_in_drop(struct duo_control_in *in);

/* --- board_control_command.c ----------------------------------------------- */

void duo_control_command(struct duo_control *control, struct duo_bytes line);

/* --- board_control_hello.c: what does not change --------------------------- */

json_t *duo_control_hello_json(const struct duo_control *control);

/* --- board_control_flash.c: pages ------------------------------------------ */

extern const char *const duo_control_memory_names[DUO_CONTROL_DEVICE_COUNT];

void duo_control_flash_open(struct duo_control *control);
void duo_control_flash_close(struct duo_control *control);
/** Look at all pages: {"app": base64, ...}. */
json_t *duo_control_fill_json(struct duo_control *control);
/** Pages whose content is not what was told are to be told. */
void duo_control_flash_compare(struct duo_control *control);
/** Tell all that is to be told. */
void duo_control_flash_flush(struct duo_control *control);

/* --- board_control_base64.c ------------------------------------------------ */

/** A JSON string. */
json_t *duo_control_base64_json(struct duo_bytes bytes);
/** Appends. False: @p text is no base64 with its padding. */
bool duo_control_base64_parse(const char *text, struct duo_tool_buffer *bytes);

/* --- board_control_event.c ------------------------------------------------- */

/* Wall time between two events of the virtual clock. */
#define DUO_CONTROL_TIME_NS 250000000U

void duo_control_error(struct duo_control *control, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
json_t *duo_control_state_json(struct duo_control *control);
/** Tell what is due at the wall clock's @p now_ns; UINT64_MAX: all. */
void duo_control_flush(struct duo_control *control, uint64_t now_ns);
/** Virtual time of the run. */
json_int_t duo_control_time_us(const struct duo_control *control);
/** JSON has no strings but of UTF-8; others are told with question marks. */
json_t *duo_control_text_json(const char *text);

uint64_t duo_control_wall_ns(void);

#endif
