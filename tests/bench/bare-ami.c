/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bare client that ours is measured against: log in, write the same actions pipelined with a window, count
 * the answers. No checks, no database. bare-ami PORT SECRET USERS MODE [WINDOW [MEMBERS]] prints milliseconds. With MEMBERS it sends
 * all of one user before the next, and then pauses so many members of queue support, or ends their pause.
 * Or read what presenced is sent, and no more: bare-ami PORT SECRET listen SECONDS prints how many events came, and the milliseconds
 * of CPU that it took. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Answers end with an empty line. */
static int count_answers(const char *bytes, ssize_t n, unsigned *state)
{
	int found = 0;

	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			found += *state == 1;
			*state = 1;
		} else if (bytes[i] != '\r') {
			*state = 0;
		}
	}
	return found;
}

static double cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int listen_to_events(int fd, const char *secret, int seconds)
{
	static char in[65536];
	unsigned state = 0;
	int events = 0, left;
	double end = now_ms() + seconds * 1000.0, began;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	dprintf(fd,
		"Action: Login\r\nUsername: presence\r\nSecret: %s\r\nEvents: system,call\r\n\r\n",
		secret);
	began = cpu_ms();
	while ((left = (int)(end - now_ms())) > 0) {
		if (poll(&p, 1, left) <= 0)
			break;
		n = read(fd, in, sizeof(in));
		if (n <= 0)
			return 1;
		events += count_answers(in, n, &state);
	}
	printf("%d %.3f\n", events, cpu_ms() - began);
	return 0;
}

/* The n-th action, or with `by_user` in the other order. */
static size_t write_setvar(char *to, int n, int users, int by_user, int dnd)
{
	static const char *const variable[] = { "PRESENCE_STATE(CustomPresence:",
		"DEVICE_STATE(Custom:presence-", "DEVICE_STATE(Custom:mode-",
		"DEVICE_STATE(Custom:mode-" };
	static const char *const rest[] = { "", "", "-available", "-do-not-disturb" };
	const char *const value[] = { dnd ? "dnd" : "available", dnd ? "BUSY" : "INVALID",
		dnd ? "NOT_INUSE" : "INUSE", dnd ? "INUSE" : "NOT_INUSE" };
	int user = 1001 + (by_user ? n / 4 : n % users), what = by_user ? n % 4 : n / users;

	return (size_t)sprintf(to,
		"Action: Setvar\r\nActionID: abcdefghijklmnopqrst-%d\r\nVariable: %s%d%s)\r\nValue: %s%s\r\n\r\n",
		n, variable[what], user, rest[what], value[what],
		what == 0 ? ",ZG8tbm90LWRpc3R1cmI=,,e" : "");
}

static size_t write_pause(char *to, int n, int dnd)
{
	return (size_t)sprintf(to,
		"Action: QueuePause\r\nActionID: abcdefghijklmnopqrst-p%d\r\nQueue: support\r\n"
		"Interface: Local/%d@presence-queue/n\r\nPaused: %s\r\nReason: do-not-disturb\r\n\r\n",
		n, 1001 + n, dnd ? "true" : "false");
}

int main(int argc, char **argv)
{
	static char in[65536], out[1024];
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	unsigned state = 0;
	int fd, users, window, members, dnd, sent = 0, answered = 0, total, one = 1;
	double began;
	ssize_t n;

	if (argc < 5)
		return 2;
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	users = atoi(argv[3]);
	window = argc > 5 ? atoi(argv[5]) : 100;
	members = argc > 6 ? atoi(argv[6]) : 0;
	total = users * 4 + members;
	dnd = !strcmp(argv[4], "dnd");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!strcmp(argv[3], "listen"))
		return listen_to_events(fd, argv[2], atoi(argv[4]));
	n = snprintf(out, sizeof(out),
		"Action: Login\r\nUsername: presence\r\nSecret: %s\r\nEvents: off\r\n\r\n",
		argv[2]);
	if (write(fd, out, (size_t)n) != n)
		return 1;
	usleep(200000);
	if (read(fd, in, sizeof(in)) <= 0)
		return 1;
	began = now_ms();
	while (answered < total) {
		static char batch[100 * 1024];
		size_t len = 0;

		while (sent < total && sent - answered < window && len < sizeof(batch) - 512) {
			len += sent < users * 4
				? write_setvar(batch + len, sent, users, members, dnd)
				: write_pause(batch + len, sent - users * 4, dnd);
			sent++;
		}
		if (len && write(fd, batch, len) != (ssize_t)len)
			return 1;
		n = read(fd, in, sizeof(in));
		if (n <= 0)
			return 1;
		answered += count_answers(in, n, &state);
	}
	printf("%.1f\n", now_ms() - began);
	close(fd);
	return 0;
}
