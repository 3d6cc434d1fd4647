/* SPDX-License-Identifier: MIT */
/* The phone app's update; see arm_phone.h. */
/* Over 400 lines: one client, told from its first request to its last. */
#include "arm_phone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"

#define ANSWER_US       2500000U
#define ANSWER_FIRST_US 40000000U /* The first chunk, and an erase. */
#define ANSWER_LAST_US  20000000U
#define CONNECT_US      1000000U
#define CONNECTS_MAX    60U
/* Four buffers in the app's settings are three packets in flight. */
#define WINDOW           3U
#define ALIGN_BYTES      4U
#define VERSION_2        1U
#define CONNECT_SEQUENCE 255U
/* Both kinds of strings of up to 64 KB. */
#define STRING_HEAD_BYTES 3U

static bool fail(struct arm_phone *phone, const char *what)
{
    if (phone->failure[0] == '\0') {
        (void)snprintf(phone->failure, sizeof(phone->failure), "%s", what);
    }
    return false;
}

/* --- Packets --- */

struct question {
    enum duo_smp_op op;
    uint8_t version;
    uint16_t group;
    uint8_t command;
    uint8_t sequence;
};

static void send(struct arm_phone *phone, const struct question *question,
                 cbor_item_t *body)
{
    struct duo_tool_buffer packet = {0};
    struct duo_tool_buffer payload = {0};
    struct duo_tool_error error;

    duo_body_encode(body, &payload);
    const uint8_t head[DUO_SMP_HEADER_BYTES] = {
        (uint8_t)(question->version << 3 | (uint8_t)question->op),
        0,
        (uint8_t)(payload.len_bytes >> 8),
        (uint8_t)payload.len_bytes,
        (uint8_t)(question->group >> 8),
        (uint8_t)question->group,
        question->sequence,
        question->command,
    };
    duo_tool_buffer_append(&packet, (struct duo_bytes){head, sizeof(head)});
    duo_tool_buffer_append(&packet, duo_tool_buffer_view(&payload));
    if (packet.len_bytes > phone->packet_bytes_max) {
        phone->packet_bytes_max = (uint32_t)packet.len_bytes;
    }
    (void)phone->smp->link.ops->send(&phone->smp->link,
                                     duo_tool_buffer_view(&packet), &error);
    duo_tool_buffer_free(&packet);
    duo_tool_buffer_free(&payload);
}

/* The app goes by the sequence alone. NULL: no answer, or an error. */
static cbor_item_t *receive(struct arm_phone *phone,
                            const struct question *question, uint64_t wait_us)
{
    struct duo_link *link = &phone->smp->link;
    uint64_t deadline_us = link->ops->now_us(link) + wait_us;
    struct duo_bytes packet;
    struct duo_tool_error error;

    while (link->ops->receive(link, deadline_us, &packet, &error) ==
           DUO_LINK_PACKET) {
        if (packet.len_bytes < DUO_SMP_HEADER_BYTES ||
            packet.data[6] != question->sequence) {
            continue;
        }
        return duo_body_parse(
            (struct duo_bytes){packet.data + DUO_SMP_HEADER_BYTES,
                               packet.len_bytes - DUO_SMP_HEADER_BYTES});
    }
    (void)fail(phone, "no answer");
    return NULL;
}

static bool is_error(struct arm_phone *phone, const cbor_item_t *answer)
{
    char text[64];
    uint64_t code = 0;
    uint64_t group = 0;
    const cbor_item_t *err = duo_body_find(answer, "err");

    if (err == NULL && !duo_body_uint(answer, "rc", &code)) {
        return false;
    }
    (void)duo_body_uint(err, "group", &group);
    (void)duo_body_uint(err, "rc", &code);
    (void)snprintf(text, sizeof(text), "error %u of group %u", (unsigned)code,
                   (unsigned)group);
    (void)fail(phone, text);
    return true;
}

static struct question ask_of(struct arm_phone *phone, enum duo_smp_op op,
                              uint16_t group, uint8_t command)
{
    return (struct question){op, VERSION_2, group, command, phone->sequence++};
}

/* Takes @p body. NULL: no answer, or an error. */
static cbor_item_t *ask(struct arm_phone *phone,
                        const struct question *question, cbor_item_t *body,
                        uint64_t wait_us)
{
    cbor_item_t *answer;

    send(phone, question, body);
    cbor_decref(&body);
    answer = receive(phone, question, wait_us);
    if (answer != NULL && is_error(phone, answer)) {
        cbor_decref(&answer);
        return NULL;
    }
    return answer;
}

static bool ask_only(struct arm_phone *phone, const struct question *question,
                     cbor_item_t *body, uint64_t wait_us)
{
    cbor_item_t *answer = ask(phone, question, body, wait_us);
    bool done = answer != NULL;

    if (done) {
        cbor_decref(&answer);
    }
    return done;
}

/* --- Look --- */

/* Over the air it is the same at each connection: version 1, sequence 255. */
static bool connect(struct arm_phone *phone)
{
    const struct question question = {DUO_SMP_READ, 0, 0, 6, CONNECT_SEQUENCE};

    for (unsigned i = 0; i < CONNECTS_MAX; i++) {
        cbor_item_t *answer =
            ask(phone, &question, duo_body_new(0), CONNECT_US);

        if (answer != NULL) {
            bool told = duo_body_u32(answer, "buf_size", &phone->buf_bytes);
            cbor_decref(&answer);
            phone->failure[0] = '\0';
            return told || fail(phone, "no parameters");
        }
    }
    return false;
}

static bool look(struct arm_phone *phone)
{
    struct question question = ask_of(phone, DUO_SMP_READ, 0, 8);
    cbor_item_t *answer = ask(phone, &question, duo_body_new(0), ANSWER_US);
    cbor_item_t *query = duo_body_new(1);
    char name[16];

    if (answer == NULL ||
        !duo_body_text(answer, "bootloader", name, sizeof(name)) ||
        strcmp(name, "MCUboot") != 0) {
        return fail(phone, "not the boot loader that it knows");
    }
    cbor_decref(&answer);
    duo_body_put_text(query, "query", "mode");
    question = ask_of(phone, DUO_SMP_READ, 0, 8);
    answer = ask(phone, &question, query, ANSWER_US);
    uint32_t mode = 0;
    if (answer == NULL || !duo_body_u32(answer, "mode", &mode)) {
        return fail(phone, "no mode");
    }
    cbor_decref(&answer);
    /* What swaps is tested, reset and confirmed. */
    return (mode >= 1 && mode <= 3) || fail(phone, "a mode without swaps");
}

/* Of a list: what its slots say of this hash. 0: it is nowhere. */
static unsigned flags_of(const cbor_item_t *answer, const uint8_t *hash)
{
    const cbor_item_t *images = duo_body_find(answer, "images");
    unsigned flags = 0;

    for (size_t i = 0; i < duo_body_count(images); i++) {
        const cbor_item_t *slot = duo_body_at(images, i);
        struct duo_tool_buffer is = {0};

        if (duo_body_bytes(slot, "hash", &is) &&
            is.len_bytes == DUO_CLIENT_HASH_BYTES &&
            memcmp(is.data, hash, DUO_CLIENT_HASH_BYTES) == 0) {
            flags |= ARM_BOOTABLE;
            flags |= duo_body_flag(slot, "pending") ? ARM_PENDING : 0U;
            flags |= duo_body_flag(slot, "confirmed") ? ARM_CONFIRMED : 0U;
            flags |= duo_body_flag(slot, "active") ? ARM_ACTIVE : 0U;
            flags |= duo_body_flag(slot, "permanent") ? ARM_PERMANENT : 0U;
        }
        duo_tool_buffer_free(&is);
    }
    return flags;
}

static bool list(struct arm_phone *phone, cbor_item_t **answer)
{
    const struct question question = ask_of(phone, DUO_SMP_READ, 1, 0);

    *answer = ask(phone, &question, duo_body_new(0), 5000000U);
    return *answer != NULL;
}

/* --- Upload --- */

/* In the order of each app's keys. @p data is taken from its end. */
static cbor_item_t *chunk_body(const struct arm_phone *phone,
                               const struct arm_image *image,
                               struct duo_bytes data, uint32_t off_bytes)
{
    cbor_item_t *body = duo_body_new(5);
    uint8_t sha[DUO_CLIENT_HASH_BYTES];

    duo_client_hash(image->bytes, sha);
    if (off_bytes == 0 && image->core != 0) {
        duo_body_put_uint(body, "image", (uint64_t)image->core);
    }
    duo_body_put_bytes(body, "data", data);
    if (phone->is_ios) {
        duo_body_put_uint(body, "off", off_bytes);
    }
    if (off_bytes == 0) {
        duo_body_put_uint(body, "len", image->bytes.len_bytes);
        duo_body_put_bytes(body, "sha", (struct duo_bytes){sha, sizeof(sha)});
    }
    if (!phone->is_ios) {
        duo_body_put_uint(body, "off", off_bytes);
    }
    return body;
}

/* As much as a packet of buf_size takes, aligned down. */
static uint32_t chunk_bytes(const struct arm_phone *phone,
                            const struct arm_image *image, uint32_t off_bytes)
{
    struct duo_tool_buffer payload = {0};
    struct duo_bytes none = {NULL, 0};
    cbor_item_t *body = chunk_body(phone, image, none, off_bytes);
    uint32_t left_bytes = (uint32_t)image->bytes.len_bytes - off_bytes;

    duo_body_encode(body, &payload);
    /* An empty string has a head of one byte. */
    uint32_t room_bytes = phone->buf_bytes - DUO_SMP_HEADER_BYTES -
                          (uint32_t)payload.len_bytes -
                          (STRING_HEAD_BYTES - 1U);
    cbor_decref(&body);
    duo_tool_buffer_free(&payload);
    room_bytes -= room_bytes % ALIGN_BYTES;
    return room_bytes < left_bytes ? room_bytes : left_bytes;
}

struct flight {
    struct question questions[WINDOW];
    uint32_t ends_bytes[WINDOW]; /* The offset that the answer must have. */
    unsigned count;
};

static void send_chunk(struct arm_phone *phone, const struct arm_image *image,
                       struct flight *flight, uint32_t *off_bytes)
{
    uint32_t len_bytes = chunk_bytes(phone, image, *off_bytes);
    const struct question question = ask_of(phone, DUO_SMP_WRITE, 1, 1);
    cbor_item_t *body = chunk_body(
        phone, image,
        (struct duo_bytes){image->bytes.data + *off_bytes, len_bytes},
        *off_bytes);

    send(phone, &question, body);
    cbor_decref(&body);
    *off_bytes += len_bytes;
    flight->questions[flight->count] = question;
    flight->ends_bytes[flight->count] = *off_bytes;
    flight->count++;
    phone->packet_count++;
}

static bool take_answer(struct arm_phone *phone, const struct arm_image *image,
                        struct flight *flight)
{
    uint32_t end_bytes = flight->ends_bytes[0];
    bool is_last = end_bytes == image->bytes.len_bytes;
    cbor_item_t *answer = receive(phone, &flight->questions[0],
                                  is_last ? ANSWER_LAST_US : ANSWER_FIRST_US);
    uint32_t off_bytes = 0;
    bool fine;

    if (answer == NULL || is_error(phone, answer)) {
        return fail(phone, "no answer to a chunk");
    }
    fine = duo_body_u32(answer, "off", &off_bytes) && off_bytes == end_bytes &&
           (!is_last || duo_body_find(answer, "match") == NULL ||
            duo_body_flag(answer, "match"));
    cbor_decref(&answer);
    flight->count--;
    memmove(&flight->questions[0], &flight->questions[1],
            flight->count * sizeof(flight->questions[0]));
    memmove(&flight->ends_bytes[0], &flight->ends_bytes[1],
            flight->count * sizeof(flight->ends_bytes[0]));
    return fine || fail(phone, "another offset than expected");
}

static bool upload(struct arm_phone *phone, const struct arm_image *image)
{
    struct flight flight = {0};
    uint32_t off_bytes = 0;

    /* The first chunk goes alone: its answer tells where to go on. */
    send_chunk(phone, image, &flight, &off_bytes);
    while (flight.count != 0) {
        if (!take_answer(phone, image, &flight)) {
            return false;
        }
        unsigned window = phone->is_ios ? 1U : WINDOW;
        while (flight.count < window && off_bytes < image->bytes.len_bytes) {
            send_chunk(phone, image, &flight, &off_bytes);
        }
    }
    return true;
}

/* --- Test and confirm --- */

static bool set(struct arm_phone *phone, const struct arm_image *image,
                bool confirm)
{
    const struct question question = ask_of(phone, DUO_SMP_WRITE, 1, 0);
    cbor_item_t *body = duo_body_new(2);
    uint8_t hash[DUO_CLIENT_HASH_BYTES];
    unsigned flags;

    arm_smp_hash(image, hash);
    duo_body_put_bool(body, "confirm", confirm);
    duo_body_put_bytes(body, "hash", (struct duo_bytes){hash, sizeof(hash)});
    cbor_item_t *answer = ask(phone, &question, body, ANSWER_US);
    if (answer == NULL) {
        return false;
    }
    flags = flags_of(answer, hash);
    cbor_decref(&answer);
    if (flags == 0) {
        return fail(phone, confirm ? "confirmed image not found"
                                   : "tested image not found");
    }
    unsigned wanted = confirm ? ARM_PERMANENT | ARM_CONFIRMED : ARM_PENDING;
    return (flags & wanted) != 0 || fail(phone, "downgrade forbidden");
}

static bool set_all(struct arm_phone *phone, bool confirm)
{
    for (unsigned i = 0; i < 2; i++) {
        if (!set(phone, phone->images[i], confirm)) {
            return false;
        }
        phone->on_step(phone->ctx,
                       confirm ? ARM_PHONE_CONFIRMED : ARM_PHONE_TESTED,
                       phone->images[i]);
    }
    return true;
}

/* The newer app looks before it confirms. */
static bool look_for_images(struct arm_phone *phone)
{
    cbor_item_t *answer;
    bool found = true;

    if (!list(phone, &answer)) {
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        uint8_t hash[DUO_CLIENT_HASH_BYTES];

        arm_smp_hash(phone->images[i], hash);
        found = (flags_of(answer, hash) & ARM_ACTIVE) != 0 && found;
    }
    cbor_decref(&answer);
    return found || fail(phone, "confirmed image not found");
}

/* --- The whole of it --- */

static bool upload_all(struct arm_phone *phone)
{
    cbor_item_t *answer;

    if (!list(phone, &answer)) {
        return false;
    }
    cbor_decref(&answer);
    for (unsigned i = 0; i < 2; i++) {
        if (!upload(phone, phone->images[i])) {
            return false;
        }
        phone->on_step(phone->ctx, ARM_PHONE_UPLOADED, phone->images[i]);
    }
    if (phone->is_ios) {
        return true;
    }
    const struct question erase = ask_of(phone, DUO_SMP_WRITE, 63, 0);
    if (!ask_only(phone, &erase, duo_body_new(0), ANSWER_FIRST_US)) {
        return false;
    }
    phone->on_step(phone->ctx, ARM_PHONE_ERASED, NULL);
    return true;
}

static bool restart(struct arm_phone *phone)
{
    const struct question reset = ask_of(phone, DUO_SMP_WRITE, 0, 5);
    struct duo_link *link = &phone->smp->link;

    if (!ask_only(phone, &reset, duo_body_new(0), ANSWER_US)) {
        return false;
    }
    link->ops->wait(link, (uint64_t)phone->swap_ms * 1000U);
    duo_client_forget(&phone->smp->client);
    if (!connect(phone)) {
        return false;
    }
    phone->on_step(phone->ctx, ARM_PHONE_BACK, NULL);
    return true;
}

static bool begin(struct arm_phone *phone)
{
    const struct question params = {DUO_SMP_READ, VERSION_2, 0, 6, 0};

    if (!phone->is_ios) {
        return connect(phone);
    }
    cbor_item_t *answer = ask(phone, &params, duo_body_new(0), ANSWER_US);
    if (answer == NULL ||
        !duo_body_u32(answer, "buf_size", &phone->buf_bytes)) {
        return fail(phone, "no parameters");
    }
    cbor_decref(&answer);
    phone->sequence = 1;
    return true;
}

bool arm_phone_update(struct arm_phone *phone)
{
    phone->failure[0] = '\0';
    phone->packet_bytes_max = 0;
    phone->packet_count = 0;
    phone->sequence = 0;
    return begin(phone) && look(phone) && upload_all(phone) &&
           set_all(phone, phone->mode == ARM_PHONE_CONFIRM_ONLY) &&
           restart(phone) &&
           (phone->mode != ARM_PHONE_TEST_AND_CONFIRM ||
            ((!phone->is_ios || look_for_images(phone)) &&
             set_all(phone, true)));
}
