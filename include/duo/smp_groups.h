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

/* --- 8: file system: files that are made of what the product knows, such as
 * its boot journal as text. Read only: there is no flash file system here. --- */

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

struct duo_smp_fs {
    const struct duo_smp_file *files;
    size_t count;
    /* For the hash sha256; NULL: crc32 only. It has one stream: not one that
     * others leave open between requests, such as an upload's. */
    struct duo_crypto *crypto;
    const struct duo_smp_file *opened; /* NULL: none. */
    uint32_t opened_bytes;
    /* Of a hash that goes on at the next step. */
    uint32_t hash_start_bytes;
    uint32_t hash_off_bytes;
    uint32_t hash_end_bytes;
    uint32_t crc;
    bool hash_is_sha256;
};

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
