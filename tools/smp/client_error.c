/* SPDX-License-Identifier: MIT */
/* What the errors of SMP servers mean, as sentences. The numbers are those of
 * the groups as the reference server has them; ours, group 77, are reasons. */
#include <stdio.h>
#include <string.h>

#include "body.h"
#include "client.h"
#include "duo/reason.h"

/* A sentence at its number; 0 is never an error. */
static const char *const smp_sentences[] = {
    [DUO_SMP_RC_UNKNOWN] = "the device failed and does not say how",
    [DUO_SMP_RC_NO_MEMORY] = "the device has no memory free for this",
    [DUO_SMP_RC_INVALID] = "the device finds a value of the request invalid",
    [DUO_SMP_RC_TIMEOUT] = "the device ran out of time",
    [DUO_SMP_RC_NO_ENTRY] = "the device has no such entry",
    [DUO_SMP_RC_BAD_STATE] = "the device cannot do this in its present state",
    [DUO_SMP_RC_TOO_LARGE] =
        "the request, or its answer, is larger than the device's buffer",
    [DUO_SMP_RC_NOT_SUPPORTED] = "the device does not have this command",
    [DUO_SMP_RC_CORRUPT] = "the request came damaged to the device",
    [DUO_SMP_RC_BUSY] = "the device is busy; try again, or force it",
    [DUO_SMP_RC_ACCESS_DENIED] = "the device does not allow this",
    [DUO_SMP_RC_TOO_OLD] = "the device wants a newer version of the protocol",
    [DUO_SMP_RC_TOO_NEW] = "the device wants an older version of the protocol",
};

static const char *const os_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "there is no such letter of system information",
    [3] = "the question has no answer on this device",
    [4] = "the clock of the device was never set",
    [5] = "the clock of the device cannot be set or read",
    [6] = "the device cannot tell that",
    [7] = "the device cannot tell its memory use",
};

static const char *const image_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "the device does not find its flash",
    [3] = "there is no image in this slot",
    [4] = "the image has no trailer of fields (TLV): it is not signed or cut",
    [5] = "a field (TLV) behind the image is malformed",
    [6] = "the image has more than one digest",
    [7] = "the fields (TLV) behind the image have a wrong length",
    [8] = "no slot holds an image with this digest",
    [9] = "no slot is free: the one in question is pending, on trial or runs",
    [10] = "the flash cannot be opened",
    [11] = "the flash cannot be read",
    [12] = "the flash cannot be written",
    [13] = "the flash cannot be erased",
    [14] = "there is no such slot",
    [15] = "the device has no memory free for this",
    [16] = "the flash is in use for another upload already",
    [17] = "the flash is not in use for an upload",
    [18] = "the flash device is missing",
    [19] = "the place in the flash is not valid",
    [20] = "the upload does not say where its data belong",
    [21] = "the upload does not say how long the image is",
    [22] = "the first part is shorter than an image's header",
    [23] = "this is no image: it does not begin as one",
    [24] = "the digest in the request is missing or has a wrong length",
    [25] = "the image is linked for another address than its slot's",
    [26] = "the device cannot read which version it runs",
    [27] = "the device runs a version that is not older",
    [28] = "another image waits to be installed already: reset first",
    [29] = "the image's vector table points to nowhere",
    [30] = "the image is too large for its slot",
    [31] = "there came more data than the upload was to have",
    [32] = "the device does not let this image be confirmed",
    [33] = "the image runs already: it cannot be put on trial",
    [34] = "the device cannot tell which slot it runs from",
};

static const char *const stat_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "there is no such group of statistics",
    [3] = "there is no such statistic",
    [4] = "a statistic has a size that the device cannot tell",
    [5] = "the device broke off its list of statistics",
};

static const char *const settings_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "the name of the setting is too long",
    [3] = "there is no such setting",
    [4] = "this setting cannot be read",
    [5] = "there is no setting under this root",
    [6] = "this setting cannot be written",
    [7] = "this setting cannot be deleted",
    [8] = "the device cannot save its settings",
};

static const char *const fs_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "the file's name is not valid",
    [3] = "there is no such file",
    [4] = "this is a directory",
    [5] = "the file cannot be opened",
    [6] = "the place in the file cannot be reached",
    [7] = "the file cannot be read",
    [8] = "the file cannot be cut",
    [9] = "the file cannot be deleted",
    [10] = "the file cannot be written: perhaps there is no room for it",
    [11] = "the data do not continue the file",
    [12] = "this place lies behind the end of the file",
    [13] = "the device does not know this kind of digest",
    [14] = "there is no such file system",
    [15] = "the file system is read-only",
    [16] = "the file is empty",
    [17] = "the file cannot be closed",
};

static const char *const shell_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "the command is too long",
    [3] = "there is no command",
};

static const char *const enum_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "there are more groups than the device can tell",
    [3] = "the device has no memory free for this",
    [4] = "there are fewer groups than that",
};

static const char *const basic_sentences[] = {
    [1] = "the device failed and does not say how",
    [2] = "the storage cannot be opened",
    [3] = "the device does not find its storage",
    [4] = "the storage cannot be erased",
};

struct group {
    uint32_t id;
    const char *name;
    const char *const *sentences;
    size_t count;
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define GROUP(number, text, table)                            \
    {                                                         \
        .id = (number), .name = (text), .sentences = (table), \
        .count = COUNT(table)                                 \
    }
#define NAME(number, text)             \
    {                                  \
        .id = (number), .name = (text) \
    }

static const struct group groups[] = {
    GROUP(DUO_SMP_GROUP_OS, "OS", os_sentences),
    GROUP(DUO_SMP_GROUP_IMAGE, "image", image_sentences),
    GROUP(DUO_SMP_GROUP_STAT, "statistics", stat_sentences),
    GROUP(DUO_SMP_GROUP_SETTINGS, "settings", settings_sentences),
    NAME(4, "log"),
    NAME(5, "crash"),
    NAME(6, "split"),
    NAME(7, "run"),
    GROUP(DUO_SMP_GROUP_FS, "file system", fs_sentences),
    GROUP(DUO_SMP_GROUP_SHELL, "shell", shell_sentences),
    GROUP(DUO_SMP_GROUP_ENUM, "enumeration", enum_sentences),
    NAME(11, "transport"),
    GROUP(DUO_SMP_GROUP_BASIC, "basic", basic_sentences),
    NAME(66, "SUIT"),
    NAME(DUO_SMP_GROUP_DUOBOOT, "duoboot"),
};

static const struct group *find_group(uint32_t id)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (groups[i].id == id) {
            return &groups[i];
        }
    }
    return NULL;
}

const char *duo_client_group_name(uint32_t group)
{
    const struct group *found = find_group(group);

    return found == NULL ? NULL : found->name;
}

void duo_client_each_error(void (*tell)(void *ctx,
                                        const struct duo_client_failure *error,
                                        const char *sentence),
                           void *ctx)
{
    struct duo_client_failure failure = {.kind = DUO_CLIENT_REFUSED_SMP};

    for (size_t i = 1; i < COUNT(smp_sentences); i++) {
        failure.error = (uint32_t)i;
        tell(ctx, &failure, smp_sentences[i]);
    }
    failure.kind = DUO_CLIENT_REFUSED_GROUP;
    for (size_t i = 0; i < COUNT(groups); i++) {
        failure.group = groups[i].id;
        failure.error = 0;
        if (groups[i].count == 0) {
            tell(ctx, &failure, "");
        }
        for (size_t j = 1; j < groups[i].count; j++) {
            failure.error = (uint32_t)j;
            tell(ctx, &failure, groups[i].sentences[j]);
        }
    }
}

const char *duo_client_sentence(const struct duo_client_failure *failure)
{
    const struct group *group = find_group(failure->group);

    if (failure->kind == DUO_CLIENT_REFUSED_SMP) {
        return failure->error < sizeof(smp_sentences) / sizeof(smp_sentences[0])
                   ? smp_sentences[failure->error]
                   : NULL;
    }
    if (failure->group == DUO_SMP_GROUP_DUOBOOT) {
        return duo_reason_is_known(failure->error)
                   ? duo_reason_text((enum duo_reason)failure->error)->sentence
                   : NULL;
    }
    return group != NULL && failure->error < group->count
               ? group->sentences[failure->error]
               : NULL;
}

/* "group 1 image, error 8" */
static void describe_number(const struct duo_client_failure *failure,
                            char *text, size_t room_bytes)
{
    const char *name = duo_client_group_name(failure->group);
    const char *kind = failure->kind == DUO_CLIENT_REFUSED_SMP ? "rc" : "error";

    (void)snprintf(text, room_bytes, "group %u%s%s, %s %u",
                   (unsigned)failure->group, name == NULL ? "" : " ",
                   name == NULL ? "" : name, kind, (unsigned)failure->error);
}

void duo_client_describe(const struct duo_client_failure *failure, char *text,
                         size_t room_bytes)
{
    const char *sentence = duo_client_sentence(failure);
    char number[DUO_CLIENT_NAME_BYTES];
    size_t chars;

    describe_number(failure, number, sizeof(number));
    if (sentence == NULL) {
        (void)snprintf(text, room_bytes,
                       "the device refuses: %s, not known to this program",
                       number);
        return;
    }
    /* Sentences of reasons end in a full stop; the number follows. */
    chars = strlen(sentence);
    if (chars > 0 && sentence[chars - 1U] == '.') {
        chars--;
    }
    (void)snprintf(text, room_bytes, "%.*s (%s)", (int)chars, sentence, number);
}

static bool is_group_error(const cbor_item_t *body,
                           struct duo_client_failure *failure)
{
    const cbor_item_t *err = duo_body_find(body, "err");

    failure->kind = DUO_CLIENT_REFUSED_GROUP;
    return duo_body_u32(err, "group", &failure->group) &&
           duo_body_u32(err, "rc", &failure->error) && failure->error != 0;
}

static bool is_smp_error(const cbor_item_t *body, uint16_t group,
                         struct duo_client_failure *failure)
{
    int64_t rc = 0;

    failure->kind = DUO_CLIENT_REFUSED_SMP;
    failure->group = group;
    if (!duo_body_int(body, "rc", &rc) || rc == 0) {
        return false;
    }
    /* The protocol has no negative ones; a server's errno may be. */
    failure->error = rc > 0 && rc <= UINT32_MAX ? (uint32_t)rc
                                                : (uint32_t)DUO_SMP_RC_UNKNOWN;
    return true;
}

bool duo_client_is_refusal(struct duo_client *client,
                           const struct duo_client_answer *answer,
                           struct duo_tool_error *error)
{
    struct duo_client_failure failure = {0};
    char why[DUO_CLIENT_TEXT_BYTES];
    char rsn[DUO_CLIENT_TEXT_BYTES];
    bool has_rsn;

    /* Legacy shell answers have the command's own result as rc. */
    if (!is_group_error(answer->body, &failure) &&
        (duo_body_find(answer->body, "o") != NULL ||
         !is_smp_error(answer->body, answer->header.group, &failure))) {
        client->failure.kind = DUO_CLIENT_FINE;
        return false;
    }
    client->failure = failure;
    duo_client_describe(&failure, why, sizeof(why));
    has_rsn = duo_body_text(answer->body, "rsn", rsn, sizeof(rsn));
    (void)duo_tool_fail(error, DUO_EXIT_REFUSED, "%s%s%s", why,
                        has_rsn ? ": " : "", has_rsn ? rsn : "");
    return true;
}
