/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run a command once for each line of standard input, and print its milliseconds, from the fork to the end. The caller is small, so that a
 * fork costs next to nothing. With a folder that is not "-" it goes into that root first, once: chroot(8) would be measured too.
 * spawn ROOT COMMAND ARGUMENT... A {} in an argument stands for the line. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int run(char **argv, const posix_spawn_file_actions_t *quiet)
{
	double began = now_ms();
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], quiet, NULL, argv, environ) != 0 ||
		waitpid(pid, &status, 0) < 0 || status)
		return -1;
	printf("%.3f\n", now_ms() - began);
	return fflush(stdout);
}

int main(int argc, char **argv)
{
	static char line[200], text[32][400];
	posix_spawn_file_actions_t quiet;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (argc < 3 || argc > 32 ||
		(strcmp(argv[1], "-") != 0 && (chroot(argv[1]) < 0 || chdir("/") < 0)))
		return 2;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_adddup2(&quiet, null, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&quiet, null, STDERR_FILENO);
	while (fgets(line, sizeof(line), stdin)) {
		char *words[32] = { NULL };

		line[strcspn(line, "\n")] = '\0';
		for (int i = 2; i < argc; i++) {
			const char *at = strstr(argv[i], "{}");

			snprintf(text[i], sizeof(text[i]), "%.*s%s%s", at ? (int)(at - argv[i]) : 0,
				argv[i], at ? line : argv[i], at ? at + 2 : "");
			words[i - 2] = text[i];
		}
		if (run(words, &quiet) < 0)
			return 1;
	}
	return 0;
}
