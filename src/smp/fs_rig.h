/* SPDX-License-Identifier: MIT */
/* For tests of files that clients write: a server whose file group has a disk,
 * watched, and requests to it. */
#ifndef DUO_SMP_FS_RIG_H
#define DUO_SMP_FS_RIG_H

#include "duo/ram_files.h"
#include "server_rig.h"

#define MEMORY_BYTES 1000U
#define NO_LEN       UINT64_MAX
#define OK           DUO_SMP_FS_OK

static struct rig rig;
static struct duo_ram_files files;
static uint8_t memory[MEMORY_BYTES];
static struct duo_smp_disk ram;

/* The disk that the group has: the one in RAM, watched, and made to fail. */
static struct {
    enum duo_smp_fs_error create;
    enum duo_smp_fs_error write;
    enum duo_smp_fs_error finish;
    unsigned finishes;
    unsigned drops;
} watch;

static inline enum duo_smp_fs_error create(void *ctx, const char *name,
                                           uint32_t len_bytes)
{
    enum duo_smp_fs_error error = ram.create(ctx, name, len_bytes);
    return watch.create == OK ? error : watch.create;
}

static inline enum duo_smp_fs_error write_on(void *ctx, struct duo_bytes data)
{
    assert_true(data.len_bytes != 0);
    return watch.write == OK ? ram.write(ctx, data) : watch.write;
}

static inline enum duo_smp_fs_error finish(void *ctx)
{
    watch.finishes++;
    return watch.finish == OK ? ram.finish(ctx) : watch.finish;
}

static inline void drop(void *ctx)
{
    watch.drops++;
    ram.drop(ctx);
}

static struct duo_smp_disk disk;

static inline bool open_made(void *ctx, uint32_t *len_bytes)
{
    (void)ctx;
    *len_bytes = 3;
    return true;
}

static inline size_t read_made(void *ctx, uint32_t off_bytes, uint8_t *dst,
                               size_t room_bytes)
{
    (void)ctx;
    (void)off_bytes;
    memset(dst, 'm', room_bytes);
    return room_bytes;
}

static const struct duo_smp_file made[] = {
    {"/boot/journal.txt", open_made, read_made, NULL},
    {"/ram/made",         open_made, read_made, NULL},
};
static struct duo_smp_fs fs;
static const struct duo_smp_group group = {&duo_smp_fs_group, &fs};

static inline int fresh(void **state)
{
    (void)state;
    rig_init(&rig, &group, 1);
    memset(&watch, 0, sizeof(watch));
    duo_ram_files_init(&files, memory, MEMORY_BYTES);
    ram = duo_ram_files_disk(&files, "/ram/");
    disk = ram;
    disk.create = create;
    disk.write = write_on;
    disk.finish = finish;
    disk.drop = drop;
    fs = (struct duo_smp_fs){.files = made,
                             .count = COUNT(made),
                             .disk = &disk,
                             .server = &rig.server};
    return 0;
}

/* --- Requests --- */

struct chunk {
    const char *name;
    uint64_t off_bytes;
    uint64_t len_bytes; /* NO_LEN: left out. */
    const char *data;   /* NULL: left out. */
    uint64_t peer;
    bool is_v1;
};

static inline struct duo_cbor_writer
begin_request(uint8_t packet[RIG_PACKET_BYTES])
{
    struct duo_cbor_writer writer = {.data = packet,
                                     .room_bytes = RIG_PACKET_BYTES,
                                     .len_bytes = DUO_SMP_HEADER_BYTES};

    duo_cbor_begin_map(&writer);
    return writer;
}

static inline void ask(struct duo_cbor_writer *writer,
                       const struct duo_smp_header *header, uint64_t peer,
                       const char *expected)
{
    struct duo_smp_header whole = *header;

    duo_cbor_end(writer);
    assert_false(writer->overflow);
    whole.group = DUO_SMP_GROUP_FS;
    whole.len_bytes = (uint16_t)(writer->len_bytes - DUO_SMP_HEADER_BYTES);
    duo_smp_header_store(&whole, writer->data);
    rig.sent_count = 0;
    assert_true(rig_queue(
        &rig, (struct duo_bytes){writer->data, writer->len_bytes}, peer));
    rig_run(&rig);
    assert_int_equal(rig.sent_count, 1);
    assert_int_equal(rig.sent_peer[0], peer);
    rig_check(&rig, 0, writer->data, expected);
}

static inline void put(struct chunk chunk, const char *expected)
{
    const struct duo_smp_header header = {
        .op = DUO_SMP_WRITE, .version = chunk.is_v1 ? DUO_SMP_V1 : DUO_SMP_V2};
    uint8_t packet[RIG_PACKET_BYTES];
    struct duo_cbor_writer writer = begin_request(packet);

    duo_cbor_put_uint(&writer, "off", chunk.off_bytes);
    if (chunk.data != NULL) {
        duo_cbor_put_bytes(&writer, "data",
                           (struct duo_bytes){(const uint8_t *)chunk.data,
                                              strlen(chunk.data)});
    }
    duo_cbor_put_text(&writer, "name", chunk.name);
    if (chunk.len_bytes != NO_LEN) {
        duo_cbor_put_uint(&writer, "len", chunk.len_bytes);
    }
    ask(&writer, &header, chunk.peer, expected);
}

/* The next chunk of /ram/a. */
static inline void put_more(uint64_t off_bytes, const char *data,
                            const char *expected)
{
    put((struct chunk){"/ram/a", off_bytes, NO_LEN, data, 0, false}, expected);
}

/* The first chunk of /ram/a. */
static inline void put_first(uint64_t len_bytes, const char *data,
                             const char *expected)
{
    put((struct chunk){"/ram/a", 0, len_bytes, data, 0, false}, expected);
}

/* Read by name: command 0 from offset 0, 1 or 2. */
static inline void look(uint8_t command, const char *name, const char *expected)
{
    const struct duo_smp_header header = {
        .op = DUO_SMP_READ, .version = DUO_SMP_V2, .command = command};
    uint8_t packet[RIG_PACKET_BYTES];
    struct duo_cbor_writer writer = begin_request(packet);

    duo_cbor_put_text(&writer, "name", name);
    if (command == 0) {
        duo_cbor_put_uint(&writer, "off", 0);
    }
    ask(&writer, &header, 0, expected);
}

static inline void close_file(void)
{
    rig_ask(&rig, "0a00000100080204a0", "{}");
}

static inline void assert_absent(const char *name)
{
    look(1, name, "{'err':{'group':8,'rc':3}}");
}

static inline void assert_content(const char *name, const char *content)
{
    char expected[RIG_TEXT_CHARS];
    char *end = expected;
    size_t len_bytes = strlen(content);

    end += sprintf(end, "{'off':0,'len':%zu,'data':h'", len_bytes);
    for (size_t i = 0; i < len_bytes; i++) {
        end += sprintf(end, "%02x", (unsigned)content[i]);
    }
    (void)sprintf(end, "'}");
    look(0, name, expected);
    (void)sprintf(expected, "{'len':%zu}", len_bytes);
    look(1, name, expected);
    if (len_bytes != 0) {
        (void)sprintf(
            expected, "{'type':'crc32','len':%zu,'output':%lu}", len_bytes,
            (unsigned long)duo_crc32(
                0, (struct duo_bytes){(const uint8_t *)content, len_bytes}));
        look(2, name, expected);
    }
}

#define WANTED(off) "{'err':{'group':8,'rc':11},'len':" #off "}"

#define TEST(name) cmocka_unit_test_setup(name, fresh)

#endif
