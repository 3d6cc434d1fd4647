/* SPDX-License-Identifier: MIT */
/* Prints an inspection for a person; see inspect.h. */
#include <stdio.h>
#include <string.h>

#include "inspect.h"

/* Values longer than this are cut; --json has them whole. */
#define VALUE_CHARS 32

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void print_header(const json_t *header)
{
    const json_t *flags = json_object_get(header, "flag_names");

    (void)printf("header\n");
    (void)printf("  magic          %s\n", text_of(header, "magic"));
    (void)printf("  version        %s\n", text_of(header, "version"));
    (void)printf("  header size    0x%llx\n",
                 number_of(header, "header_bytes"));
    (void)printf("  payload        %lld bytes\n",
                 number_of(header, "payload_bytes"));
    (void)printf("  protected TLVs %lld bytes\n",
                 number_of(header, "protected_tlv_bytes"));
    (void)printf("  load address   %s\n", text_of(header, "load_addr"));
    (void)printf("  flags          %s", text_of(header, "flags"));
    for (size_t i = 0; i < json_array_size(flags); i++) {
        (void)printf(" %s", json_string_value(json_array_get(flags, i)));
    }
    (void)printf("\n");
}

static void print_vectors(const json_t *vectors)
{
    (void)printf("vector table\n");
    (void)printf("  stack pointer  %s\n", text_of(vectors, "initial_sp_addr"));
    (void)printf("  reset          %s\n", text_of(vectors, "reset_addr"));
    (void)printf("  core           %s\n", text_of(vectors, "core"));
}

static void print_area(const json_t *area)
{
    const json_t *tlvs = json_object_get(area, "tlvs");

    (void)printf("%s TLVs at 0x%llx, %lld bytes\n",
                 json_is_true(json_object_get(area, "protected"))
                     ? "protected"
                     : "unprotected",
                 number_of(area, "off_bytes"), number_of(area, "len_bytes"));
    for (size_t i = 0; i < json_array_size(tlvs); i++) {
        const json_t *tlv = json_array_get(tlvs, i);
        const char *value = text_of(tlv, "value");
        const char *meaning = text_of(tlv, "meaning");
        (void)printf("  0x%06llx  0x%04llx %-12s %3lld bytes  %.*s%s",
                     number_of(tlv, "off_bytes"), number_of(tlv, "type"),
                     text_of(tlv, "name"), number_of(tlv, "len_bytes"),
                     VALUE_CHARS, value,
                     strlen(value) > VALUE_CHARS ? "..." : "");
        (void)printf(*meaning == '\0' ? "%s\n" : "  (%s)\n", meaning);
    }
}

static void print_end(const json_t *report)
{
    const json_t *digest = json_object_get(report, "digest");
    const json_t *trailer = json_object_get(report, "trailer");
    const json_t *defects = json_object_get(report, "defects");
    const json_t *verdict = json_object_get(report, "verdict");

    if (digest != NULL) {
        (void)printf("digest %s: %s\n", text_of(digest, "computed"),
                     json_is_true(json_object_get(digest, "matches"))
                         ? "matches"
                         : "DOES NOT MATCH");
    }
    if (trailer != NULL) {
        (void)printf("trailer at the end: installs %s\n",
                     json_is_true(json_object_get(trailer, "confirmed"))
                         ? "for good"
                         : "on trial");
    }
    for (size_t i = 0; i < json_array_size(defects); i++) {
        (void)printf("DEFECT: %s\n",
                     json_string_value(json_array_get(defects, i)));
    }
    if (json_is_object(verdict)) {
        (void)printf("verdict: %s\n",
                     json_is_true(json_object_get(verdict, "accepted"))
                         ? "accepted"
                         : text_of(verdict, "sentence"));
    }
}

void duo_inspect_print(const json_t *report)
{
    const json_t *areas = json_object_get(report, "areas");
    const json_t *header = json_object_get(report, "header");
    const json_t *vectors = json_object_get(report, "vectors");

    (void)printf("%s, %lld bytes\n", text_of(report, "file"),
                 number_of(report, "size_bytes"));
    if (header != NULL) {
        print_header(header);
    }
    if (vectors != NULL) {
        print_vectors(vectors);
    }
    for (size_t i = 0; i < json_array_size(areas); i++) {
        print_area(json_array_get(areas, i));
    }
    print_end(report);
}
