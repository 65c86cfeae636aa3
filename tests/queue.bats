#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# queue: which there are, who is in them, what each user's mode tells them, and what is refused.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	site 1
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = 1; secret = "none"; }, { name = "branch"; port = 2; secret = "none"; } );
		defaults = { zone = "Europe/Stockholm"; };
	C
	presencectl user add carol extension=1003 pbx=branch devices.desk=PJSIP/1003
	presencectl queue add support pbx=main penalty=3
	presencectl queue add direct pbx=main members=device
}

items() { sqlite3 "$PRESENCE_DB" "SELECT name || ' = ' || wanted FROM item WHERE name GLOB 'queue/*' ORDER BY name"; }
complete() { presencectl _complete "presencectl $1" | cut -f1 | paste -sd' '; }
in_step() { sqlite3 "$PRESENCE_DB" "UPDATE item SET confirmed = wanted"; }

@test "queues are listed with their settings" {
	says "QUEUE    PBX   PENALTY  MEMBERS  HINTS           USERS
direct   main        0  device   presence-hints      0
support  main        3  rules    presence-hints      0" presencectl queue list
	presencectl queue set SUPPORT penalty=1000 hints=night_hints pbx=BRANCH
	says '{"queue":"support","pbx":"branch","penalty":1000,"members":"rules","hints":"night_hints","users":0}' \
		jq -c '.queues[1]' <(presencectl queue list --json)
	presencectl queue unset support penalty hints
	says "0 presence-hints" jq -r '.queues[1] | "\(.penalty) \(.hints)"' <(presencectl queue list --json)
	presencectl queue delete support
	presencectl queue delete direct
	says "" presencectl queue list
	says '{"queues":[]}' presencectl queue list --json
}

@test "users come into a queue by name, group and all, and leave it" {
	presencectl group add sales
	presencectl group assign sales alice bob
	says "2 users added to 'support'" presencectl queue assign support @sales
	says "0 users added to 'support'" presencectl queue assign Support 1001 bob
	says "0 users added to 'support', penalty of 2 users changed" presencectl queue assign support alice bob --penalty 3 --expect 2
	says "2 users removed from 'support'" presencectl queue unassign support all --expect 3
	says 0 jq '.queues[1].users' <(presencectl queue list --json)
}

@test "a penalty of one's own, and the queue's" {
	says "1 user added to 'support'" presencectl queue assign support alice --penalty 0
	says "1 user added to 'support'" presencectl queue assign support bob
	says "USER   EXTENSION  PENALTY  ANSWER  MODE       STATE
alice  1001             0  login   available  pending
bob    1002             3  login   available  pending" presencectl queue show support
	says "0 users added to 'support', penalty of 1 user changed" presencectl queue assign support alice --penalty 7
	presencectl queue set support penalty=5
	says "queue/support/Local/1001@presence-queue/n = login,7,alice,hint:1001@presence-hints
queue/support/Local/1002@presence-queue/n = login,5,bob,hint:1002@presence-hints" items
	says "0 users added to 'support'" presencectl queue assign support alice
	says "1 user removed from 'support'" presencectl queue unassign support alice
	says "0 users removed from 'support'" presencectl queue unassign support alice
	presencectl queue assign support alice --no-wait
	says 5 jq '.users[0].penalty' <(presencectl queue show support --json)
}

@test "whether the PBX is in step" {
	presencectl queue assign support alice bob --no-wait
	state() { presencectl queue show support --json | jq -r ".users[] | select(.user == \"$1\").state"; }
	says pending state alice
	in_step
	says "in step" state alice
	sqlite3 "$PRESENCE_DB" "UPDATE item SET error = 'No such queue' WHERE name LIKE 'queue/support/%1002%'"
	says "No such queue" state bob
	sqlite3 "$PRESENCE_DB" "UPDATE item SET confirmed = 'pause,away', put_off = wanted WHERE name LIKE 'queue/support/%1001%'"
	says "after the call" state alice
	presencectl queue set support penalty=9
	says pending state alice
	says pending state bob
}

@test "the answer follows the mode" {
	presencectl queue assign support alice --no-wait
	presencectl queue assign direct alice --no-wait
	run -4 presencectl set alice dnd
	says "queue/direct/PJSIP/1001 = pause,do-not-disturb
queue/support/Local/1001@presence-queue/n = pause,do-not-disturb" items
	presencectl rule set alice dnd queue.SUPPORT=logout
	presencectl mode set dnd queue=none
	says "queue/direct/PJSIP/1001 = none
queue/support/Local/1001@presence-queue/n = logout,do-not-disturb" items
	presencectl rule unset alice dnd queue.support
	presencectl mode set dnd queue.direct=logout
	presencectl rule set alice away queue=login
	says "queue/direct/PJSIP/1001 = logout,do-not-disturb
queue/support/Local/1001@presence-queue/n = none" items
	says "alice logout do-not-disturb" jq -r '.users[] | "\(.user) \(.answer) \(.mode)"' <(presencectl queue show direct --json)
	presencectl mode add deep-work type=dnd queue=pause
	run -4 presencectl set alice deep-work
	presencectl mode delete deep-work --replace-with away
	says "queue/direct/PJSIP/1001 = login,0,alice,
queue/support/Local/1001@presence-queue/n = login,3,alice,hint:1001@presence-hints" items
	run -4 presencectl clear alice
	says "queue/direct/PJSIP/1001 = login,0,alice,
queue/support/Local/1001@presence-queue/n = login,3,alice,hint:1001@presence-hints" items
}

@test "an edit of the user is an edit of the member" {
	presencectl queue assign support alice --no-wait
	presencectl queue assign direct alice --no-wait
	presencectl user set alice extension=1009 devices.desk=PJSIP/1009
	says "queue/direct/PJSIP/1001 =
queue/direct/PJSIP/1009 = login,0,alice,
queue/support/Local/1001@presence-queue/n =
queue/support/Local/1009@presence-queue/n = login,3,alice,hint:1009@presence-hints" items
	# Another user gets the extension before the PBX has let go of it.
	presencectl user set bob extension=1001
	presencectl queue assign support bob --no-wait
	says "queue/support/Local/1001@presence-queue/n = login,3,bob,hint:1001@presence-hints" grep 1001@ <(items)
	refused 2 "queue 'direct' calls devices, and user 'alice' has none; one is given by: presencectl user set alice devices.desk=PJSIP/1009; to take the user out: presencectl queue unassign direct alice" \
		presencectl user unset alice devices.desk
	refused 2 "queue 'support' is on PBX 'main' and user 'bob' on 'branch'" presencectl user set bob pbx=branch
	presencectl user delete alice
	says "queue/direct/PJSIP/1001 =
queue/direct/PJSIP/1009 =
queue/support/Local/1001@presence-queue/n = login,3,bob,hint:1001@presence-hints
queue/support/Local/1009@presence-queue/n =" items
	says 1 jq '.queues[1].users' <(presencectl queue list --json)
}

@test "an edit of the queue is an edit of its members" {
	presencectl queue assign support alice --no-wait
	presencectl queue set support hints=night members=rules
	says "queue/support/Local/1001@presence-queue/n = login,3,alice,hint:1001@night" items
	presencectl queue set support members=device
	says "queue/support/Local/1001@presence-queue/n =
queue/support/PJSIP/1001 = login,3,alice," items
	refused 2 "queue 'support' is on PBX 'branch' and user 'alice' on 'main', and a queue has users of its own PBX only; to take the user out: presencectl queue unassign support alice" \
		presencectl queue set support pbx=branch
	says "1 user removed from 'support'" presencectl queue delete support
	says "queue/support/Local/1001@presence-queue/n =
queue/support/PJSIP/1001 =" items
}

@test "who does not fit a queue is not put into it" {
	refused 2 "queue 'support' is on PBX 'main' and user 'carol' on 'branch', and a queue has users of its own PBX only" \
		presencectl queue assign support alice carol
	refused 2 "carol" presencectl queue assign support all
	refused 2 "queue 'direct' calls devices, and user 'bob' has none; one is given by: presencectl user set bob devices.desk=PJSIP/1002" \
		presencectl queue assign direct bob
	presencectl user set bob devices.desk=pjsip/1001
	refused 2 "queue 'direct' calls devices, and users 'bob' and 'alice' have the same first one, pjsip/1001" \
		presencectl queue assign direct alice bob
	says "" items
	says 0 jq '[.queues[].users] | add' <(presencectl queue list --json)
}

@test "bad input stops at the door" {
	local bad
	# shellcheck disable=SC2016 # not to be expanded
	for bad in 'a,b' "a'b" 'a"b' '${EXEC}' 'a&b' 'a b' 'a/b' $'a\nb' '' -- ../x "$(printf 'x%.0s' {1..41})"; do
		run --separate-stderr -2 presencectl queue add "$bad" pbx=main
		[[ $stderr == presencectl:* ]]
	done
	for bad in -1 1001 x 1.5 99999999999999999999; do
		refused 2 "penalty is a number from 0 to 1000, not '$bad'" presencectl queue set support "penalty=$bad"
	done
	refused 2 "penalty is a number from 0 to 1000, not '1001'" presencectl queue assign support alice --penalty 1001
	refused 2 "penalty needs a value: 0 to 1000" presencectl queue set support penalty=
	refused 2 "--penalty '-1' is not a whole number" presencectl queue assign support alice --penalty=-1
	refused 2 "members is rules or device, not 'phones'" presencectl queue set support members=phones
	refused 2 "hints name 'a,b' may hold only" presencectl queue set support hints=a,b
	refused 2 "unknown key 'penaltie'; did you mean 'penalty'?" presencectl queue set support penaltie=1
	refused 2 "there are 2 PBXs; say which: pbx=main" presencectl queue add sales
	refused 2 "key 'pbx' cannot be unset" presencectl queue unset support pbx
	refused 2 "PBX 'main' has a queue 'SUPPORT' already" presencectl queue add SUPPORT pbx=main
	refused 3 "no queue 'suport'; did you mean 'support'?" presencectl queue assign suport alice
	refused 3 "no queue 'suport'" presencectl queue show suport
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl queue assign support alise
	refused 3 "no group 'none'" presencectl queue unassign support @none
	refused 1 "this is 1 user, not 2 as expected" presencectl queue assign support alice --expect 2
	refused 3 "no PBX 'nowhere'" presencectl queue add sales pbx=nowhere
	says "" items
	says 2 jq '.queues | length' <(presencectl queue list --json)
}

@test "queues of the same name on two PBXs" {
	presencectl queue add support pbx=branch
	refused 2 "queue 'support' is on PBX 'branch' and on 'main'; say which: support@branch" \
		presencectl queue assign support carol
	refused 3 "no queue 'support@mian'; did you mean 'support@main'?" presencectl queue show support@mian
	refused 2 "PBX 'branch' has a queue 'support' already" presencectl queue set support@main pbx=branch
	says "1 user added to 'support'" presencectl queue assign support@branch carol
	says "1 user added to 'support'" presencectl queue assign Support@Main alice
	presencectl queue set support@main penalty=7
	says "queue/support/Local/1001@presence-queue/n = login,7,alice,hint:1001@presence-hints
queue/support/Local/1003@presence-queue/n = login,0,carol,hint:1003@presence-hints" items
	says carol jq -r '.users[].user' <(presencectl queue show support@branch --json)
	run --separate-stderr -0 presencectl mode set dnd queue.support=logout
	[ -z "$stderr" ]
	says "support: logged in (available), offers calls" head -1 <(presencectl route alice --caller queue --queue support)
	says "support@branch support@main" complete "queue delete support@"
	presencectl queue delete support@main
	says "1 user removed from 'support'" presencectl queue unassign support carol
}

@test "a call rule for a queue that is not known is kept, and told" {
	run --separate-stderr -0 presencectl rule set alice dnd queue.suport=logout
	[ "$stderr" = "presencectl: no queue 'suport'; did you mean 'support'? (queue.suport is kept, for when there is one)" ]
	run --separate-stderr -0 presencectl mode set dnd queue.sales=none queue.support=none
	[ "$stderr" = "presencectl: no queue 'sales' (queue.sales is kept, for when there is one)" ]
	run --separate-stderr -0 presencectl rule unset alice dnd queue.suport
	[ -z "$stderr" ]
	presencectl queue add sales pbx=main
	presencectl queue assign sales alice --no-wait
	run -4 presencectl set alice dnd
	says "queue/sales/Local/1001@presence-queue/n = none" items
}

@test "log and completion" {
	presencectl queue assign support alice --penalty 4 --no-wait
	presencectl queue unassign support alice
	presencectl queue set support penalty=1
	presencectl queue delete support
	says "queue assign alice queue null support, penalty 4
queue unassign alice queue support, penalty 4 null
queue set support penalty 3 1
queue delete support pbx main null
queue delete support penalty 1 null" jq -r '.log[-5:][] | "\(.what) \(.subject) \(.key) \(.old) \(.new)"' <(presencectl log --json)
	says direct complete "queue show "
	says "queue.direct= queue." complete "rule set alice away queue."
	says queue.direct complete "mode unset away queue.d"
	says "members=rules members=device" complete "queue set direct members="
	says "pbx=main pbx=branch" complete "queue set direct pbx="
	[[ $(complete "queue assign direct a") == "alice all" ]]
	[[ $(complete "queue ") == "list show add set unset delete assign unassign" ]]
}

@test "show and route tell which queue offers calls" {
	presencectl queue add sales pbx=main
	presencectl queue assign support alice --no-wait
	presencectl queue assign sales alice --no-wait
	presencectl mode set dnd queue.support=logout
	run -4 presencectl set alice dnd
	says "sales paused, support logged out" jq -r '.show[-1].value[0] // .show[-1].value' <(presencectl show alice --json)
	says '"queues"' jq '.show[-1].key | sub("calls now: "; "")' <(presencectl show alice --json)
	[[ $(presencectl show bob) != *"queues"* ]]
	says '{"key":"queues","value":["sales","support"]}' jq -c '.user[-1]' <(presencectl user show alice --json)
	says "sales: paused (do-not-disturb), offers no calls
support: logged out (do-not-disturb), offers no calls" head -2 <(presencectl route alice --caller queue)
	says "support: logged in (available), offers calls" head -1 <(presencectl route alice --caller queue --queue Support --mode available)
	presencectl mode set lunch-break queue=login lamp=yes
	says "sales: logged in (lunch-break), offers calls; the lamp makes it busy to a queue with ringinuse=no" \
		head -1 <(presencectl route alice --caller queue --mode lunch-break)
	says '[{"queue":"sales","answer":"pause","offers":false},{"queue":"support","answer":"logout","offers":false}]' \
		jq -c .queues <(presencectl route alice --caller queue --json)
	says '[]' jq -c .queues <(presencectl route bob --caller queue --json)
	says null jq -c .queues <(presencectl route alice --json)
	refused 2 "--queue is for --caller queue" presencectl route alice --queue sales
	refused 3 "no queue 'sails'; did you mean 'sales'?" presencectl route alice --caller queue --queue sails
	refused 1 "user 'bob' is not in queue 'sales'" presencectl route bob --caller queue --queue sales
	presencectl mode set dnd queue.sales=none
	says "sales: left as it is (do-not-disturb)" head -1 <(presencectl route alice --caller queue)
	says null jq '.queues[0].offers' <(presencectl route alice --caller queue --json)
}
