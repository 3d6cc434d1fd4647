/* SPDX-License-Identifier: MIT */
/* A firmware of one page for the application core, for tests of `duoboot board
 * run`. It prints "ready" on UARTE0, switches LED1 on, and obeys letters:
 *   h  prints "hi"
 *   e  erases the page at 0x80000, writes four words there, prints "done"
 *   b  prints "up" or "down": what button 1 is
 *   u  reads a register that no peripheral has
 *   r  resets the chip
 *   w  sleeps for ever
 * Everything is polled. Addresses are those of the secure peripherals. */
        .syntax unified
        .thumb
        .equ    UARTE, 0x50008000
        .equ    NVMC, 0x50039000
        .equ    P0, 0x50842500
        .equ    RAM, 0x20000000
        .equ    PAGE, 0x00080000
        .equ    AIRCR, 0xE000ED0C

        .text
vectors:
        .word   0x20010000
        .word   reset

        .thumb_func
        .global reset
        .type   reset, %function
reset:
        ldr     r4, =UARTE
        ldr     r5, =P0
        ldr     r6, =RAM
        mov     r0, #20                 /* TXD, RXD: P0.20, P0.22. */
        str     r0, [r4, #0x50C]
        mov     r0, #22
        str     r0, [r4, #0x514]
        ldr     r0, =0x01D60000         /* 115200 baud. */
        str     r0, [r4, #0x524]
        mov     r0, #8
        str     r0, [r4, #0x500]
        mov     r0, #1
        lsl     r0, r0, #28             /* LED1: P0.28, on when low. */
        str     r0, [r5, #0x00C]
        str     r0, [r5, #0x018]
        mov     r0, #0x0C               /* Button 1: P0.23, input, pull-up. */
        str     r0, [r5, #0x25C]
        adr     r0, text_ready
        bl      print
        .global loop
        .type   loop, %function
loop:
        bl      read
        cmp     r0, #'h'
        beq     do_hi
        cmp     r0, #'e'
        beq     do_erase
        cmp     r0, #'b'
        beq     do_button
        cmp     r0, #'u'
        beq     do_unknown
        cmp     r0, #'r'
        beq     do_reset
        cmp     r0, #'w'
        bne     loop
sleep:
        wfi
        b       sleep

do_hi:
        adr     r0, text_hi
        b       say
do_button:
        adr     r0, text_up
        ldr     r1, [r5, #0x010]
        lsls    r1, r1, #8              /* Bit 23 becomes the sign. */
        bmi     say
        adr     r0, text_down
say:
        bl      print
        b       loop

do_erase:
        ldr     r1, =NVMC
        ldr     r2, =PAGE
        mov     r0, #2
        bl      nvmc_mode
        mov     r0, #-1
        str     r0, [r2]
        bl      nvmc_wait
        mov     r0, #1
        bl      nvmc_mode
        ldr     r0, =0x44332211
        mov     r3, #4
1:      str     r0, [r2], #4
        bl      nvmc_wait
        subs    r3, r3, #1
        bne     1b
        mov     r0, #0
        bl      nvmc_mode
        adr     r0, text_done
        b       say

do_unknown:
        ldr     r0, =0x50001000
        ldr     r0, [r0]
        b       loop

do_reset:
        ldr     r0, =AIRCR
        ldr     r1, =0x05FA0004
        str     r1, [r0]
        b       .

/* r0: mode, r1: NVMC. */
nvmc_mode:
        str     r0, [r1, #0x504]
nvmc_wait:
        ldr     r0, [r1, #0x400]
        cmp     r0, #0
        beq     nvmc_wait
        ldr     r0, =0x44332211
        bx      lr

/* r0: text that ends with 0. DMA reads RAM only, so it is copied. */
        .global print
        .type   print, %function
print:
        mov     r1, r6
1:      ldrb    r2, [r0], #1
        cbz     r2, 2f
        strb    r2, [r1], #1
        b       1b
2:      subs    r1, r1, r6
        str     r6, [r4, #0x544]
        str     r1, [r4, #0x548]
        mov     r0, #0
        str     r0, [r4, #0x120]        /* ENDTX */
        mov     r0, #1
        str     r0, [r4, #0x008]        /* STARTTX */
3:      ldr     r0, [r4, #0x120]
        cmp     r0, #0
        beq     3b
        bx      lr

/* One byte into r0. */
read:
        add     r1, r6, #0x100
        str     r1, [r4, #0x534]
        mov     r0, #1
        str     r0, [r4, #0x538]
        mov     r2, #0
        str     r2, [r4, #0x110]        /* ENDRX */
        str     r0, [r4, #0x000]        /* STARTRX */
1:      ldr     r0, [r4, #0x110]
        cmp     r0, #0
        beq     1b
        ldrb    r0, [r1]
        bx      lr

        .ltorg
        .balign 4
text_ready:
        .asciz  "ready\r\n"
        .balign 4
text_hi:
        .asciz  "hi\r\n"
        .balign 4
text_up:
        .asciz  "up\r\n"
        .balign 4
text_down:
        .asciz  "down\r\n"
        .balign 4
text_done:
        .asciz  "done\r\n"
