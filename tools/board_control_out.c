/* SPDX-License-Identifier: MIT */
/* Lines to the program that controls the board: kept until it reads them, up
 * to a bound. Standard output may be shared with others, so its flags stay as
 * they are: it is asked before each small piece, which a pipe that has room
 * then takes whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board_control_parts.h"

/* Beyond it messages are left out, until half of it has been read. */
#define WAITING_BYTES_MAX 4194304U
/* What Linux lets a pipe take when poll() says that it takes anything. */
#define PIECE_BYTES 4096U
/* Sent bytes are cut off when they are this many. */
#define SENT_BYTES_MAX 1048576U

size_t duo_control_out_waiting(const struct duo_control_out *out)
{
    return out->queue.len_bytes - out->sent_bytes;
}

void duo_control_put_always(struct duo_control_out *out, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    if (text != NULL && !out->is_gone) {
        duo_tool_buffer_append(
            &out->queue, (struct duo_bytes){(uint8_t *)text, strlen(text)});
        duo_tool_buffer_fill(&out->queue, '\n', 1);
    }
    free(text);
}

bool duo_control_put(struct duo_control_out *out, json_t *object)
{
    /* Once something is missing all is left out until a state can follow:
     * what the reader gets has no unknown gaps. */
    if (out->left_out > 0 || duo_control_out_waiting(out) > WAITING_BYTES_MAX) {
        json_decref(object);
        out->left_out++;
        return false;
    }
    duo_control_put_always(out, object);
    return true;
}

uint64_t duo_control_out_recovered(struct duo_control_out *out)
{
    uint64_t left_out = out->left_out;

    if (duo_control_out_waiting(out) > WAITING_BYTES_MAX / 2U) {
        return 0;
    }
    out->left_out = 0;
    return left_out;
}

static bool takes_bytes(struct duo_control_out *out)
{
    struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};

    if (poll(&fd, 1, 0) <= 0) {
        return false;
    }
    if ((fd.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
        out->is_gone = true;
    }
    return !out->is_gone && (fd.revents & POLLOUT) != 0;
}

static ssize_t write_piece(const uint8_t *data, size_t len_bytes)
{
    ssize_t sent =
        send(STDOUT_FILENO, data, len_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (sent < 0 && errno == ENOTSOCK) {
        sent = write(STDOUT_FILENO, data, len_bytes);
    }
    return sent;
}

static void forget_sent(struct duo_control_out *out)
{
    struct duo_tool_buffer *queue = &out->queue;

    if (out->sent_bytes < SENT_BYTES_MAX &&
        out->sent_bytes < queue->len_bytes) {
        return;
    }
    queue->len_bytes -= out->sent_bytes;
    if (queue->len_bytes > 0) {
        memmove(queue->data, queue->data + out->sent_bytes, queue->len_bytes);
    }
    out->sent_bytes = 0;
}

void duo_control_out_service(struct duo_control_out *out)
{
    while (takes_bytes(out) && duo_control_out_waiting(out) > 0) {
        size_t piece_bytes = duo_control_out_waiting(out);
        ssize_t sent;

        if (piece_bytes > PIECE_BYTES) {
            piece_bytes = PIECE_BYTES;
        }
        sent = write_piece(out->queue.data + out->sent_bytes, piece_bytes);
        if (sent < 0) {
            out->is_gone = errno != EAGAIN && errno != EINTR;
            return;
        }
        out->sent_bytes += (size_t)sent;
        forget_sent(out);
    }
}
