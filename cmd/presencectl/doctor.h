/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor.h - the two halves of `doctor`: what can be looked at here, and what a PBX is asked. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/findings.h"

/* Everything is lent. */
struct doctor {
	struct ctl *ctl;
	struct findings *findings;
	const struct ids *who;      /* the users to look at */
	bool users_only;            /* and at nothing else */
	const struct conf_pbx *pbx; /* the PBXs to look at */
	size_t pbx_n;
	const char *asterisk; /* folder of the configuration of an Asterisk on this machine */
};

/* -1 if the database cannot be read. */
int doctor_look(struct doctor *d, struct err *err) MUST_CHECK;
/* Ask all these PBXs, one after the other. It changes nothing there. One that cannot be asked is a finding. */
int doctor_ask(struct doctor *d, struct err *err) MUST_CHECK;

#endif
