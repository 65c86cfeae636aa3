/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/command.h"

#include <stddef.h>

/* Every command is one line in this list. Help lists them as they stand here. */
#define COMMANDS(X)                                                                                \
	X(cmd_set)                                                                                 \
	X(cmd_clear)                                                                               \
	X(cmd_override_set)                                                                        \
	X(cmd_override_list)                                                                       \
	X(cmd_override_clear)                                                                      \
	X(cmd_status)                                                                              \
	X(cmd_show)                                                                                \
	X(cmd_explain)                                                                             \
	X(cmd_timeline)                                                                            \
	X(cmd_route)                                                                               \
	X(cmd_keys)                                                                                \
	X(cmd_log)                                                                                 \
	X(cmd_log_verify)                                                                          \
	X(cmd_watch)                                                                               \
	X(cmd_mode_list)                                                                           \
	X(cmd_mode_show)                                                                           \
	X(cmd_mode_add)                                                                            \
	X(cmd_mode_set)                                                                            \
	X(cmd_mode_unset)                                                                          \
	X(cmd_mode_delete)                                                                         \
	X(cmd_rule_set)                                                                            \
	X(cmd_rule_unset)                                                                          \
	X(cmd_rule_show)                                                                           \
	X(cmd_user_list)                                                                           \
	X(cmd_user_show)                                                                           \
	X(cmd_user_add)                                                                            \
	X(cmd_user_set)                                                                            \
	X(cmd_user_unset)                                                                          \
	X(cmd_user_delete)                                                                         \
	X(cmd_group_list)                                                                          \
	X(cmd_group_show)                                                                          \
	X(cmd_group_add)                                                                           \
	X(cmd_group_delete)                                                                        \
	X(cmd_group_assign)                                                                        \
	X(cmd_group_unassign)                                                                      \
	X(cmd_queue_list)                                                                          \
	X(cmd_queue_show)                                                                          \
	X(cmd_queue_add)                                                                           \
	X(cmd_queue_set)                                                                           \
	X(cmd_queue_unset)                                                                         \
	X(cmd_queue_delete)                                                                        \
	X(cmd_queue_assign)                                                                        \
	X(cmd_queue_unassign)                                                                      \
	X(cmd_schedule_list)                                                                       \
	X(cmd_schedule_show)                                                                       \
	X(cmd_schedule_add)                                                                        \
	X(cmd_schedule_set)                                                                        \
	X(cmd_schedule_unset)                                                                      \
	X(cmd_schedule_delete)                                                                     \
	X(cmd_schedule_assign)                                                                     \
	X(cmd_schedule_unassign)                                                                   \
	X(cmd_schedule_force)                                                                      \
	X(cmd_schedule_test)                                                                       \
	X(cmd_schedule_who)                                                                        \
	X(cmd_calendar_holidays_list)                                                              \
	X(cmd_calendar_holidays_show)                                                              \
	X(cmd_calendar_list)                                                                       \
	X(cmd_calendar_show)                                                                       \
	X(cmd_calendar_add)                                                                        \
	X(cmd_calendar_set)                                                                        \
	X(cmd_calendar_unset)                                                                      \
	X(cmd_calendar_delete)                                                                     \
	X(cmd_calendar_import)                                                                     \
	X(cmd_calendar_refresh)                                                                    \
	X(cmd_calendar_busy)                                                                       \
	X(cmd_calendar_events)                                                                     \
	X(cmd_calendar_export)                                                                     \
	X(cmd_pbx_list)                                                                            \
	X(cmd_pbx_test)                                                                            \
	X(cmd_pbx_diff)                                                                            \
	X(cmd_publish_list)                                                                        \
	X(cmd_publish_users)                                                                       \
	X(cmd_push)                                                                                \
	X(cmd_init)                                                                                \
	X(cmd_backup)                                                                              \
	X(cmd_restore)                                                                             \
	X(cmd_check)                                                                               \
	X(cmd_doctor)                                                                              \
	X(cmd_config_show)                                                                         \
	X(cmd_config_check)                                                                        \
	X(cmd_shell)                                                                               \
	X(cmd_help)                                                                                \
	X(cmd_version)                                                                             \
	X(cmd_complete)                                                                            \
	X(cmd_commands)                                                                            \
	X(cmd_fetch)                                                                               \
	X(cmd_man)

#define DECLARE(name) extern const struct command name;
#define POINTER(name) &name,

COMMANDS(DECLARE)

const struct command *const commands[] = { COMMANDS(POINTER) NULL };

const struct opt global_options[] = {
	{ "config", "FILE", ARG_FILE, "the configuration, instead of PRESENCE_CONF or the default",
		0 },
	{ "db", "FILE", ARG_FILE, "the database, instead of PRESENCE_DB or the configuration's",
		0 },
	{ "zone", "ZONE", ARG_ZONE, "read and print times in this time zone", 0 },
	{ "version", NULL, ARG_TEXT, "print the version", 0 },
	{ 0 },
};

const struct opt help_option[] = {
	{ "help", NULL, ARG_TEXT, "print this help", 0 },
	{ 0 },
};

const struct opt table_options[] = {
	{ "json", NULL, ARG_TEXT, "print JSON", 'f' },
	{ "csv", NULL, ARG_TEXT, "print comma-separated values", 'f' },
	{ "output", "COLUMNS", ARG_COLUMNS, "print these columns, separated by commas", 0 },
	{ "no-headings", NULL, ARG_TEXT, "print no line of headings", 0 },
	{ 0 },
};
