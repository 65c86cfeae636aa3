/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/visit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	TEXT_SIZE = 700,
	BOOT_MS = 5000,
	HINTS_OF_USER = 200, /* one for each mode, where there are many */
};

/* What each need is called. */
static const struct {
	int need;
	const char *action, *class_name;
} permissions[] = {
	{ NEEDS_GETVAR, "Getvar", "call" },
	{ NEEDS_MODULES, "ModuleCheck", "system" },
	{ NEEDS_CONFIG, "GetConfig", "system" },
	{ NEEDS_HINTS, "ExtensionStateList", "call" },
};

void visit_unknown(struct visit *v, enum finding_id id, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	findings_unknown(v->d->findings, id, v->pbx->name, text);
}

void visit_tell(struct visit *v, enum finding_id id, const char *thing, const char *help,
	const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	findings_add(v->d->findings, &(struct finding){ id, v->pbx->name, thing, text, help });
}

void visit_tell_once(struct visit *v, enum finding_id id, const char *help, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!v->told[id])
		visit_tell(v, id, NULL, help, "%s", text);
	v->told[id] = true;
}

void visit_fail(struct visit *v, const struct err *err)
{
	if (!v->failed)
		v->err = *err;
	v->failed = true;
}

/* Whether we may ask what needs this. What we may not is noted. */
static bool may_ask(struct visit *v, const struct inquiry *of)
{
	for (size_t i = 0; i < ARRAY_SIZE(permissions); i++) {
		if (!(of->needs & permissions[i].need & ~v->may))
			continue;
		for (int id = (int)of->finds; id <= (int)of->upto; id++)
			visit_unknown(v, (enum finding_id)id,
				"user '%s' of manager.conf may not use %s, which wants write = %s",
				v->pbx->username, permissions[i].action, permissions[i].class_name);
		return false;
	}
	return true;
}

void visit_ask(struct visit *v, const struct inquiry *of, size_t patient, const char *about,
	const char *fmt, ...)
{
	struct visit_question *q;
	va_list ap;

	if (!may_ask(v, of))
		return;
	if (v->head == v->n)
		v->head = v->n = 0;
	v->queue = mem_grow(v->queue, &v->cap, v->n + 1, sizeof(*v->queue));
	q = &v->queue[v->n++];
	*q = (struct visit_question){ .of = of, .patient = patient };
	snprintf(q->about, sizeof(q->about), "%s", about);
	va_start(ap, fmt);
	vsnprintf(q->value, sizeof(q->value), fmt, ap);
	va_end(ap);
}

static bool next(void *data, uint64_t *ret_tag, const char *fields[TALK_FIELDS])
{
	struct visit *v = data;
	const struct visit_question *q;

	while (!v->failed && v->head == v->n && !v->talk.under_way && v->next_step(v))
		v->step++;
	if (v->failed || v->head == v->n)
		return false;
	*ret_tag = v->asked++ % VISIT_SLOTS;
	q = &v->slots[*ret_tag];
	v->slots[*ret_tag] = v->queue[v->head++];
	fields[0] = "Action";
	fields[1] = q->of->action;
	fields[2] = q->of->header;
	fields[3] = q->value;
	fields[4] = q->of->second;
	fields[5] = q->about;
	fields[6] = NULL;
	return true;
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct visit *v = data;

	if (m && !v->failed)
		v->slots[tag].of->judge(v, &v->slots[tag], ok, m);
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct visit *v = data;

	if (!v->failed)
		v->slots[tag].of->judge(v, &v->slots[tag], true, m);
}

int visit_hold(struct visit *v, struct err *err)
{
	v->talk = (struct talk){ .next = next,
		.answer = on_answer,
		.item = on_item,
		.data = v,
		.expected = v->patients_n * HINTS_OF_USER,
		.boot_ms = BOOT_MS };
	if (talk_hold(v->d->ctl, v->pbx, &v->talk, err) < 0)
		return -1;
	if (!v->failed)
		return 0;
	*err = v->err;
	return -1;
}

void visit_done(struct visit *v)
{
	talk_done(&v->talk);
	free(v->patients);
	free(v->queues);
	free(v->queue);
}
