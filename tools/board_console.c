/* SPDX-License-Identifier: MIT */
/* What a person sees of the virtual board; see board_console.h. */
#include "board_console.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define KEY_END  0x1DU /* Ctrl-] */
#define ESCAPE   0x1BU
#define NAME_ALL 5 /* Width of the longest "board". */

static const char *const from_names[] = {
    [DUO_CONSOLE_APP] = "app",     [DUO_CONSOLE_NET] = "net",
    [DUO_CONSOLE_LINK] = "link",   [DUO_CONSOLE_LED] = "led",
    [DUO_CONSOLE_BOARD] = "board",
};

static const char *const port_names[DUO_VB_UART_COUNT] = {
    [DUO_VB_UART_APP] = "the app core",
    [DUO_VB_UART_NET] = "the net core",
    [DUO_VB_UART_LINK] = "the link",
};

static void begin(struct duo_console *console,
                  const struct duo_run_options *options)
{
    memset(console, 0, sizeof(*console));
    console->options = options;
    console->terminal_fd = -1;
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        console->ports[i] =
            (struct duo_port){.kind = DUO_PORT_NONE, .listen_fd = -1, .fd = -1};
    }
}

void duo_console_open_silent(struct duo_console *console,
                             const struct duo_run_options *options)
{
    begin(console, options);
    console->is_silent = true;
}

/* Keys reach the board one by one and unchanged; output stays as it is. */
static void take_terminal(struct duo_console *console)
{
    struct termios mode;

    console->terminal_fd = STDIN_FILENO;
    if (tcgetattr(STDIN_FILENO, &console->terminal_mode) != 0) {
        return; /* A pipe types, too. */
    }
    mode = console->terminal_mode;
    mode.c_iflag &= (tcflag_t) ~(ICRNL | INLCR | IGNCR | IXON);
    mode.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG | IEXTEN);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    console->is_terminal_raw = tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
    (void)fprintf(stderr, "duoboot: you type into the application's UART; "
                          "Ctrl-] ends\n");
}

bool duo_console_open(struct duo_console *console,
                      const struct duo_run_options *options,
                      struct duo_tool_error *error)
{
    begin(console, options);
    if (options->is_json) {
        console->record = json_array();
    } else if (!options->is_control) {
        console->out = stdout;
    }
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        if (!duo_port_open(&console->ports[i], &options->ports[i],
                           port_names[i], error)) {
            return false;
        }
    }
    if (options->is_interactive) {
        take_terminal(console);
    }
    return true;
}

static bool is_terminal(const struct duo_console *console,
                        enum duo_vb_uart uart)
{
    return console->options->is_interactive && uart == DUO_VB_UART_APP;
}

static bool is_shown(const struct duo_console *console, enum duo_vb_uart uart)
{
    return console->out != NULL && console->ports[uart].kind == DUO_PORT_STDIO;
}

static void print_line(struct duo_console *console, uint64_t time_ns,
                       enum duo_console_from from, const char *text)
{
    const struct duo_console_line *typed = &console->lines[DUO_VB_UART_APP];
    bool is_amid = console->options->is_interactive && typed->char_count > 0;

    /* A line amid what the user types: theirs is printed again below it. */
    (void)fprintf(console->out, "%s[%05llu.%06llu] %-*s| %s\n",
                  is_amid ? "\r\n" : "",
                  (unsigned long long)(time_ns / 1000000000U),
                  (unsigned long long)(time_ns / 1000U % 1000000U), NAME_ALL,
                  from_names[from], text);
    if (is_amid) {
        (void)fputs(typed->chars, console->out);
    }
}

static void record_line(struct duo_console *console, uint64_t time_ns,
                        enum duo_console_from from, const char *text)
{
    json_t *row =
        json_pack("{s:I, s:s, s:s}", "time_us", (json_int_t)(time_ns / 1000U),
                  "from", from_names[from], "text", text);

    /* What is no UTF-8 cannot be in JSON. */
    if (row == NULL) {
        row = json_pack("{s:I, s:s, s:n}", "time_us",
                        (json_int_t)(time_ns / 1000U), "from", from_names[from],
                        "text");
    }
    (void)json_array_append_new(console->record, row);
}

void duo_console_tell(struct duo_console *console, uint64_t time_ns,
                      enum duo_console_from from, const char *text)
{
    if (console->record != NULL) {
        record_line(console, time_ns, from, text);
    }
    if (console->out != NULL && !console->options->is_quiet &&
        !console->options->is_raw) {
        print_line(console, time_ns, from, text);
    }
}

static void end_line(struct duo_console *console, enum duo_vb_uart uart)
{
    struct duo_console_line *line = &console->lines[uart];
    enum duo_console_from from = (enum duo_console_from)uart;

    if (console->record != NULL) {
        record_line(console, line->begin_ns, from, line->chars);
    }
    if (is_shown(console, uart) && !console->options->is_raw &&
        !is_terminal(console, uart)) {
        print_line(console, line->begin_ns, from, line->chars);
    }
    line->char_count = 0;
    line->is_returned = false;
    line->chars[0] = '\0';
}

static void watch(struct duo_console *console,
                  const struct duo_console_line *line)
{
    const struct duo_run_options *options = console->options;

    for (unsigned i = 0; i < options->until_count; i++) {
        size_t len_bytes = strlen(options->until[i]);
        if (len_bytes <= line->char_count &&
            memcmp(line->chars + line->char_count - len_bytes,
                   options->until[i], len_bytes) == 0) {
            console->until_seen[i] = true;
        }
    }
}

bool duo_console_is_satisfied(const struct duo_console *console)
{
    bool is_satisfied = console->options->until_count > 0;

    for (unsigned i = 0; i < console->options->until_count; i++) {
        is_satisfied = is_satisfied && console->until_seen[i];
    }
    return is_satisfied;
}

/* True: the byte is part of a terminal's control sequence. */
static bool is_control(struct duo_console_line *line, uint8_t byte)
{
    switch (line->escape) {
    case DUO_CONSOLE_PLAIN:
        if (byte == ESCAPE) {
            line->escape = DUO_CONSOLE_ESCAPE;
        }
        return byte == ESCAPE;
    case DUO_CONSOLE_ESCAPE:
        line->escape = byte == '[' ? DUO_CONSOLE_CONTROL : DUO_CONSOLE_PLAIN;
        return true;
    case DUO_CONSOLE_CONTROL:
        if (byte >= 0x40U && byte <= 0x7EU) {
            line->escape = DUO_CONSOLE_PLAIN;
        }
        return true;
    }
    return false;
}

static void add_char(struct duo_console_line *line, uint64_t time_ns,
                     uint8_t byte)
{
    if (byte == '\r') {
        line->is_returned = true;
    } else if (byte == '\b') {
        line->char_count -= line->char_count > 0;
    } else if (byte == '\t' || byte >= ' ') {
        if (line->is_returned) {
            line->is_returned = false;
            line->char_count = 0;
        }
        if (line->char_count == 0) {
            line->begin_ns = time_ns;
        }
        line->chars[line->char_count++] = (char)byte;
    }
    line->chars[line->char_count] = '\0';
}

void duo_console_byte(struct duo_console *console, enum duo_vb_uart uart,
                      uint64_t time_ns, uint8_t byte)
{
    struct duo_console_line *line = &console->lines[uart];

    if (!console->is_silent) {
        duo_port_put(&console->ports[uart], byte);
    }
    if (uart == DUO_VB_UART_LINK) {
        return; /* Packets: no lines. */
    }
    if (is_shown(console, uart) &&
        (console->options->is_raw || is_terminal(console, uart))) {
        (void)putc(byte, console->out);
    }
    if (is_control(line, byte)) {
        return;
    }
    if (byte == '\n' || line->char_count == DUO_CONSOLE_LINE_CHARS_MAX) {
        if (line->char_count == 0) {
            line->begin_ns = time_ns;
        }
        end_line(console, uart);
    }
    if (byte != '\n') {
        add_char(line, time_ns, byte);
        watch(console, line);
    }
}

void duo_console_service(struct duo_console *console)
{
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        duo_port_service(&console->ports[i]);
    }
    if (console->out != NULL &&
        (fflush(console->out) != 0 || ferror(console->out) != 0)) {
        console->has_ended = true;
    }
}

static size_t terminal_keys(struct duo_console *console, uint8_t *dst,
                            size_t room_bytes)
{
    struct pollfd fd = {.fd = console->terminal_fd, .events = POLLIN};
    const uint8_t *end;
    ssize_t got;

    if (room_bytes == 0 || poll(&fd, 1, 0) <= 0) {
        return 0;
    }
    got = read(console->terminal_fd, dst, room_bytes);
    if (got < 0 && errno == EINTR) {
        return 0;
    }
    if (got <= 0) {
        /* The end of a pipe: nobody types any more, the board runs on. */
        console->terminal_fd = -1;
        return 0;
    }
    end = memchr(dst, KEY_END, (size_t)got);
    if (end != NULL) {
        console->has_ended = true;
        return (size_t)(end - dst);
    }
    return (size_t)got;
}

size_t duo_console_keys(struct duo_console *console, enum duo_vb_uart uart,
                        uint8_t *dst, size_t room_bytes)
{
    if (uart == DUO_VB_UART_APP && console->terminal_fd >= 0) {
        return terminal_keys(console, dst, room_bytes);
    }
    return duo_port_get(&console->ports[uart], dst, room_bytes);
}

unsigned duo_console_fds(const struct duo_console *console,
                         const bool takes[DUO_VB_UART_COUNT],
                         struct pollfd fds[DUO_CONSOLE_FDS_MAX])
{
    unsigned count = 0;

    if (console->terminal_fd >= 0) {
        fds[count++] =
            (struct pollfd){.fd = console->terminal_fd, .events = POLLIN};
    }
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        if (takes[i]) {
            count += duo_port_fds(&console->ports[i], fds + count);
        }
    }
    return count;
}

void duo_console_finish(struct duo_console *console)
{
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        if (console->lines[i].char_count > 0) {
            end_line(console, (enum duo_vb_uart)i);
        }
    }
    if (console->out != NULL) {
        if (console->options->is_interactive) {
            (void)fputs("\r\n", console->out);
        }
        (void)fflush(console->out);
    }
    if (console->is_terminal_raw) {
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &console->terminal_mode);
        console->is_terminal_raw = false;
    }
    console->out = NULL;
}

void duo_console_close(struct duo_console *console)
{
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        duo_port_close(&console->ports[i]);
    }
    json_decref(console->record);
    console->record = NULL;
}
