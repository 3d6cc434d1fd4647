/* SPDX-License-Identifier: MIT */
/* The mailbox as words: where each stands, who writes it, and how a record is
 * stored and taken. Shared by both ends and nobody else. Bytes as in
 * docs/FORMAT.md, section "Mailbox".
 *
 * Ownership. The client area has one writer, the application core; the server
 * area has one writer, the network core. (While the network core is held in
 * force-off it cannot write, and the application core clears everything.)
 * A page buffer passes from hand to hand: it is the application core's until
 * the request with its number is published, the network core's until the
 * response is published, and then the application core's again.
 *
 * Order. Payload, then record, then the published number, with a barrier
 * before the last; a reader takes them in the opposite order. So a number
 * that was seen means that its record and payload can be seen. */
#ifndef DUO_MAILBOX_WIRE_H
#define DUO_MAILBOX_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "duo/mailbox.h"

#define DUO_WIRE_VERSION          1U
#define DUO_WIRE_RING             3U /* Requests that may be under way at once. */
#define DUO_WIRE_RECORD_WORDS_MAX 40U

/* Client area: words 0 to 127; one writer, the application core. */
#define DUO_WIRE_SESSION_WORD   0U  /* Session request, 5 words. */
#define DUO_WIRE_REQUESTED_WORD 8U  /* Number of the newest request. */
#define DUO_WIRE_REQUEST_WORD   16U /* Ring of records, 16 words apart. */

/* Server area: words 128 to 511; one writer, the network core. */
#define DUO_WIRE_ANSWERED_WORD 128U /* Number of the newest response. */
#define DUO_WIRE_ALIVE_WORD    136U /* Session taken, 6 words. */
#define DUO_WIRE_RESPONSE_WORD 144U /* Ring of records, 16 words apart. */
#define DUO_WIRE_REPORT_WORD   192U /* The final report, 40 words. */

/* Page buffers: words 512 to 2047; the writer changes, see above. */
#define DUO_WIRE_PAGE_WORD 512U

#define DUO_WIRE_STRIDE_WORDS 16U
#define DUO_WIRE_PAGE_WORDS   (DUO_MAILBOX_PAGE_BYTES / 4U)

_Static_assert(DUO_WIRE_PAGE_WORD + DUO_WIRE_RING * DUO_WIRE_PAGE_WORDS ==
                   DUO_MAILBOX_BYTES / 4U,
               "the page buffers end where the mailbox ends");
_Static_assert(DUO_WIRE_REPORT_WORD + DUO_WIRE_RECORD_WORDS_MAX <=
                   DUO_WIRE_PAGE_WORD,
               "the server area ends before the page buffers");
_Static_assert(DUO_WIRE_RESPONSE_WORD + DUO_WIRE_RING * DUO_WIRE_STRIDE_WORDS <=
                   DUO_WIRE_REPORT_WORD,
               "the response ring ends before the report");

/* Every record begins with these words and ends with the CRC-32 of all its
 * other bytes. */
enum {
    DUO_WIRE_MAGIC,   /* Which record; a magic below. */
    DUO_WIRE_FORMAT,  /* Version, 16 bits; length in bytes, 16 bits. */
    DUO_WIRE_SESSION, /* The number that the application core chose. */
    DUO_WIRE_BODY,    /* First word of the record's own content. */
};

/* Session request: body word 0 is the kind. */
#define DUO_WIRE_SESSION_MAGIC 0x53425544U /* "DUBS" */
#define DUO_WIRE_SESSION_WORDS 5U
enum duo_wire_kind {
    DUO_WIRE_KIND_UPDATE = 1, /* Serve the mailbox. */
    DUO_WIRE_KIND_REPORT = 2, /* Boot as usual and report. */
};

/* Alive: the session request was taken and is void from now on. Body: words
 * 0 and 1 are netboot's version. */
#define DUO_WIRE_ALIVE_MAGIC 0x41425544U /* "DUBA" */
#define DUO_WIRE_ALIVE_WORDS 6U

/* Request. */
#define DUO_WIRE_REQUEST_MAGIC 0x51425544U /* "DUBQ" */
#define DUO_WIRE_REQUEST_WORDS 9U
enum {
    DUO_WIRE_REQUEST_SEQ = DUO_WIRE_BODY,
    DUO_WIRE_REQUEST_COMMAND,
    DUO_WIRE_REQUEST_OFF,     /* Bytes from the start of the slot. */
    DUO_WIRE_REQUEST_LEN,     /* Bytes. */
    DUO_WIRE_REQUEST_PAYLOAD, /* CRC-32 of a write's data; 0 without. */
};

/* Response. */
#define DUO_WIRE_RESPONSE_MAGIC 0x52425544U /* "DUBR" */
#define DUO_WIRE_RESPONSE_WORDS 9U
enum {
    DUO_WIRE_RESPONSE_SEQ = DUO_WIRE_BODY, /* Its request's number, */
    DUO_WIRE_RESPONSE_COMMAND,             /* and command. */
    DUO_WIRE_RESPONSE_STATUS,
    DUO_WIRE_RESPONSE_LEN,     /* Bytes of payload in the page buffer. */
    DUO_WIRE_RESPONSE_PAYLOAD, /* CRC-32 of the payload; 0 without. */
};

/* Final report: body word 0 is the state, then the 35 words of a report. */
#define DUO_WIRE_REPORT_MAGIC   0x46425544U /* "DUBF" */
#define DUO_WIRE_REPORT_WORDS   40U
#define DUO_WIRE_REPORT_STARTED 1U /* The image of the report runs. */
#define DUO_WIRE_REPORT_HALTED  2U /* Nothing runs; the report says why. */

_Static_assert(DUO_WIRE_REPORT_WORDS <= DUO_WIRE_RECORD_WORDS_MAX,
               "the report is the longest record");
_Static_assert(DUO_WIRE_REPORT_WORDS ==
                   DUO_WIRE_BODY + 1U + DUO_MAILBOX_REPORT_BYTES / 4U + 1U,
               "the report record holds a whole report");

/* Commands. */
enum duo_wire_command {
    DUO_WIRE_INFO = 1,
    DUO_WIRE_READ = 2,
    DUO_WIRE_ERASE = 3,
    DUO_WIRE_WRITE = 4,
    DUO_WIRE_DIGEST = 5,
    DUO_WIRE_VERIFY = 6,
    DUO_WIRE_START = 7,
    DUO_WIRE_CLOSE = 8,
};
#define DUO_WIRE_COMMAND_LAST 8U

#define DUO_WIRE_INFO_BYTES 32U

/* What info answers. */
struct duo_wire_info {
    uint32_t protocol_version;
    struct duo_version netboot_version;
    struct duo_flash_geometry geometry; /* Of the slot. */
};

/** Order of memory between the cores: what was accessed before is visible
 * before what is accessed after. On the device this is one DMB. */
static inline void duo_mailbox_barrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/** Index in the rings of records and page buffers. A session counts its
 * requests from 1 and ends long before the number wraps. */
static inline uint32_t duo_wire_ring_index(uint32_t seq)
{
    return seq % DUO_WIRE_RING;
}

/** Complete a record (first two words and CRC) and store it at @p word.
 * @p record has @p count_words, at most DUO_WIRE_RECORD_WORDS_MAX, and holds
 * the session and the body; its magic is in its first word. */
void duo_wire_store_record(volatile uint32_t *mem, uint32_t word,
                           uint32_t *record, uint32_t count_words);

/** Take the record at @p word to @p record and check it there: magic (the
 * first word on entry), version, length, CRC. @p record is all zero unless
 * it is sound. */
bool duo_wire_take_record(const volatile uint32_t *mem, uint32_t word,
                          uint32_t *record, uint32_t count_words);

/** Store bytes in the page buffer of @p seq; the last word is filled up with
 * zeros. At most DUO_MAILBOX_PAGE_BYTES. */
void duo_wire_store_page(volatile uint32_t *mem, uint32_t seq,
                         struct duo_bytes bytes);

/** Take the first bytes of the page buffer of @p seq. Nothing is checked. */
void duo_wire_take_page(const volatile uint32_t *mem, uint32_t seq,
                        uint8_t *dst, uint32_t len_bytes);

/** Status number of @p err on the wire. */
uint32_t duo_wire_status(enum duo_err err);

/** The error of a status number; false if there is none of that number. */
bool duo_wire_status_parse(uint32_t status, enum duo_err *err);

void duo_wire_format_report(const struct duo_mailbox_report *report,
                            uint8_t bytes[DUO_MAILBOX_REPORT_BYTES]);

/** Parse and check; all zero and false unless every field is possible. */
bool duo_wire_parse_report(const uint8_t bytes[DUO_MAILBOX_REPORT_BYTES],
                           struct duo_mailbox_report *report);

void duo_wire_format_info(const struct duo_wire_info *info,
                          uint8_t bytes[DUO_WIRE_INFO_BYTES]);
bool duo_wire_parse_info(const uint8_t bytes[DUO_WIRE_INFO_BYTES],
                         struct duo_wire_info *info);

#endif
