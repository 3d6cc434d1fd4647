/* SPDX-License-Identifier: MIT */
/* The image group on the native board, as an application has it: requests are
 * handed to its handlers, answers are read. Header only, since each .c file of
 * this folder is a program or a library of its own. */
#ifndef DUO_TEST_UPLOAD_RIG_H
#define DUO_TEST_UPLOAD_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_image.h"
#include "duo/trailer.h"
#include "duo_layouts.h"
#include "rig.h"

#define RING_BYTES    8192U
#define PACKET_BYTES  4096U
#define STEPS_MAX     20000000U
#define COMMAND_STATE 0U
#define COMMAND_LOAD  1U
#define COMMAND_ERASE 5U
#define COMMAND_INFO  6U
#define NO_IMAGE      0xFFU

struct bench {
    struct rig rig;
    struct duo_slots slots;
    struct duo_smp_image image;
    struct duo_smp_request request;
    uint8_t packet[PACKET_BYTES];
    uint8_t answer[PACKET_BYTES];
    _Alignas(4) uint8_t ring[RING_BYTES];
    bool ext_absent;
    unsigned opens;
    unsigned closes;
    unsigned changes;
    uint8_t version; /* enum duo_smp_version */
};

struct sent {
    enum duo_core image; /* Or NO_IMAGE. */
    uint32_t off_bytes;
    uint32_t len_bytes; /* UINT32_MAX: left out. */
    struct duo_bytes sha;
    struct duo_bytes data;
    bool upgrade;
};

static inline enum duo_err bench_open(void *ctx)
{
    struct bench *bench = ctx;
    bench->opens++;
    bench->rig.board->ext->high_performance = true;
    /* It may be at work since before a reset. */
    return bench->ext_absent ? DUO_ERR_FLASH
                             : duo_flash_wait(&bench->rig.board->ext->flash);
}

static inline void bench_close(void *ctx)
{
    ((struct bench *)ctx)->closes++;
}

static inline void bench_changed(void *ctx)
{
    ((struct bench *)ctx)->changes++;
}

/* The application starts: after creation, a reset, or a power cut. */
static inline void bench_start(struct bench *bench)
{
    const struct duo_smp_image_policy policy = bench->image.config.policy;
    const struct duo_smp_image_config config = {
        .slots = &bench->slots,
        .trust = &bench->rig.trust,
        .crypto = bench->rig.app_crypto,
        .clock = &bench->rig.board->world.app_clock,
        .policy = policy,
        .open_ext = bench_open,
        .close_ext = bench_close,
        .on_change = bench_changed,
        .ctx = bench,
        .ring = bench->ring,
        .ring_bytes = sizeof(bench->ring),
    };
    if (bench->image.config.slots != NULL) {
        duo_smp_image_settle(&bench->image); /* Its buffers are used again. */
    }
    duo_smp_image_init(&bench->image, &config);
}

static inline void bench_create(struct bench *bench)
{
    const struct rig_options options = {.layout = &duo_layout_nrf5340dk};

    memset(bench, 0, sizeof(*bench));
    rig_create(&bench->rig, &options);
    duo_native_slots(bench->rig.board, &bench->slots);
    bench->version = DUO_SMP_V2;
    bench_start(bench);
}

static inline void bench_destroy(struct bench *bench)
{
    rig_destroy(&bench->rig);
}

/* One turn of the application's loop; time passes. */
static inline bool bench_turn(struct bench *bench)
{
    bool more = duo_smp_image_step(&bench->image);
    duo_sim_idle(&bench->rig.board->world, 1000000U);
    return more;
}

/* The background work of the group, to its end. */
static inline void bench_rest(struct bench *bench)
{
    unsigned quiet = 0;

    for (uint32_t i = 0; quiet < 8000U; i++) {
        assert_true(i < STEPS_MAX);
        quiet = bench_turn(bench) ? 0 : quiet + 1U;
    }
}

static inline struct duo_cbor_writer bench_begin(struct bench *bench)
{
    struct duo_cbor_writer writer = {.data = bench->packet,
                                     .room_bytes = sizeof(bench->packet)};
    duo_cbor_begin_map(&writer);
    return writer;
}

static inline duo_smp_handler bench_handler(unsigned command, bool write)
{
    for (unsigned i = 0; i < duo_smp_image_group.command_count; i++) {
        const struct duo_smp_command *row = &duo_smp_image_group.commands[i];
        if (row->id == command) {
            return write ? row->write : row->read;
        }
    }
    return NULL;
}

/* Hand the packet to the handler and turn the loop until it is done, or the
 * power fails (false). */
static inline bool bench_call(struct bench *bench, struct duo_cbor_writer *map,
                              unsigned command, bool write)
{
    duo_smp_handler handler = bench_handler(command, write);

    assert_non_null(handler);
    duo_cbor_end(map);
    assert_false(map->overflow);
    memset(&bench->request, 0, sizeof(bench->request));
    bench->request.header.version = bench->version;
    bench->request.header.group = DUO_SMP_GROUP_IMAGE;
    bench->request.payload =
        (struct duo_cbor_input){bench->packet, map->len_bytes};
    bench->request.answer = (struct duo_cbor_writer){
        .data = bench->answer, .room_bytes = sizeof(bench->answer)};
    duo_cbor_begin_map(&bench->request.answer);
    for (uint32_t i = 0;
         handler(&bench->image, &bench->request) == DUO_SMP_AGAIN; i++) {
        assert_true(i < STEPS_MAX);
        if (bench->rig.board->world.dead) {
            return false;
        }
        (void)bench_turn(bench);
    }
    duo_cbor_end(&bench->request.answer);
    assert_false(bench->request.answer.overflow);
    return !bench->rig.board->world.dead;
}

static inline uint16_t bench_error(const struct bench *bench)
{
    return bench->request.error;
}

static inline bool bench_send(struct bench *bench, const struct sent *sent)
{
    struct duo_cbor_writer map = bench_begin(bench);

    if (sent->image != (enum duo_core)NO_IMAGE) {
        duo_cbor_put_uint(&map, "image", sent->image);
    }
    duo_cbor_put_bytes(&map, "data", sent->data);
    if (sent->len_bytes != UINT32_MAX) {
        duo_cbor_put_uint(&map, "len", sent->len_bytes);
    }
    if (sent->sha.len_bytes != 0) {
        duo_cbor_put_bytes(&map, "sha", sent->sha);
    }
    duo_cbor_put_uint(&map, "off", sent->off_bytes);
    if (sent->upgrade) {
        duo_cbor_put_bool(&map, "upgrade", true);
    }
    return bench_call(bench, &map, COMMAND_LOAD, true);
}

/* The answer's off and match; -1: no such key. */
static inline int64_t bench_field(struct bench *bench, const char *key,
                                  enum duo_cbor_kind kind)
{
    struct duo_cbor_field field = {.key = key, .kind = kind};
    const struct duo_cbor_input input = {bench->answer,
                                         bench->request.answer.len_bytes};

    assert_int_equal(bench->request.error, 0);
    assert_true(duo_cbor_read_map(input, &field, 1));
    return field.found ? (int64_t)field.number : -1;
}

static inline int64_t bench_off(struct bench *bench)
{
    return bench_field(bench, "off", DUO_CBOR_UINT);
}

static inline int64_t bench_match(struct bench *bench)
{
    return bench_field(bench, "match", DUO_CBOR_BOOL);
}

struct load {
    const struct rig_image *file;
    uint32_t chunk_bytes;
    uint8_t sha[DUO_SHA256_BYTES];
    enum duo_core image;
};

static inline struct load bench_load_of(struct bench *bench,
                                        const struct rig_image *file,
                                        uint32_t chunk_bytes)
{
    struct load load = {file, chunk_bytes, {0}, (enum duo_core)NO_IMAGE};
    struct duo_crypto *crypto = bench->rig.net_crypto;

    crypto->ops->sha256_begin(crypto);
    crypto->ops->sha256_update(crypto, file->bytes);
    crypto->ops->sha256_finish(crypto, load.sha);
    return load;
}

/* One chunk of a file at an offset. */
static inline bool bench_chunk(struct bench *bench, const struct load *load,
                               uint32_t off_bytes)
{
    uint32_t len_bytes = (uint32_t)load->file->bytes.len_bytes;
    uint32_t left_bytes = off_bytes < len_bytes ? len_bytes - off_bytes : 0;
    struct sent sent = {
        .image = load->image,
        .off_bytes = off_bytes,
        .len_bytes = off_bytes == 0 ? len_bytes : UINT32_MAX,
        .data = {load->file->bytes.data + off_bytes,
                 left_bytes < load->chunk_bytes ? left_bytes
                                                : load->chunk_bytes},
    };
    if (off_bytes == 0) {
        sent.sha = (struct duo_bytes){load->sha, sizeof(load->sha)};
    }
    return bench_send(bench, &sent);
}

/* As a client: from the answered offset on, until all is there. False: the
 * power failed. */
static inline bool bench_load(struct bench *bench, const struct load *load)
{
    uint32_t off_bytes = 0;

    while (off_bytes < load->file->bytes.len_bytes) {
        if (!bench_chunk(bench, load, off_bytes)) {
            return false;
        }
        assert_int_equal(bench_error(bench), 0);
        off_bytes = (uint32_t)bench_off(bench);
    }
    return true;
}

static inline void bench_load_well(struct bench *bench, const struct load *load)
{
    assert_true(bench_load(bench, load));
    assert_int_equal(bench_match(bench), 1);
}

static inline const uint8_t *bench_at(const struct bench *bench,
                                      const struct duo_area *area)
{
    const struct duo_sim_flash *flash =
        (const struct duo_sim_flash *)(const void *)area->flash;
    (void)bench;
    return flash->data + area->off_bytes;
}

static inline bool bench_holds(const struct bench *bench,
                               const struct duo_area *area,
                               const struct rig_image *file)
{
    return memcmp(bench_at(bench, area), file->bytes.data,
                  file->bytes.len_bytes) == 0;
}

/* Test or confirm; a NULL digest leaves the hash out. */
static inline bool bench_write_state(struct bench *bench, const uint8_t *digest,
                                     bool confirm)
{
    struct duo_cbor_writer map = bench_begin(bench);

    if (digest != NULL) {
        duo_cbor_put_bytes(&map, "hash",
                           (struct duo_bytes){digest, DUO_SHA256_BYTES});
    }
    duo_cbor_put_bool(&map, "confirm", confirm);
    return bench_call(bench, &map, COMMAND_STATE, true);
}

static inline bool bench_erase(struct bench *bench, unsigned slot)
{
    struct duo_cbor_writer map = bench_begin(bench);

    duo_cbor_put_uint(&map, "slot", slot);
    return bench_call(bench, &map, COMMAND_ERASE, true);
}

/* What the list says of a slot, in letters: p(ending) c(onfirmed) a(ctive)
 * P(ermanent) b(ackup); "-" for nothing of these, "" for no image. */
static inline const char *bench_slot(struct bench *bench, enum duo_core core,
                                     unsigned slot)
{
    static char words[8];
    struct duo_smp_image_state state;
    char *at = words;

    assert_int_equal(duo_smp_image_look(&bench->image, core, slot, &state),
                     DUO_OK);
    if (state.present) {
        *at = '-';
        at[1] = '\0';
        at += state.pending ? (*at = 'p', 1) : 0;
        at += state.confirmed ? (*at = 'c', 1) : 0;
        at += state.active ? (*at = 'a', 1) : 0;
        at += state.permanent ? (*at = 'P', 1) : 0;
        at += state.is_backup ? (*at = 'b', 1) : 0;
    }
    if (at != words || !state.present) {
        *at = '\0';
    }
    return words;
}

static inline const struct rig_image *bench_make(struct bench *bench,
                                                 enum duo_core core,
                                                 uint8_t minor,
                                                 uint32_t total_bytes)
{
    const struct rig_image_spec spec = {.core = core,
                                        .minor = minor,
                                        .total_bytes = total_bytes,
                                        .seed = minor * 2U + core + 77U};
    return rig_make(&bench->rig, &spec);
}

/* Reset and boot, then the application starts. */
static inline void bench_boot(struct bench *bench)
{
    duo_smp_image_settle(&bench->image);
    assert_int_equal(
        duo_native_power_cycle(bench->rig.board, rig_no_cut())->outcome,
        DUO_BOOT_START);
    bench_start(bench);
}

#endif
