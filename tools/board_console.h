/* SPDX-License-Identifier: MIT */
/* What a person sees of the virtual board: the UARTs of both cores side by
 * side, with virtual time, beside resets, LEDs and notes; or one of them as a
 * terminal; or their ports. Also knows which awaited texts have been seen. */
#ifndef DUO_TOOLS_BOARD_CONSOLE_H
#define DUO_TOOLS_BOARD_CONSOLE_H

#include <jansson.h>
#include <stdio.h>
#include <termios.h>

#include "board_run_options.h"

#define DUO_CONSOLE_LINE_CHARS_MAX 512U
#define DUO_CONSOLE_FDS_MAX        (1U + DUO_VB_UART_COUNT * DUO_PORT_FDS_MAX)

/* Who says a line; the UARTs as enum duo_vb_uart. */
enum duo_console_from {
    DUO_CONSOLE_APP = DUO_VB_UART_APP,
    DUO_CONSOLE_NET = DUO_VB_UART_NET,
    DUO_CONSOLE_LINK = DUO_VB_UART_LINK, /* Says no lines. */
    DUO_CONSOLE_LED,
    DUO_CONSOLE_BOARD,
};

enum duo_console_escape {
    DUO_CONSOLE_PLAIN,
    DUO_CONSOLE_ESCAPE,  /* After ESC. */
    DUO_CONSOLE_CONTROL, /* After ESC [, up to a letter. */
};

/* The line that a UART is printing, without control characters. */
struct duo_console_line {
    char chars[DUO_CONSOLE_LINE_CHARS_MAX + 1U];
    uint32_t char_count;
    uint64_t begin_ns;
    bool is_returned; /* After a carriage return: what comes replaces it. */
    enum duo_console_escape escape;
};

struct duo_console {
    const struct duo_run_options *options;
    bool is_silent; /* A trial: nothing is shown. */
    FILE *out;      /* NULL: lines are only recorded. */
    struct duo_console_line lines[DUO_VB_UART_COUNT];
    struct duo_port ports[DUO_VB_UART_COUNT];
    bool until_seen[DUO_RUN_UNTIL_COUNT_MAX];
    json_t *record;  /* {time_us, from, text} for each line; NULL: none. */
    int terminal_fd; /* The user's keys; -1: nobody types. */
    bool is_terminal_raw;
    struct termios terminal_mode; /* As it was. */
    bool has_ended;               /* The user has, or the output is closed. */
};

/** For the options' ports and terminal. Fails with IO. */
bool duo_console_open(struct duo_console *console,
                      const struct duo_run_options *options,
                      struct duo_tool_error *error);
/** One that only watches for the awaited texts. */
void duo_console_open_silent(struct duo_console *console,
                             const struct duo_run_options *options);
/** The run is over: what is left of lines is shown, the terminal is given
 * back. */
void duo_console_finish(struct duo_console *console);
void duo_console_close(struct duo_console *console);

/** A UART has sent a byte. */
void duo_console_byte(struct duo_console *console, enum duo_vb_uart uart,
                      uint64_t time_ns, uint8_t byte);
/** Something happened to the board. */
void duo_console_tell(struct duo_console *console, uint64_t time_ns,
                      enum duo_console_from from, const char *text);
/** All awaited texts have been seen, and there are any. */
bool duo_console_is_satisfied(const struct duo_console *console);

/** Let ports breathe and show what was printed. */
void duo_console_service(struct duo_console *console);
/** What the user or a peer has typed for @p uart. */
size_t duo_console_keys(struct duo_console *console, enum duo_vb_uart uart,
                        uint8_t *dst, size_t room_bytes);
/** What to wait for: of the ports only those whose UART @p takes bytes. */
unsigned duo_console_fds(const struct duo_console *console,
                         const bool takes[DUO_VB_UART_COUNT],
                         struct pollfd fds[DUO_CONSOLE_FDS_MAX]);

#endif
