/* SPDX-License-Identifier: MIT */
/* Group 8, files; see calls.h. */
#include <string.h>

#include "ask.h"

enum { FS_FILE = 0, FS_STAT = 1, FS_HASH = 2, FS_CLOSE = 4 };

#define HASH_MS 30000U
/* A server that keeps to the protocol comes forward with every answer. */
#define STUCK_MAX 8U

/* What of a write is no data: header, keys and numbers, with room to spare. */
#define WRITE_OVERHEAD_BYTES (DUO_SMP_HEADER_BYTES + 48U)
#define WRITE_BYTES_MIN      16U

static void tell(struct duo_client *client,
                 const struct duo_client_transfer *transfer,
                 struct duo_client_progress *progress, uint64_t start_us)
{
    struct duo_link *link = client->link;
    uint32_t left_bytes = progress->total_bytes - progress->off_bytes;

    progress->elapsed_us = link->ops->now_us(link) - start_us;
    progress->rate_bytes_per_s =
        progress->elapsed_us == 0
            ? 0
            : (double)progress->off_bytes * 1e6 / (double)progress->elapsed_us;
    progress->left_us =
        progress->rate_bytes_per_s > 0
            ? (uint64_t)(1e6 * left_bytes / progress->rate_bytes_per_s)
            : UINT64_MAX;
    if (transfer->on_progress != NULL) {
        transfer->on_progress(transfer->ctx, progress);
    }
}

/* One piece of the file; false also for what is no such piece. */
static bool get_piece(struct duo_client *client,
                      const struct duo_client_transfer *transfer,
                      struct duo_client_progress *progress,
                      struct duo_tool_buffer *content,
                      struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(2);
    size_t before_bytes = content->len_bytes;
    cbor_item_t *answer;
    uint32_t off = 0;
    bool is_sound;

    duo_body_put_uint(body, "off", progress->off_bytes);
    duo_body_put_text(body, "name", transfer->name);
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_FS, FS_FILE, body), &answer,
                 error)) {
        return false;
    }
    is_sound = duo_body_u32(answer, "off", &off) &&
               off == progress->off_bytes &&
               (progress->off_bytes != 0 ||
                duo_body_u32(answer, "len", &progress->total_bytes)) &&
               duo_body_bytes(answer, "data", content);
    cbor_decref(&answer);
    if (is_sound) {
        size_t got_bytes = content->len_bytes - before_bytes;
        uint32_t left_bytes = progress->total_bytes - progress->off_bytes;

        is_sound = got_bytes <= left_bytes &&
                   (got_bytes > 0 || progress->total_bytes == 0);
        progress->off_bytes += (uint32_t)got_bytes;
    }
    return is_sound || duo_ask_missing(client, "data", error);
}

bool duo_client_file_get(struct duo_client *client,
                         const struct duo_client_transfer *transfer,
                         struct duo_tool_buffer *content,
                         struct duo_tool_error *error)
{
    struct duo_client_progress progress = {.window = 1};
    uint64_t start_us = client->link->ops->now_us(client->link);

    do {
        if (!get_piece(client, transfer, &progress, content, error)) {
            return false;
        }
        if (progress.total_bytes > DUO_TOOL_FILE_BYTES_MAX) {
            return duo_tool_fail(error, DUO_EXIT_DEVICE,
                                 "%s: the device says that it has %u bytes",
                                 transfer->name,
                                 (unsigned)progress.total_bytes);
        }
        tell(client, transfer, &progress, start_us);
    } while (progress.off_bytes < progress.total_bytes);
    return true;
}

struct put {
    struct duo_client *client;
    const struct duo_client_transfer *transfer;
    struct duo_client_progress progress;
    uint32_t piece_bytes_max;
    unsigned stuck_count; /* Answers that did not come forward. */
};

/* Send from where the device is; @p off: where it says that it is then. */
static bool put_piece(struct put *put, struct duo_bytes content, uint32_t *off,
                      struct duo_tool_error *error)
{
    uint32_t left_bytes = put->progress.total_bytes - put->progress.off_bytes;
    struct duo_bytes piece = {
        content.data + put->progress.off_bytes,
        left_bytes < put->piece_bytes_max ? left_bytes : put->piece_bytes_max};
    cbor_item_t *body = duo_body_new(4);
    cbor_item_t *answer;
    bool is_there;

    duo_body_put_uint(body, "off", put->progress.off_bytes);
    duo_body_put_bytes(body, "data", piece);
    duo_body_put_text(body, "name", put->transfer->name);
    if (put->progress.off_bytes == 0) {
        duo_body_put_uint(body, "len", put->progress.total_bytes);
    }
    if (!duo_ask(put->client, DUO_ASK_WRITE(DUO_SMP_GROUP_FS, FS_FILE, body),
                 &answer, error)) {
        return false;
    }
    is_there =
        duo_body_u32(answer, "off", off) && *off <= put->progress.total_bytes;
    cbor_decref(&answer);
    return is_there || duo_ask_missing(put->client, "off", error);
}

static bool put_all(struct put *put, struct duo_bytes content,
                    struct duo_tool_error *error)
{
    uint64_t start_us = put->client->link->ops->now_us(put->client->link);
    uint32_t off;

    do {
        if (!put_piece(put, content, &off, error)) {
            return false;
        }
        put->stuck_count =
            off > put->progress.off_bytes ? 0 : put->stuck_count + 1U;
        put->progress.off_bytes = off;
        tell(put->client, put->transfer, &put->progress, start_us);
        if (put->stuck_count > STUCK_MAX) {
            return duo_tool_fail(error, DUO_EXIT_DEVICE,
                                 "%s: the device takes no more than %u of %u "
                                 "bytes",
                                 put->transfer->name, (unsigned)off,
                                 (unsigned)put->progress.total_bytes);
        }
    } while (off < put->progress.total_bytes);
    return true;
}

/* Tells a server that keeps the file open that it is whole; not all have the
 * command. */
static void close_file(struct duo_client *client)
{
    struct duo_tool_error ignored;

    if (!duo_ask(client, DUO_ASK_WRITE(DUO_SMP_GROUP_FS, FS_CLOSE, NULL), NULL,
                 &ignored)) {
        client->failure.kind = DUO_CLIENT_FINE;
    }
}

bool duo_client_file_put(struct duo_client *client,
                         const struct duo_client_transfer *transfer,
                         struct duo_bytes content, struct duo_tool_error *error)
{
    struct duo_client_params params;
    struct put put = {
        .client = client,
        .transfer = transfer,
        .progress = {.window = 1, .total_bytes = (uint32_t)content.len_bytes},
    };
    size_t overhead_bytes = WRITE_OVERHEAD_BYTES + strlen(transfer->name);
    size_t room_bytes;

    if (!duo_client_params(client, &params, error)) {
        return false;
    }
    room_bytes = params.buf_bytes;
    if (client->link->packet_bytes_max != 0 &&
        client->link->packet_bytes_max < room_bytes) {
        room_bytes = client->link->packet_bytes_max;
    }
    if (room_bytes < overhead_bytes + WRITE_BYTES_MIN) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: the name is too long for the device",
                             transfer->name);
    }
    put.piece_bytes_max = (uint32_t)(room_bytes - overhead_bytes);
    put.progress.packet_bytes = (uint32_t)room_bytes;
    if (!put_all(&put, content, error)) {
        return false;
    }
    close_file(client);
    return true;
}

bool duo_client_file_stat(struct duo_client *client, const char *name,
                          uint32_t *len_bytes, struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    cbor_item_t *answer;
    bool is_there;

    duo_body_put_text(body, "name", name);
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_FS, FS_STAT, body), &answer,
                 error)) {
        return false;
    }
    is_there = duo_body_u32(answer, "len", len_bytes);
    cbor_decref(&answer);
    return is_there || duo_ask_missing(client, "len", error);
}

static bool load_digest(const cbor_item_t *answer,
                        struct duo_client_file_hash *hash)
{
    struct duo_tool_buffer bytes = {0};
    bool is_sound = true;

    (void)duo_body_text(answer, "type", hash->type, sizeof(hash->type));
    hash->byte_count = 0;
    hash->is_number = duo_body_uint(answer, "output", &hash->number);
    if (!hash->is_number) {
        is_sound = duo_body_bytes(answer, "output", &bytes) &&
                   bytes.len_bytes > 0 &&
                   bytes.len_bytes <= sizeof(hash->bytes);
    }
    if (is_sound && !hash->is_number) {
        memcpy(hash->bytes, bytes.data, bytes.len_bytes);
        hash->byte_count = bytes.len_bytes;
    }
    duo_tool_buffer_free(&bytes);
    return is_sound && duo_body_u32(answer, "len", &hash->len_bytes);
}

bool duo_client_file_hash(struct duo_client *client, const char *name,
                          struct duo_client_file_hash *hash,
                          struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(2);
    struct duo_ask ask = DUO_ASK_READ(DUO_SMP_GROUP_FS, FS_HASH, body);
    cbor_item_t *answer;
    bool is_sound;

    duo_body_put_text(body, "name", name);
    if (hash->type[0] != '\0') {
        duo_body_put_text(body, "type", hash->type);
    }
    ask.timeout_ms = HASH_MS;
    if (!duo_ask(client, ask, &answer, error)) {
        return false;
    }
    is_sound = load_digest(answer, hash);
    cbor_decref(&answer);
    return is_sound || duo_ask_missing(client, "output", error);
}
