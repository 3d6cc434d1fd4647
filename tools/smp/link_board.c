/* SPDX-License-Identifier: MIT */
/* Links to the virtual board of a directory, run in this process. Virtual time
 * passes only in receive and wait, as fast as the host can. */
#include <stdlib.h>
#include <string.h>

#include "board_dir.h"
#include "stream.h"
#include "vb.h"

/* The board runs in such pieces, and so does what it sends get here. */
#define SLICE_US 10000U
/* Vectors of the application core's reset. */
#define VECTOR_BYTES 8U

struct board_link {
    struct duo_link link; /* First. */
    char *dir;
    enum duo_vb_uart uart;
    struct duo_stream stream;
    struct duo_board board;
    bool is_loaded; /* The board is open. */
    struct duo_vb *vb;
    uint64_t last_us;          /* The clock while the power is off. */
    struct duo_tool_buffer in; /* From the board, not yet taken apart. */
    size_t in_off_bytes;
};

static struct board_link *of(struct duo_link *link)
{
    return (struct board_link *)(void *)link;
}

static void on_uart(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                    uint8_t byte)
{
    struct board_link *board = ctx;

    (void)time_ns;
    if (uart == board->uart) {
        duo_tool_buffer_append(&board->in, (struct duo_bytes){&byte, 1});
        if (byte == '\n' || board->stream.kind != DUO_STREAM_CONSOLE) {
            duo_vb_stop(board->vb);
        }
    }
}

static uint64_t board_now_us(struct duo_link *link)
{
    const struct board_link *board = of(link);

    return board->vb == NULL ? board->last_us
                             : duo_vb_now_ns(board->vb) / 1000U;
}

static bool check_start(const struct board_link *board,
                        struct duo_tool_error *error)
{
    const struct duo_bytes vectors = {board->board.native->app->data,
                                      VECTOR_BYTES};

    return !duo_bytes_are(vectors, 0xFF) ||
           duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "%s: the application core's flash is blank at 0x0, so "
                         "nothing can start; `duoboot board run --load` "
                         "programs a boot loader",
                         board->dir);
}

/* What the board was doing ends as it would with power: nothing is torn. */
static bool switch_off(struct board_link *board, struct duo_tool_error *error)
{
    bool done = true;

    if (board->vb != NULL) {
        board->last_us = board_now_us(&board->link);
        for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
            board->board.native->world.core_ns[core] = duo_vb_now_ns(board->vb);
        }
        board->board.config.is_powered = duo_vb_has_power(board->vb);
        done = duo_board_save(&board->board, error);
        duo_vb_destroy(board->vb);
        board->vb = NULL;
    }
    if (board->is_loaded) {
        duo_board_close(&board->board);
        board->is_loaded = false;
    }
    return done;
}

static void board_close(struct duo_link *link)
{
    struct duo_tool_error error;

    if (!switch_off(of(link), &error)) {
        /* Nobody else can tell that the flashes were not kept. */
        (void)duo_tool_report(&error);
    }
}

static bool switch_on(struct board_link *board, struct duo_tool_error *error)
{
    char message[200];
    struct duo_vb_config config = {.on_uart = on_uart, .ctx = board};

    board->is_loaded = true; /* To be closed in any case. */
    if (!duo_board_open(board->dir, &board->board, error) ||
        !check_start(board, error)) {
        return false;
    }
    config.world = &board->board.native->world;
    config.app = board->board.native->app;
    config.net = board->board.native->net;
    config.ext = board->board.native->ext;
    config.seed = board->board.config.time_ns / 1000U % 1000000000U;
    board->vb = duo_vb_create(&config, message);
    if (board->vb == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "%s", message);
    }
    duo_vb_power_on(board->vb, NULL);
    return true;
}

static bool board_open(struct duo_link *link, struct duo_tool_error *error)
{
    struct board_link *board = of(link);

    if (!switch_off(board, error)) {
        return false;
    }
    board->in.len_bytes = 0;
    board->in_off_bytes = 0;
    duo_stream_init(&board->stream);
    if (!switch_on(board, error)) {
        board_close(link);
        return false;
    }
    return true;
}

static bool put(struct board_link *board, struct duo_bytes bytes,
                struct duo_tool_error *error)
{
    if (board->vb == NULL) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: not open", board->dir);
    }
    duo_vb_uart_send(board->vb, board->uart, bytes);
    return true;
}

static bool board_send(struct duo_link *link, struct duo_bytes packet,
                       struct duo_tool_error *error)
{
    struct board_link *board = of(link);
    struct duo_tool_buffer wire = {0};
    bool done;

    duo_stream_encode(&board->stream, packet, &wire);
    done = put(board, duo_tool_buffer_view(&wire), error);
    duo_tool_buffer_free(&wire);
    return done;
}

static bool take_sent(struct board_link *board, struct duo_bytes *packet)
{
    struct duo_bytes rest = duo_tool_buffer_view(&board->in);
    bool got;

    rest.data += board->in_off_bytes;
    rest.len_bytes -= board->in_off_bytes;
    if (rest.len_bytes == 0) {
        return false;
    }
    got = duo_stream_take(&board->stream, &rest, packet);
    board->in_off_bytes = board->in.len_bytes - rest.len_bytes;
    if (rest.len_bytes == 0) {
        board->in.len_bytes = 0;
        board->in_off_bytes = 0;
    }
    return got;
}

/* TIMEOUT: it ran. */
static enum duo_link_result run_until(struct board_link *board, uint64_t us,
                                      struct duo_tool_error *error)
{
    struct duo_vb_stop stop;

    duo_vb_run(board->vb, us * 1000U, &stop);
    switch (stop.kind) {
    case DUO_VB_STOP_TIME:
    case DUO_VB_STOP_ASKED:
    case DUO_VB_STOP_BREAK:
    case DUO_VB_STOP_IDLE: return DUO_LINK_TIMEOUT;
    case DUO_VB_STOP_CUT:
    case DUO_VB_STOP_OFF:
        (void)duo_tool_fail(error, DUO_EXIT_DEVICE,
                            "%s: the board has no power", board->dir);
        return DUO_LINK_CLOSED;
    case DUO_VB_STOP_UNMODELLED:
        (void)duo_tool_fail(error, DUO_EXIT_UNMODELLED, "%s: %s", board->dir,
                            stop.text);
        return DUO_LINK_FAILED;
    case DUO_VB_STOP_RULE:
        (void)duo_tool_fail(error, DUO_EXIT_RULE, "%s: %s", board->dir,
                            stop.text);
        return DUO_LINK_FAILED;
    case DUO_VB_STOP_BROKEN: break;
    }
    (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "%s: %s", board->dir,
                        stop.text);
    return DUO_LINK_FAILED;
}

static enum duo_link_result board_receive(struct duo_link *link,
                                          uint64_t deadline_us,
                                          struct duo_bytes *packet,
                                          struct duo_tool_error *error)
{
    struct board_link *board = of(link);

    if (board->vb == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: not open", board->dir);
        return DUO_LINK_CLOSED;
    }
    while (!take_sent(board, packet)) {
        uint64_t now_us = board_now_us(link);
        uint64_t until_us = now_us + SLICE_US;
        enum duo_link_result result;

        if (now_us >= deadline_us) {
            return DUO_LINK_TIMEOUT;
        }
        duo_stream_idle(&board->stream, now_us);
        result = run_until(
            board, until_us < deadline_us ? until_us : deadline_us, error);
        if (result != DUO_LINK_TIMEOUT) {
            return result;
        }
    }
    return DUO_LINK_PACKET;
}

/* What the board sends meanwhile is kept. */
static void board_wait(struct duo_link *link, uint64_t us)
{
    struct board_link *board = of(link);
    uint64_t end_us = board_now_us(link) + us;
    struct duo_tool_error ignored;

    if (board->vb == NULL) {
        board->last_us = end_us;
        return;
    }
    while (board_now_us(link) < end_us) {
        if (run_until(board, end_us, &ignored) != DUO_LINK_TIMEOUT) {
            return; /* The next receive tells. */
        }
    }
}

static bool board_write_text(struct duo_link *link, struct duo_bytes text,
                             struct duo_tool_error *error)
{
    return put(of(link), text, error);
}

static void board_destroy(struct duo_link *link)
{
    struct board_link *board = of(link);

    board_close(link);
    duo_stream_free(&board->stream);
    duo_tool_buffer_free(&board->in);
    free(board->dir);
    free(board);
}

static const struct duo_link_ops console_ops = {
    .open = board_open,
    .close = board_close,
    .send = board_send,
    .receive = board_receive,
    .now_us = board_now_us,
    .wait = board_wait,
    .write_text = board_write_text,
    .destroy = board_destroy,
};

static const struct duo_link_ops packet_ops = {
    .open = board_open,
    .close = board_close,
    .send = board_send,
    .receive = board_receive,
    .now_us = board_now_us,
    .wait = board_wait,
    .destroy = board_destroy,
};

static bool take_option(struct board_link *board,
                        const struct duo_link_option *option,
                        struct duo_tool_error *error)
{
    bool has_value = option->value[0] != '\0';

    if (strcmp(option->key, "uart") == 0 && strcmp(option->value, "app") == 0) {
        board->uart = DUO_VB_UART_APP;
        board->stream.kind = DUO_STREAM_CONSOLE;
    } else if (strcmp(option->key, "uart") == 0 &&
               strcmp(option->value, "link") == 0) {
        board->uart = DUO_VB_UART_LINK;
        board->stream.kind = DUO_STREAM_RAW;
    } else if (strcmp(option->key, "raw") == 0 && !has_value) {
        board->stream.kind = DUO_STREAM_RAW;
    } else if (strcmp(option->key, "udp") == 0 && !has_value) {
        board->stream.kind = DUO_STREAM_UDP;
        board->link.packet_bytes_max = DUO_LINK_UDP_BYTES_MAX;
    } else if (strcmp(option->key, "baud") == 0) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "the firmware sets the speed of a virtual UART, "
                             "so there is no baud= here");
    } else {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s%s%s is no option of a board; there are "
                             "uart=app, uart=link, raw and udp",
                             option->key, has_value ? "=" : "", option->value);
    }
    return true;
}

struct duo_link *duo_link_board_create(const char *place, const char *query,
                                       struct duo_tool_error *error)
{
    struct board_link *board = calloc(1, sizeof(*board));
    struct duo_link_option option;

    if (board == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    board->dir = strdup(place);
    board->uart = DUO_VB_UART_APP;
    board->stream.link = &board->link;
    board->stream.kind = DUO_STREAM_CONSOLE;
    board->stream.line_bytes_max = DUO_SMP_LINE_BYTES_MAX;
    board->link.ops = &console_ops;
    board->link.is_power = true;
    while (*query != '\0') {
        if (!duo_link_next_option(&query, &option, error) ||
            !take_option(board, &option, error)) {
            board_destroy(&board->link);
            return NULL;
        }
    }
    if (board->stream.kind == DUO_STREAM_RAW) {
        board->link.silence_us = DUO_STREAM_SILENCE_US;
    }
    if (board->stream.kind != DUO_STREAM_CONSOLE) {
        board->link.ops = &packet_ops;
    }
    return &board->link;
}
