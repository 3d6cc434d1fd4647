/* SPDX-License-Identifier: MIT */
/* For tests: packets as known clients send them, as hex; and a few that are
 * legal but that nobody was seen to send. */
#ifndef DUO_SMP_KNOWN_REQUESTS_H
#define DUO_SMP_KNOWN_REQUESTS_H

static const char *const known_requests[] = {
    /* mcumgr: version 1. */
    "020000090000be00a161646568656c6c6f",
    "0000000100008902a0",
    "0000000100009303a0",
    "0000000100000504a0",
    ("0200002500002b04a1686461746574696d657819323032362d30312d30325430333a3034"
     "3a30352b30303a3030"),
    "0000000100022001a0",
    "0000001400027f00a1646e616d656d736d705f7376725f7374617473",
    "0200000100005505a0",
    /* smpmgr */
    "0800000100000006a0",
    "0a00000600000100a16164626869",
    "0800000100020101a0",
    /* vouch */
    "0800000a00000007a166666f726d61746161",
    "0800000100000008a0",
    "0a00000000000005",
    /* mcumgrctl */
    "0800000a00009907a166666f726d61746173",
    "0800000c00006008a1657175657279646d6f6465",
    /* AuTerm */
    "08000001000a0000a0",
    "08000008000a0002a165696e64657802",
    "08000001000a0003a0",
    "0a00001300000005a265666f726365f569626f6f745f6d6f646501",
    /* Device Manager */
    "000000010000ff06a0",
    /* Chunked strings, an open map, wide numbers, tags, unknown keys. */
    "0a00001500000100bf7f616160ff0161647f6268696568656c6c6fffff",
    "08000012000a0002a1d81865696e6465781b0000000000000002",
    "08000014000a0003a26667726f7570739f02c10aff61789ff4f6a0ff",
    /* Two in one packet. */
    "0800000100000006a00800000100000008a0",
};

#define KNOWN_REQUESTS (sizeof(known_requests) / sizeof(known_requests[0]))

#endif
