/* SPDX-License-Identifier: MIT */
/* The groups of the SMP server that are not about images. Each is a type (its
 * commands) and a context that the product fills in. */
#ifndef DUO_SMP_GROUPS_H
#define DUO_SMP_GROUPS_H

#include "duo/crypto.h"
#include "duo/settings.h"
#include "duo/smp.h"

extern const struct duo_smp_group_type duo_smp_os_group;
extern const struct duo_smp_group_type duo_smp_os_small_group;
extern const struct duo_smp_group_type duo_smp_stat_group;
extern const struct duo_smp_group_type duo_smp_settings_group;
extern const struct duo_smp_group_type duo_smp_fs_group;
extern const struct duo_smp_group_type duo_smp_shell_group;
extern const struct duo_smp_group_type duo_smp_enum_group;
extern const struct duo_smp_group_type duo_smp_basic_group;

/* --- 0: OS. The small type has what recovery needs: echo, reset and
 * parameters. --- */

#define DUO_SMP_RESET_MS 250U /* From the answer to the reset. */

enum duo_smp_boot_mode {
    DUO_SMP_BOOT_NORMAL = 0,
    DUO_SMP_BOOT_RECOVERY = 1,
};

/* Where there are tasks; a loop without an OS is one. Stack in words. */
struct duo_smp_task {
    const char *name;
    uint32_t priority;
    uint32_t id;
    uint32_t state;
    uint32_t stack_used_words;
    uint32_t stack_words;
    uint32_t switches;
    uint32_t run_ms;
};

/* Letters of the information command; a NULL is left out of "a". */
struct duo_smp_os_names {
    const char *kernel;         /* s */
    const char *node;           /* n */
    const char *kernel_release; /* r */
    const char *kernel_version; /* v */
    const char *build_time;     /* b */
    const char *machine;        /* m */
    const char *processor;      /* p */
    const char *platform;       /* i */
    const char *os;             /* o */
};

struct duo_smp_os {
    struct duo_smp_server *server;
    const struct duo_clock *clock;
    const struct duo_smp_os_names *names;
    bool no_downgrade; /* By the boot loader's policy. */
    /* May the product be reset now? NULL: always. Not asked if forced. */
    bool (*may_reset)(void *ctx);
    /* Does not come back, but for a host. */
    void (*reset)(void *ctx, enum duo_smp_boot_mode mode);
    /* The task of this index; false: no such. NULL: no tasks. */
    bool (*task)(void *ctx, uint32_t index, struct duo_smp_task *task);
    void *ctx;
    uint64_t reset_due_us; /* 0: none. */
    enum duo_smp_boot_mode reset_mode;
    int64_t date_offset_s; /* Clock to date; 0: the date was never set. */
};

/** Call often: resets when the time has come. */
void duo_smp_os_step(struct duo_smp_os *os);

/* --- 2: statistics --- */

struct duo_smp_stat {
    const char *name;
    const uint32_t *value;
};

struct duo_smp_stat_set {
    const char *name;
    const struct duo_smp_stat *stats;
    size_t count;
};

struct duo_smp_stats {
    const struct duo_smp_stat_set *sets;
    size_t count;
};

/* --- 3: settings. Values are kept at once: save has nothing left to do. --- */

struct duo_smp_settings {
    struct duo_settings *settings;
    /* Called before the store's flash is changed; NULL: nothing to do. */
    void (*before)(void *ctx);
    /* A value was changed, deleted or loaded; @p name NULL: all. May be
     * NULL. */
    void (*changed)(void *ctx, const char *name);
    void *ctx;
};

/* --- 8: file system. Files that are made of what the product knows, such as
 * its boot journal as text, are read only. Files that clients may write are on
 * a disk: one in RAM (duo/ram_files.h), or a product's own file system. --- */

/* The group's errors, by MCUmgr's numbers; those without a use are left out. */
enum duo_smp_fs_error {
    DUO_SMP_FS_OK = 0,
    DUO_SMP_FS_UNKNOWN = 1,       /* Failed, of no kind below. */
    DUO_SMP_FS_BAD_NAME = 2,      /* Empty, too long, or a letter is refused. */
    DUO_SMP_FS_NOT_FOUND = 3,     /* No such file. */
    DUO_SMP_FS_IS_DIRECTORY = 4,  /* The disk itself, or a folder on it. */
    DUO_SMP_FS_OPEN_FAILED = 5,   /* There, and cannot be opened. */
    DUO_SMP_FS_READ_FAILED = 7,   /* Open, and cannot be read. */
    DUO_SMP_FS_WRITE_FAILED = 10, /* No room for it, or the disk failed. */
    DUO_SMP_FS_OFFSET_NOT_VALID = 11, /* Not the next chunk of an upload. */
    DUO_SMP_FS_OFFSET_BEYOND = 12,    /* Behind the file's end. */
    DUO_SMP_FS_HASH_UNKNOWN = 13,     /* No such kind of hash. */
    DUO_SMP_FS_READ_ONLY = 15,        /* On no disk: nothing can be written. */
    DUO_SMP_FS_EMPTY = 16,            /* Nothing to hash. */
};

struct duo_smp_file {
    const char *name; /* As clients ask for it: "/boot/journal.txt". */
    /* Make the file's content as it is now and tell its length; false: it
     * cannot be read. Called at offset 0 and for stat and hash. */
    bool (*open)(void *ctx, uint32_t *len_bytes);
    /* Bytes from @p off_bytes on; returns how many (0: failed). Fewer than
     * @p room_bytes are no error, the rest is asked for again. */
    size_t (*read)(void *ctx, uint32_t off_bytes, uint8_t *dst,
                   size_t room_bytes);
    void *ctx;
};

/* Of a whole name, the disk's included. */
#define DUO_SMP_FS_NAME_BYTES_MAX 63U

/* What a file system must be able to do to hold files that clients write.
 * Names are terminated, without the disk's own ("/ram/log.txt": "log.txt"),
 * not empty, and otherwise as the client sent them: the disk refuses what it
 * cannot keep (BAD_NAME). Callbacks return within a few milliseconds: nobody is
 * served meanwhile.
 *
 * One file is written at a time, and seen under its name only once it is
 * whole: create() begins a new file that nobody can see, write() appends to it,
 * finish() puts it in the place of the file of its name, if there is one, in
 * one step. On a flash file system that is a temporary file, closed and then
 * renamed; one that a reset left behind is removed by the next create(). */
struct duo_smp_disk {
    const char *name; /* With which its files begin: "/ram/". */
    enum duo_smp_fs_error (*stat)(void *ctx, const char *name,
                                  uint32_t *len_bytes);
    /* As a file's read(), of the file @p name as it is now. */
    size_t (*read)(void *ctx, const char *name, uint32_t off_bytes,
                   uint8_t *dst, size_t room_bytes);
    /* Begin a new file that will have @p len_bytes (0: none). WRITE_FAILED:
     * there is no room for it. What was created before and not finished is
     * gone in any case. */
    enum duo_smp_fs_error (*create)(void *ctx, const char *name,
                                    uint32_t len_bytes);
    /* Append to what was created: all of @p data. Never more in all than
     * create() was told. */
    enum duo_smp_fs_error (*write)(void *ctx, struct duo_bytes data);
    /* All was written. If this fails, the old file is still there. */
    enum duo_smp_fs_error (*finish)(void *ctx);
    /* Give up what was created, if anything was. Also called after a write()
     * or finish() that failed. */
    void (*drop)(void *ctx);
    void *ctx;
};

struct duo_smp_fs {
    const struct duo_smp_file *files;
    size_t count;
    const struct duo_smp_disk *disk; /* NULL: nothing can be written. */
    /* To tell who writes: the chunks of one upload come from one client. NULL:
     * clients are not told apart. */
    const struct duo_smp_server *server;
    /* For the hash sha256; NULL: crc32 only. It has one stream: not one that
     * others leave open between requests, such as an upload's. */
    struct duo_crypto *crypto;
    const struct duo_smp_file *opened; /* NULL: none, or one on the disk. */
    uint32_t opened_bytes;
    char opened_name[DUO_SMP_FS_NAME_BYTES_MAX + 1U]; /* On the disk. */
    /* Of a hash that goes on at the next step. */
    uint32_t hash_start_bytes;
    uint32_t hash_off_bytes;
    uint32_t hash_end_bytes;
    uint32_t crc;
    bool hash_is_sha256;
    /* The one upload, until another begins or a client closes. */
    struct {
        char name[DUO_SMP_FS_NAME_BYTES_MAX + 1U]; /* Empty: none. */
        const struct duo_smp_link *link;           /* Of the client. */
        uint64_t peer;
        uint32_t len_bytes;
        uint32_t off_bytes; /* Of the next chunk; the length: it is whole. */
    } put;
};

/** Give up an upload that is under way: before the disk goes. */
void duo_smp_fs_drop(struct duo_smp_fs *fs);

/* --- 9: shell --- */

struct duo_smp_shell {
    char *line; /* Caller's; longer commands are refused. */
    size_t line_bytes;
    /* Run a line; put what it prints into @p output and its length into
     * output_bytes (0 before), as far as it fits. The result is the command's:
     * 0 if it did what it was told. An answer without room for the whole
     * output has its beginning. */
    int (*run)(void *ctx, char *line, struct duo_smp_shell *shell);
    void *ctx;
    char *output; /* Caller's memory. */
    size_t output_room_bytes;
    size_t output_bytes;
};

/* --- 10: enumeration; its context is the server. --- */

/* --- 63: basic: erase the storage. --- */

struct duo_smp_basic {
    struct duo_smp_settings *settings;
};

#endif
