/* SPDX-License-Identifier: MIT */
/* The files of recorded exchanges; see exchange.h. */
#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCHANGES_MAX 1000U

static void die(const struct exchanges *exchanges, unsigned line,
                const char *what)
{
    (void)fprintf(stderr, "%s:%u: %s\n", exchanges->path, line, what);
    exit(2);
}

static int digit(char hex)
{
    const char *at = strchr("0123456789abcdef", hex);

    return at == NULL || hex == '\0' ? -1 : (int)(at - "0123456789abcdef");
}

static bool from_hex(const char *hex, struct duo_tool_buffer *out)
{
    for (; hex[0] != '\0'; hex += 2) {
        if (digit(hex[0]) < 0 || digit(hex[1]) < 0) {
            return false;
        }
        duo_tool_buffer_fill(out, (uint8_t)(digit(hex[0]) << 4 | digit(hex[1])),
                             1);
    }
    return true;
}

static struct exchange *add(struct exchanges *exchanges,
                            enum exchange_step step, const char *argument)
{
    struct exchange *exchange = &exchanges->list[exchanges->count];

    if (exchanges->count == EXCHANGES_MAX) {
        die(exchanges, 0, "too many");
    }
    exchanges->count++;
    exchange->step = step;
    exchange->argument = argument;
    return exchange;
}

/* A line of an exchange. False: not known, or more than there may be. */
static bool take_field(struct exchange *exchange, const char *key,
                       const char *value)
{
    if (strcmp(key, "request") == 0) {
        return from_hex(value, &exchange->request);
    }
    if (strcmp(key, "answer") == 0) {
        return exchange->answer_count < EXCHANGE_ANSWERS_MAX &&
               from_hex(value, &exchange->answers[exchange->answer_count++]);
    }
    if (strcmp(key, "any") == 0) {
        bool fits = exchange->any_count < EXCHANGE_ANY_MAX;
        if (fits) {
            exchange->any[exchange->any_count++] = value;
        }
        return fits;
    }
    if (strcmp(key, "call") == 0) {
        exchange->call = value;
    } else if (strcmp(key, "told") == 0) {
        exchange->told = value;
    } else if (strcmp(key, "then") == 0) {
        exchange->then = true;
    } else {
        return strcmp(key, "by") == 0 || strcmp(key, "note") == 0;
    }
    return true;
}

static bool take_line(struct exchanges *exchanges, char *line, unsigned number)
{
    static const char *const steps[] = {"device", "power", "wait", "exchange"};
    char *value = strchr(line, ' ');

    if (value != NULL) {
        *value++ = '\0';
    } else {
        value = line + strlen(line);
    }
    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(line, steps[i]) == 0) {
            add(exchanges, (enum exchange_step)i, value)->line = number;
            return true;
        }
    }
    return exchanges->count != 0 &&
           take_field(&exchanges->list[exchanges->count - 1U], line, value);
}

static char *load_text(const char *path)
{
    struct duo_tool_buffer text = {0};
    struct duo_tool_error error;

    if (!duo_tool_file_read(path, &text, &error)) {
        exit(duo_tool_report(&error));
    }
    duo_tool_buffer_fill(&text, 0, 1);
    return (char *)text.data;
}

void exchanges_load(struct exchanges *exchanges, const char *path)
{
    char *rest = NULL;
    unsigned number = 0;

    *exchanges = (struct exchanges){.path = path, .text = load_text(path)};
    exchanges->list = calloc(EXCHANGES_MAX, sizeof(*exchanges->list));
    rest = exchanges->text;
    while (exchanges->list != NULL && *rest != '\0') {
        char *line = rest;
        char *end = strchr(rest, '\n');

        rest = end == NULL ? rest + strlen(rest) : end + 1;
        if (end != NULL) {
            *end = '\0';
        }
        number++;
        if (line[0] != '\0' && line[0] != '#' &&
            !take_line(exchanges, line, number)) {
            die(exchanges, number, "malformed");
        }
    }
    if (exchanges->count == 0) {
        die(exchanges, number, "nothing in it");
    }
}

void exchanges_free(struct exchanges *exchanges)
{
    for (size_t i = 0; i < exchanges->count; i++) {
        duo_tool_buffer_free(&exchanges->list[i].request);
        for (size_t j = 0; j < EXCHANGE_ANSWERS_MAX; j++) {
            duo_tool_buffer_free(&exchanges->list[i].answers[j]);
        }
    }
    free(exchanges->list);
    free(exchanges->text);
}

void exchange_dir(const char *path, char dir[512])
{
    const char *slash = strrchr(path, '/');

    (void)snprintf(dir, 512, "%.*s", slash == NULL ? 1 : (int)(slash - path),
                   slash == NULL ? "." : path);
}

void exchange_image(const char *dir, const char *name,
                    struct duo_tool_buffer *image)
{
    char path[600];
    char begin[64];
    char *text;
    char *at;

    (void)snprintf(path, sizeof(path), "%s/images.txt", dir);
    (void)snprintf(begin, sizeof(begin), "image %s ", name);
    text = load_text(path);
    at = strstr(text, begin);
    if (at == NULL) {
        (void)fprintf(stderr, "%s: no %s\n", path, begin);
        exit(2);
    }
    at += strlen(begin);
    at[strcspn(at, "\n")] = '\0';
    if (!from_hex(at, image)) {
        (void)fprintf(stderr, "%s: %s is malformed\n", path, begin);
        exit(2);
    }
    free(text);
}
