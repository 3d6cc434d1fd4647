/* SPDX-License-Identifier: MIT */
/* Calls of groups 2, 3, 8, 9, 10 and 63; see exchange_calls.h. */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "exchange_calls.h"

static bool done(struct exchange_call *call, bool is_done)
{
    if (is_done) {
        exchange_tell(call, "done");
    }
    return is_done;
}

static bool call_stats(struct exchange_call *call)
{
    struct duo_client_names names;
    bool is_done = duo_client_stat_groups(call->client, &names, &call->error);

    for (size_t i = 0; is_done && i < names.count; i++) {
        exchange_tell(call, "%s%s", i == 0 ? "" : " ", names.list[i]);
    }
    free(names.list);
    return is_done;
}

static bool call_stat(struct exchange_call *call)
{
    struct duo_client_stats stats;
    bool is_done =
        duo_client_stats(call->client, call->words[1], &stats, &call->error);

    for (size_t i = 0; is_done && i < stats.count; i++) {
        exchange_tell(call, "%s%s=%llu", i == 0 ? "" : " ", stats.list[i].name,
                      (unsigned long long)stats.list[i].value);
    }
    free(stats.list);
    return is_done;
}

static bool call_setting(struct exchange_call *call)
{
    struct duo_tool_buffer value = {0};
    bool is_done = duo_client_setting_get(call->client, call->words[1], &value,
                                          &call->error);

    if (is_done) {
        exchange_tell(call, "%.*s", (int)value.len_bytes,
                      (const char *)value.data);
    }
    duo_tool_buffer_free(&value);
    return is_done;
}

static bool call_set(struct exchange_call *call)
{
    const struct duo_bytes value = {(const uint8_t *)call->words[2],
                                    strlen(call->words[2])};

    return done(call, duo_client_setting_set(call->client, call->words[1],
                                             value, &call->error));
}

static bool call_unset(struct exchange_call *call)
{
    return done(call, duo_client_setting_delete(call->client, call->words[1],
                                                &call->error));
}

static bool call_settings(struct exchange_call *call)
{
    enum duo_client_settings_op op =
        strcmp(call->words[1], "commit") == 0 ? DUO_CLIENT_SETTINGS_COMMIT
        : strcmp(call->words[1], "load") == 0 ? DUO_CLIENT_SETTINGS_LOAD
                                              : DUO_CLIENT_SETTINGS_SAVE;

    return done(call, duo_client_settings_do(call->client, op, &call->error));
}

static bool call_erase_storage(struct exchange_call *call)
{
    return done(call, duo_client_erase_storage(call->client, &call->error));
}

static bool call_fs_get(struct exchange_call *call)
{
    const struct duo_client_transfer transfer = {.name = call->words[1]};
    struct duo_tool_buffer content = {0};
    bool is_done =
        duo_client_file_get(call->client, &transfer, &content, &call->error);

    if (is_done) {
        exchange_tell(call, "%u bytes crc %u", (unsigned)content.len_bytes,
                      (unsigned)duo_crc32(0, duo_tool_buffer_view(&content)));
    }
    duo_tool_buffer_free(&content);
    return is_done;
}

static bool call_fs_put(struct exchange_call *call)
{
    const struct duo_client_transfer transfer = {.name = call->words[1]};
    const struct duo_bytes content = {(const uint8_t *)call->words[2],
                                      strlen(call->words[2])};

    return done(call, duo_client_file_put(call->client, &transfer, content,
                                          &call->error));
}

static bool call_fs_stat(struct exchange_call *call)
{
    uint32_t len_bytes = 0;
    bool is_done = duo_client_file_stat(call->client, call->words[1],
                                        &len_bytes, &call->error);

    if (is_done) {
        exchange_tell(call, "%u", (unsigned)len_bytes);
    }
    return is_done;
}

static bool call_fs_hash(struct exchange_call *call)
{
    struct duo_client_file_hash hash = {.len_bytes = 0};
    bool is_done;

    if (call->word_count > 2) {
        (void)strncpy(hash.type, call->words[2], sizeof(hash.type) - 1U);
    }
    is_done =
        duo_client_file_hash(call->client, call->words[1], &hash, &call->error);
    if (!is_done) {
        return false;
    }
    exchange_tell(call, "%s ", hash.type);
    if (hash.is_number) {
        exchange_tell(call, "%llu", (unsigned long long)hash.number);
    }
    for (size_t i = 0; i < hash.byte_count; i++) {
        exchange_tell(call, "%02x", hash.bytes[i]);
    }
    exchange_tell(call, " %u", (unsigned)hash.len_bytes);
    return true;
}

static bool call_shell(struct exchange_call *call)
{
    struct duo_client_shell shell = {.words = &call->words[1],
                                     .count = call->word_count - 1U};
    bool is_done = duo_client_shell(call->client, &shell, &call->error);

    if (is_done) {
        exchange_tell(call, "%lld ", (long long)shell.result);
    }
    for (size_t i = 0; is_done && i < shell.output.len_bytes; i++) {
        char c = (char)shell.output.data[i];
        exchange_tell(call, c == '\n' ? "\\n" : "%c", c);
    }
    duo_tool_buffer_free(&shell.output);
    return is_done;
}

static bool call_groups(struct exchange_call *call)
{
    struct duo_client_groups groups;
    bool is_done = duo_client_groups(call->client, &groups, &call->error);

    for (size_t i = 0; is_done && i < groups.count; i++) {
        exchange_tell(call, "%s%u %s", i == 0 ? "" : ", ",
                      (unsigned)groups.list[i].id, groups.list[i].name);
    }
    free(groups.list);
    return is_done;
}

const struct exchange_name exchange_data_calls[] = {
    {"stats",         call_stats        },
    {"stat",          call_stat         },
    {"setting",       call_setting      },
    {"set",           call_set          },
    {"unset",         call_unset        },
    {"settings",      call_settings     },
    {"erase-storage", call_erase_storage},
    {"fs-get",        call_fs_get       },
    {"fs-put",        call_fs_put       },
    {"fs-stat",       call_fs_stat      },
    {"fs-hash",       call_fs_hash      },
    {"shell",         call_shell        },
    {"groups",        call_groups       },
    {NULL,            NULL              },
};
