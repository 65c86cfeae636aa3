#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys of real phones, which dial what they watch, with the sample in share/asterisk/presence.conf.
bats_require_minimum_version 1.5.0
load lib/common
load lib/phones

setup_file() {
	phones_etc "$BATS_FILE_TMPDIR/etc"
	pbx_up --modules calls --extensions 2 --etc "$BATS_FILE_TMPDIR/etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	daemon_up
}
teardown() {
	phones_down
	daemon_down
}

lit() { console 'devstate list' | sed -nE "s/.*'Custom:mode-$1-(.*)' *State: 'INUSE'.*/\\1/p" | xargs; }
now() { # user mode source
	[ "$(presencectl status "$1" --output mode,source --no-headings | xargs)" = "$2 $3" ]
}

# Who did it last, as the log says: the phone by its endpoint.
logged() { # user words
	says "$2" jq -r '.log[-1] | "\(.what) \(.to) \(.by) \(.via)"' <(presencectl log "$1" --json)
}

# The phone presses a key, and hangs up when it shows that word for it.
press() { # phone key word
	phone "$1" dial "$2"
	phone "$1" wait CALL_ESTABLISHED "$2@"
	phone "$1" presence "$2" "$3"
	phone "$1" hangup
	phone "$1" wait CALL_CLOSED "$2@"
}

@test "a key that is watched is lit when it is dialled, and goes out when it is dialled again" {
	presencectl mode add focus type=dnd lamp=yes label='Focus time'
	presencectl keys alice --csv --no-headings --output mode,key | grep -E '^(available|lunch-break|focus),' >listed
	diff listed <(printf '%s\n' available,1001-available lunch-break,1001-lunch-break focus,1001-focus)
	phone_up alice 1001 --watch 1001-lunch-break --watch 1001-focus --watch 1001-available
	phone_up bob 1002 --watch 1001
	watch 1001-focus
	phone alice presence 1001-lunch-break Online
	phone alice presence 1001-available Busy
	eventually has_seen 1001-focus terminated
	press alice 1001-lunch-break Busy
	phone alice presence 1001-available Online
	eventually now alice lunch-break switch
	logged alice 'set lunch-break 1001 phone'
	# From one mode into another, which no digit has.
	press alice 1001-focus Busy
	phone alice presence 1001-lunch-break Online
	phone bob presence 1001 Busy
	eventually now alice focus switch
	eventually has_seen 1001-focus terminated,confirmed
	press alice 1001-focus Online
	eventually has_seen 1001-focus terminated,confirmed,terminated
	phone alice presence 1001-available Busy
	phone bob presence 1001 Online
	eventually now alice available default
	logged alice 'clear available 1001 phone'
	diff <(phone alice notified 1001-lunch-break | cut -d' ' -f1,2) <(printf 'open Ready\nopen on-the-phone\nopen Ready\n')
	[ "$(lit 1001)" = available ]
}

@test "keys do the same while presenced is stopped, and it takes over what they did" {
	daemon_down
	phone_up alice 1001 --watch 1001-away --watch 1001-available
	phone alice presence 1001-away Online
	press alice 1001-away Busy
	phone alice presence 1001-available Online
	press alice 1001-away Online
	phone alice presence 1001-available Busy
	press alice 1001-away Busy
	[ "$(lit 1001)" = away ]
	daemon_up
	eventually now alice away switch
	[ -z "$(wrong_of 1002)" ]
}

# What is known of the PINs that a phone has keyed in.
wrong_of() { console "database get presence-pin $1" | sed -n 's/^Value: //p'; }
wrong() { # phone how-many
	[[ $(wrong_of "$1") == "$2|"* ]]
}
# The records of wrong PINs of a phone.
pins() {
	presencectl log "$1" --json |
		jq -r '.log[] | select(.what == "wrong PIN") | "\(.by) \(.via) \(.key) \(.old) \(.new) \(.why)"'
}
told() { # phone record ...
	diff <(printf '%s\n' "${@:2}") <(pins "$1")
}
locked_out() { # phone
	[[ $(pins "$1" | tail -n 1) == "$1 phone PINs "*' 6 locked out for ten minutes' ]]
}
asked_n() { grep -c "Playing 'agent-pass" "$PBX_RUN/log/full" || :; }
refused_n() { grep -c "Playing 'feature-not-avail" "$PBX_RUN/log/full" || :; }
more() { (($($1) > $2)); } # counter before

@test "six wrong PINs are logged, and lock out the phone that keyed them in, for ten minutes" {
	local asked refused
	phone_up alice 1001
	phone_up bob 1002
	ami Setvar 'Variable: PRESENCE_PIN' 'Value: 4711'
	console "database put presence-pin 1002 4|$(date +%s)" >/dev/null
	asked=$(asked_n)
	phone bob dial 1001-away
	phone bob wait CALL_ESTABLISHED
	eventually more asked_n "$asked"
	phone bob sndcode '1#'
	eventually wrong 1002 5
	eventually more asked_n $((asked + 1))
	phone bob sndcode '2#'
	eventually wrong 1002 6
	phone bob wait CALL_CLOSED
	grep 'WARNING.*presence: wrong PIN from 1002: 6 in a row' "$PBX_RUN/log/full"
	eventually locked_out 1002
	# It is not even asked, and the right PIN does not help.
	asked=$(asked_n) refused=$(refused_n)
	phone bob dial 1001-away
	eventually more refused_n "$refused"
	[ "$(asked_n)" = "$asked" ]
	phone bob hangup
	# Another phone is.
	phone alice dial 1002-away
	phone alice wait CALL_ESTABLISHED
	eventually more asked_n "$asked"
	phone alice sndcode '4711#'
	eventually now bob away switch
	# Ten minutes later.
	console "database put presence-pin 1002 6|$(($(date +%s) - 601))" >/dev/null
	asked=$(asked_n)
	phone bob dial 1001-away
	eventually more asked_n "$asked"
	phone bob sndcode '4711#'
	eventually now alice away switch
	[ -z "$(wrong_of 1002)" ]
}

box_asked_n() { grep -c "Playing 'vm-password" "$PBX_RUN/log/full" || :; }

@test "calls that do not know the PIN of a mailbox are in the log, and lock the phone out of it" {
	local asked refused
	phone_up bob 1002
	presencectl user set alice mailbox=1001
	ami Setvar 'Variable: PRESENCE_PIN' 'Value: 4711'
	asked=$(box_asked_n)
	phone bob dial '*3231001'
	phone bob wait CALL_ESTABLISHED
	eventually more box_asked_n "$asked"
	phone bob sndcode '1#'
	eventually more box_asked_n $((asked + 1))
	phone bob sndcode '2#'
	eventually more box_asked_n $((asked + 2))
	phone bob sndcode '3#'
	phone bob wait CALL_CLOSED
	eventually told 1002 '1002 phone PINs of mailboxes null 3 null'
	# Who hangs up before the last one has tried too.
	phone bob dial '*3231001'
	phone bob wait CALL_ESTABLISHED '*3231001@'
	eventually more box_asked_n $((asked + 3))
	phone bob hangup
	eventually told 1002 '1002 phone PINs of mailboxes null 3 null' '1002 phone PINs of mailboxes 3 6 locked out for ten minutes'
	asked=$(box_asked_n) refused=$(refused_n)
	phone bob dial '*3231001'
	eventually more refused_n "$refused"
	[ "$(box_asked_n)" = "$asked" ]
	phone bob hangup
	# The other PIN is still asked for.
	asked=$(asked_n)
	phone bob dial 1001-away
	eventually more asked_n "$asked"
}

# The state of what a phone watches, by a name of its own.
watched() { ami ExtensionState 'Context: presence-hints' "Exten: $1" | sed -n 's/^StatusText: //p' | tr -d '\r'; }

@test "a name with which a phone watches a key brings no other device into the hint" {
	console 'devstate change Custom:secret INUSE'
	presencectl mode add focus
	presencectl set alice focus
	[ "$(watched 1001-focus)" = InUse ]
	[ "$(watched '1001-a&Custom:secret')" = Idle ]
	[ "$(watched 'hours-a&Custom:secret')" = Idle ]
	[ "$(watched 'force-a&Custom:secret')" = Idle ]
	console 'devstate change Custom:secret NOT_INUSE'
}

asks_for_pin() { grep "Playing 'agent-pass" "$PBX_RUN/log/full"; }

@test "another's key is for who may" {
	phone_up alice 1001
	phone_up bob 1002 --watch 1001-away
	phone bob presence 1001-away Online
	ami Setvar 'Variable: PRESENCE_PIN' 'Value: 4711'
	phone bob dial 1001-away
	phone bob wait CALL_ESTABLISHED
	# What is keyed in before it asks for the PIN is lost.
	eventually asks_for_pin
	phone bob presence 1001-away Online
	phone bob sndcode '4711#'
	phone bob presence 1001-away Busy
	eventually now alice away switch
	logged alice 'set away 1002 phone'
	says 'switched by phone 1002' jq -r '.status[0].reason' <(presencectl status alice --json)
}
