/* SPDX-License-Identifier: MIT */
/* The calls of our client that the exchanges name, and what they make of the
 * answers, as text. */
#ifndef DUO_TEST_EXCHANGE_CALLS_H
#define DUO_TEST_EXCHANGE_CALLS_H

#include "client.h"

#define EXCHANGE_WORDS_MAX 6U
#define EXCHANGE_TOLD_MAX  2048U

struct exchange_call {
    struct duo_client *client;
    const char *dir; /* Of images.txt. */
    const char *words[EXCHANGE_WORDS_MAX];
    size_t word_count;
    char told[EXCHANGE_TOLD_MAX]; /* Out. */
    size_t told_chars;
    struct duo_tool_error error;
};

/** Make the call that words[0] names. False: there is no such. */
bool exchange_call(struct exchange_call *call);

__attribute__((format(printf, 2, 3))) void
exchange_tell(struct exchange_call *call, const char *format, ...);

/* By the groups: a call each; false: it failed. */
typedef bool (*exchange_caller)(struct exchange_call *call);
struct exchange_name {
    const char *name;
    exchange_caller caller;
};
extern const struct exchange_name exchange_os_calls[];
extern const struct exchange_name exchange_image_calls[];
extern const struct exchange_name exchange_data_calls[];
extern const struct exchange_name exchange_duoboot_calls[];

#endif
