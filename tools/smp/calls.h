/* SPDX-License-Identifier: MIT */
/* A function for each SMP command. All return false as duo_client_call() does.
 * Texts come from the device: they are valid to print (control characters are
 * replaced), cut to the field's size, and never NULL. What is documented as on
 * the heap or as a list is freed by the function named beside it. */
#ifndef DUO_SMP_CLIENT_CALLS_H
#define DUO_SMP_CLIENT_CALLS_H

#include "client.h"
#include "file.h"
#include "upload.h"

#define DUO_CLIENT_NAME_BYTES 64U
#define DUO_CLIENT_TEXT_BYTES 256U

/* Numbers that a server may leave out. */
struct duo_client_number {
    bool known;
    uint64_t value;
};

/* --- Group 0: OS --- */

/** @p reply is on the heap: free(). */
bool duo_client_echo(struct duo_client *client, const char *text, char **reply,
                     struct duo_tool_error *error);

struct duo_client_reset {
    bool force;
    int boot_mode; /* -1: not said; else enum duo_smp_boot_mode. */
};
/** The answer comes; the reset 250 ms after it. */
bool duo_client_reset(struct duo_client *client,
                      const struct duo_client_reset *reset,
                      struct duo_tool_error *error);

/** @p format: letters; NULL: the kernel's name. On the heap: free(). */
bool duo_client_os_info(struct duo_client *client, const char *format,
                        char **text, struct duo_tool_error *error);

struct duo_client_bootloader {
    char name[DUO_CLIENT_NAME_BYTES];
    bool has_mode;
    int32_t mode;
    const char *mode_text; /* Never NULL. */
    bool no_downgrade;
};
/** The mode is left out where the server does not tell it. */
bool duo_client_bootloader(struct duo_client *client,
                           struct duo_client_bootloader *bootloader,
                           struct duo_tool_error *error);

/** "YYYY-MM-DDTHH:MM:SS" and perhaps more. */
bool duo_client_date_get(struct duo_client *client,
                         char date[DUO_CLIENT_NAME_BYTES],
                         struct duo_tool_error *error);
bool duo_client_date_set(struct duo_client *client, const char *date,
                         struct duo_tool_error *error);

struct duo_client_task {
    char name[DUO_CLIENT_NAME_BYTES];
    struct duo_client_number priority;
    struct duo_client_number id;
    struct duo_client_number state;
    struct duo_client_number stack_used_words;
    struct duo_client_number stack_words;
    struct duo_client_number switches;
    struct duo_client_number run_time;
};
struct duo_client_tasks {
    struct duo_client_task *list; /* free() */
    size_t count;
};
bool duo_client_tasks(struct duo_client *client, struct duo_client_tasks *tasks,
                      struct duo_tool_error *error);

struct duo_client_pool {
    char name[DUO_CLIENT_NAME_BYTES];
    struct duo_client_number block_bytes;
    struct duo_client_number block_count;
    struct duo_client_number free_count;
    struct duo_client_number free_count_min;
};
struct duo_client_pools {
    struct duo_client_pool *list; /* free() */
    size_t count;
};
bool duo_client_pools(struct duo_client *client, struct duo_client_pools *pools,
                      struct duo_tool_error *error);

/* --- Group 1: image --- */

struct duo_client_image {
    uint32_t image_index;
    uint32_t slot_index;
    char version[DUO_CLIENT_NAME_BYTES];
    uint8_t hash[64];
    size_t hash_bytes; /* 32; 0: not told (recovery of MCUboot may not). */
    bool bootable;
    bool pending;
    bool confirmed;
    bool active;
    bool permanent;
};

#define DUO_CLIENT_IMAGES_MAX 16U

struct duo_client_images {
    struct duo_client_image list[DUO_CLIENT_IMAGES_MAX];
    size_t count;
};

bool duo_client_images(struct duo_client *client,
                       struct duo_client_images *images,
                       struct duo_tool_error *error);

struct duo_client_set {
    struct duo_bytes hash; /* Empty: what runs. */
    bool confirm;          /* Else test. */
};
/** Test or confirm; @p images is the list after it. NULL: not wanted. */
bool duo_client_set(struct duo_client *client, const struct duo_client_set *set,
                    struct duo_client_images *images,
                    struct duo_tool_error *error);

/** @p slot: flat number image * 2 + slot; -1: the default, which is 1. */
bool duo_client_erase(struct duo_client *client, int32_t slot,
                      struct duo_tool_error *error);

struct duo_client_slot {
    uint32_t image_index;
    uint32_t slot_index;
    struct duo_client_number bytes;
    struct duo_client_number upload_image_id;
    struct duo_client_number error; /* The server could not look at it. */
};
struct duo_client_slots {
    struct duo_client_slot list[DUO_CLIENT_IMAGES_MAX];
    size_t count;
};
bool duo_client_slots(struct duo_client *client, struct duo_client_slots *slots,
                      struct duo_tool_error *error);

/* --- Groups 2 and 3: statistics, settings --- */

struct duo_client_names {
    char (*list)[DUO_CLIENT_NAME_BYTES]; /* free() */
    size_t count;
};
bool duo_client_stat_groups(struct duo_client *client,
                            struct duo_client_names *names,
                            struct duo_tool_error *error);

struct duo_client_stat {
    char name[DUO_CLIENT_NAME_BYTES];
    uint64_t value;
};
struct duo_client_stats {
    struct duo_client_stat *list; /* free() */
    size_t count;
};
bool duo_client_stats(struct duo_client *client, const char *group,
                      struct duo_client_stats *stats,
                      struct duo_tool_error *error);

/** Appends the value. */
bool duo_client_setting_get(struct duo_client *client, const char *name,
                            struct duo_tool_buffer *value,
                            struct duo_tool_error *error);
bool duo_client_setting_set(struct duo_client *client, const char *name,
                            struct duo_bytes value,
                            struct duo_tool_error *error);
bool duo_client_setting_delete(struct duo_client *client, const char *name,
                               struct duo_tool_error *error);
enum duo_client_settings_op {
    DUO_CLIENT_SETTINGS_COMMIT,
    DUO_CLIENT_SETTINGS_LOAD,
    DUO_CLIENT_SETTINGS_SAVE,
};
bool duo_client_settings_do(struct duo_client *client,
                            enum duo_client_settings_op op,
                            struct duo_tool_error *error);

/* --- Group 8: files --- */

struct duo_client_transfer {
    const char *name; /* On the device. */
    void (*on_progress)(void *ctx, const struct duo_client_progress *progress);
    void *ctx;
};
/** Appends the file's content. */
bool duo_client_file_get(struct duo_client *client,
                         const struct duo_client_transfer *transfer,
                         struct duo_tool_buffer *content,
                         struct duo_tool_error *error);
bool duo_client_file_put(struct duo_client *client,
                         const struct duo_client_transfer *transfer,
                         struct duo_bytes content,
                         struct duo_tool_error *error);
bool duo_client_file_stat(struct duo_client *client, const char *name,
                          uint32_t *len_bytes, struct duo_tool_error *error);

struct duo_client_file_hash {
    char type[DUO_CLIENT_NAME_BYTES]; /* Wanted ("": default); then told. */
    bool is_number;
    uint64_t number;
    uint8_t bytes[64];
    size_t byte_count;
    uint32_t len_bytes; /* Of the file. */
};
bool duo_client_file_hash(struct duo_client *client, const char *name,
                          struct duo_client_file_hash *hash,
                          struct duo_tool_error *error);

/* --- Groups 9, 10, 63: shell, enumeration, basic --- */

/** Run @p count words; what is printed is appended to @p output. */
struct duo_client_shell {
    const char *const *words;
    size_t count;
    struct duo_tool_buffer output;
    int64_t result;
};
bool duo_client_shell(struct duo_client *client, struct duo_client_shell *shell,
                      struct duo_tool_error *error);

struct duo_client_group {
    uint32_t id;
    char name[DUO_CLIENT_NAME_BYTES]; /* Empty: not told and not known. */
};
struct duo_client_groups {
    struct duo_client_group *list; /* free() */
    size_t count;
};
bool duo_client_groups(struct duo_client *client,
                       struct duo_client_groups *groups,
                       struct duo_tool_error *error);

/** Erase the settings and what else is stored (factory reset). */
bool duo_client_erase_storage(struct duo_client *client,
                              struct duo_tool_error *error);

/* --- Group 77: ours; other servers refuse it as not supported --- */

struct duo_client_event {
    uint32_t sequence;
    uint32_t boot;
    uint32_t ms;
    struct duo_client_number core;
    uint32_t reason;
    char name[DUO_CLIENT_NAME_BYTES];
    char text[DUO_CLIENT_TEXT_BYTES];
    char version[DUO_CLIENT_NAME_BYTES];
    uint32_t detail;
};
struct duo_client_journal {
    struct duo_client_event *list; /* free() */
    size_t count;
    uint32_t next; /* The sequence number that comes next. */
};
/** All entries from number @p from on. */
bool duo_client_journal(struct duo_client *client, uint32_t from,
                        struct duo_client_journal *journal,
                        struct duo_tool_error *error);

struct duo_client_partition {
    char name[DUO_CLIENT_NAME_BYTES];
    char memory[DUO_CLIENT_NAME_BYTES];
    uint32_t addr;
    uint32_t bytes;
    struct duo_client_number used_bytes;
};
struct duo_client_map {
    struct duo_client_partition *list; /* free() */
    size_t count;
};
bool duo_client_map(struct duo_client *client, struct duo_client_map *map,
                    struct duo_tool_error *error);

struct duo_client_pending {
    uint32_t image_index;
    uint32_t changed_units;
    uint32_t ms;
};
struct duo_client_install {
    struct duo_client_pending pending[DUO_CLIENT_IMAGES_MAX];
    size_t count;
    uint32_t ms; /* Of the whole next boot. */
};
bool duo_client_install(struct duo_client *client,
                        struct duo_client_install *install,
                        struct duo_tool_error *error);

struct duo_client_net {
    bool held;
    bool well;
    bool seen;
    char version[DUO_CLIENT_NAME_BYTES];
    struct duo_client_number beats;
    struct duo_client_number uptime_ms;
};
bool duo_client_net(struct duo_client *client, struct duo_client_net *net,
                    struct duo_tool_error *error);

struct duo_client_log {
    uint32_t from; /* In: the first byte wanted. Out: the first that came. */
    uint32_t next; /* Out: where to go on. */
    uint32_t lost_bytes; /* Out: wanted, but no longer kept. */
};
/** One answer's worth of the log; appends to @p text. */
bool duo_client_log(struct duo_client *client, struct duo_client_log *log,
                    struct duo_tool_buffer *text, struct duo_tool_error *error);

struct duo_client_unfinished {
    bool is_there;
    uint32_t image_index;
    uint32_t len_bytes;
    uint32_t off_bytes;
    uint8_t hash[DUO_CLIENT_HASH_BYTES];
    bool has_hash;
};
/** The upload that was begun and not finished. */
bool duo_client_unfinished(struct duo_client *client,
                           struct duo_client_unfinished *unfinished,
                           struct duo_tool_error *error);

#endif
