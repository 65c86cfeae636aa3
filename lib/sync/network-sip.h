/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network-sip.h - the transport of the programs to a presence server: UDP (datagram), TCP or TLS (conn). Over UDP, read and write
 * carry one message each. */
#ifndef NETWORK_SIP_H
#define NETWORK_SIP_H

#include "lib/binding/conf.h"
#include "lib/sync/transport.h"

/* As network_new(). `conf` is lent for the life of the transport. */
struct transport *network_sip_new(const struct conf_publish *conf);

#endif
