/* SPDX-License-Identifier: MIT */
/* What goes between the virtual board and the pages; see board_process.h. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board_pages.h"
#include "server.h"

#define READ_BYTES 16384U
/* The state of the largest board has some 4 KB. */
#define LINE_BYTES_MAX 1048576U
/* So much waits for the board; then nothing more is read from the pages. */
#define WAITING_BYTES_MAX 262144U

static const struct duo_web_end board_end;

/* --- To the board --- */

static void pause_pages(struct duo_web *web, bool is_paused)
{
    for (struct duo_web_peer *peer = web->peers; peer != NULL;
         peer = peer->next) {
        if (peer->end == &board_end) {
            duo_web_peer_pause(peer, DUO_WEB_PAUSE_FULL, is_paused);
        }
    }
}

void duo_web_board_write(struct duo_web *web)
{
    struct duo_web_board *board = &web->board;
    struct duo_tool_buffer *waiting = &board->waiting;
    size_t off_bytes = 0;

    while (board->in_fd >= 0 && off_bytes < waiting->len_bytes) {
        ssize_t done = write(board->in_fd, waiting->data + off_bytes,
                             waiting->len_bytes - off_bytes);

        if (done > 0) {
            off_bytes += (size_t)done;
        } else if (done == 0 || errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            duo_web_board_close_input(web); /* It will end. */
        }
    }
    if (board->in_fd < 0) {
        off_bytes = waiting->len_bytes;
    }
    if (off_bytes > 0) {
        waiting->len_bytes -= off_bytes;
        memmove(waiting->data, waiting->data + off_bytes, waiting->len_bytes);
    }
    duo_web_watch_writing(&web->loop, &board->in_watch, waiting->len_bytes > 0);
    pause_pages(web, waiting->len_bytes > WAITING_BYTES_MAX);
}

static void send_line(struct duo_web *web, struct duo_bytes line)
{
    static const uint8_t end[] = {'\n'};

    if (web->board.in_fd >= 0) {
        duo_tool_buffer_append(&web->board.waiting, line);
        duo_tool_buffer_append(&web->board.waiting,
                               (struct duo_bytes){end, sizeof(end)});
        duo_web_board_write(web);
    }
}

/* One object in one line, so that a page cannot put a second line into the
 * first. */
static bool is_command(struct duo_bytes message)
{
    json_t *value;
    bool is_object;

    if (message.len_bytes == 0 ||
        memchr(message.data, '\n', message.len_bytes) != NULL ||
        memchr(message.data, '\r', message.len_bytes) != NULL) {
        return false;
    }
    value = json_loadb((const char *)message.data, message.len_bytes,
                       JSON_REJECT_DUPLICATES, NULL);
    is_object = json_is_object(value);
    json_decref(value);
    return is_object;
}

static void take(struct duo_web_peer *peer, enum duo_web_kind kind,
                 struct duo_bytes message)
{
    if (kind != DUO_WEB_TEXT) {
        duo_web_peer_close(peer, DUO_WEB_CLOSE_KIND,
                           "Only text messages go to the board.");
    } else if (!is_command(message)) {
        duo_web_peer_send_text(peer, "{\"type\":\"error\",\"text\":\"A command "
                                     "is one JSON object in one line.\"}");
    } else {
        send_line(peer->web, message);
    }
}

static const struct duo_web_end board_end = {.take = take};

static void tell_past(void *owner, struct duo_bytes line)
{
    duo_web_peer_send(owner, DUO_WEB_TEXT, line);
}

/* The newcomer gets who the board is and what it said, then the whole state;
 * the others get that once more. */
void duo_web_board_open(struct duo_web *web, struct lws *wsi,
                        struct duo_web_peer **peer)
{
    static const char *const lines[] = {"{\"type\":\"hello\"}",
                                        "{\"type\":\"state\"}"};

    *peer = duo_web_peer_create(web, wsi, &board_end);
    if (*peer == NULL) {
        return;
    }
    if (web->board.hello.len_bytes > 0) {
        duo_web_peer_send(*peer, DUO_WEB_TEXT,
                          duo_tool_buffer_view(&web->board.hello));
    }
    duo_web_past_tell(&web->board.past, tell_past, *peer);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        send_line(web, (struct duo_bytes){(const uint8_t *)lines[i],
                                          strlen(lines[i])});
    }
}

/* --- From the board --- */

static bool is_text(const json_t *event, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(event, key));

    return value != NULL && strcmp(value, text) == 0;
}

/* Its last words are the reason of the close. */
static void note_end(struct duo_web_board *board, const json_t *event)
{
    const char *text = json_string_value(json_object_get(event, "text"));

    if (text != NULL && is_text(event, "type", "end")) {
        (void)snprintf(board->end_text, sizeof(board->end_text), "%s", text);
    }
}

/* What a state does not have, for pages to come. The link's UART has packets
 * alone, which are of no use to others. */
static void keep(struct duo_web_board *board, const json_t *event,
                 struct duo_bytes line)
{
    if (is_text(event, "type", "hello")) {
        board->hello.len_bytes = 0;
        duo_tool_buffer_append(&board->hello, line);
    } else if (is_text(event, "type", "uart")) {
        if (!is_text(event, "uart", "link")) {
            duo_web_past_add(&board->past, DUO_WEB_PAST_PRINTED, line);
        }
    } else if (is_text(event, "type", "note") ||
               is_text(event, "type", "power")) {
        duo_web_past_add(&board->past, DUO_WEB_PAST_HAPPENED, line);
    }
}

static void take_line(struct duo_web *web)
{
    struct duo_bytes line = duo_tool_buffer_view(&web->board.line);
    json_t *event =
        json_loadb((const char *)line.data, line.len_bytes, 0, NULL);

    if (!json_is_object(event)) {
        (void)fprintf(stderr,
                      "duoboot: the virtual board said what is no event\n");
        json_decref(event);
        return;
    }
    note_end(&web->board, event);
    keep(&web->board, event, line);
    json_decref(event);
    for (struct duo_web_peer *peer = web->peers; peer != NULL;
         peer = peer->next) {
        if (peer->end == &board_end) {
            duo_web_peer_send(peer, DUO_WEB_TEXT, line);
        }
    }
}

static void take_bytes(struct duo_web *web, struct duo_bytes bytes)
{
    struct duo_tool_buffer *line = &web->board.line;

    while (bytes.len_bytes > 0) {
        const uint8_t *end = memchr(bytes.data, '\n', bytes.len_bytes);
        size_t len_bytes =
            end == NULL ? bytes.len_bytes : (size_t)(end - bytes.data);

        if (line->len_bytes + len_bytes <= LINE_BYTES_MAX) {
            duo_tool_buffer_append(line,
                                   (struct duo_bytes){bytes.data, len_bytes});
        }
        if (end != NULL) {
            take_line(web);
            line->len_bytes = 0;
            len_bytes++;
        }
        bytes.data += len_bytes;
        bytes.len_bytes -= len_bytes;
    }
}

bool duo_web_board_read(struct duo_web *web)
{
    uint8_t bytes[READ_BYTES];
    ssize_t got = read(web->board.out_fd, bytes, sizeof(bytes));

    if (got > 0) {
        take_bytes(web, (struct duo_bytes){bytes, (size_t)got});
        return true;
    }
    return got < 0 && errno == EINTR;
}

void duo_web_board_part(struct duo_web *web)
{
    for (struct duo_web_peer *peer = web->peers; peer != NULL;
         peer = peer->next) {
        if (peer->end == &board_end) {
            duo_web_peer_close(peer, DUO_WEB_CLOSE_ENDED, web->board.end_text);
        }
    }
}
