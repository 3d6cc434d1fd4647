/* SPDX-License-Identifier: MIT */
/* A serial port of the host, opened for us alone. */
#ifndef DUO_SMP_CLIENT_PORT_H
#define DUO_SMP_CLIENT_PORT_H

#include "file.h"
#include "link.h"

struct duo_serial_port {
    char *path;
    uint32_t baud;
    int fd; /* -1: not open. */
};

/** Is @p baud a speed that ports have? Else USAGE, with the list. */
bool duo_serial_port_check_baud(uint32_t baud, struct duo_tool_error *error);

bool duo_serial_port_open(struct duo_serial_port *port,
                          struct duo_tool_error *error);
void duo_serial_port_close(struct duo_serial_port *port);

/** Write all of it; waits while the port's queue is full, for 10 s at most.
 * @p is_gone: the port was unplugged. */
bool duo_serial_port_write(struct duo_serial_port *port, struct duo_bytes bytes,
                           bool *is_gone, struct duo_tool_error *error);

/** Read what is there, waiting up to @p wait_us for the first byte. PACKET: at
 * least one byte. */
enum duo_link_result duo_serial_port_read(struct duo_serial_port *port,
                                          uint64_t wait_us,
                                          struct duo_tool_buffer *in,
                                          struct duo_tool_error *error);

#endif
