/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network.h - the transport of the programs: the address and the secret that presence.conf has for a PBX, and a connection (conn). */
#ifndef NETWORK_H
#define NETWORK_H

#include "lib/binding/conf.h"
#include "lib/sync/transport.h"

/* Both are lent for the life of the transport, which is the caller's: its `free`. The secret is read each time that it is opened,
 * ERR_CONF if it cannot be had. */
struct transport *network_new(const struct conf *conf, const struct conf_pbx *pbx);

#endif
