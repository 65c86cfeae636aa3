# SPDX-License-Identifier: GPL-3.0-or-later
# What presencectl does with the words it is given, right and wrong ones.
bats_require_minimum_version 1.5.0

setup() {
	BUILD=${BUILD:-$BATS_TEST_DIRNAME/../build}
	P=$BUILD/presencectl
	cd "$BATS_TEST_TMPDIR" || return 1
	export LC_ALL=C.UTF-8 HOME=$PWD PRESENCE_CONF=$PWD/none.conf PRESENCE_DB=$PWD/none.db
}

# refused WORD... : status 2, nothing on stdout, one line on stderr.
refused() {
	run --separate-stderr -2 "$P" "$@" < /dev/null
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "presencectl: "* ]]
}

completes() {
	run -0 "$P" _complete "$1"
	cut -f1 <<< "$output" > candidates
	shift
	printf '%s\n' "$@" | diff - candidates
}

@test "without words and without a terminal: help on stderr, status 2" {
	run --separate-stderr -2 "$P" < /dev/null
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "usage: presencectl "* ]]
	[[ ${stderr_lines[-1]} == "presencectl: "* ]]
}

@test "--help and --version" {
	run --separate-stderr -0 "$P" --help
	[[ ${lines[0]} == "usage: presencectl "* ]]
	run -0 "$P" -h
	run -0 "$P" help
	run --separate-stderr -0 "$P" --version
	[[ $output =~ ^presencectl\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	run -0 "$P" --vers
	run -0 "$P" version
}

@test "unknown command" {
	refused staus
	[[ $stderr == *"unknown command 'staus'; did you mean 'status'?"* ]]
	refused mode lsit
	[[ $stderr == *"unknown command 'mode lsit'; did you mean 'mode list'?"* ]]
	refused xyzzy
	[[ $stderr == *"unknown command 'xyzzy'"*"help"* ]]
	refused mode lsit --help
	refused help staus
	refused ''
}

@test "a hostile word is harmless in the message" {
	refused $'\e[2J\n'
	[[ $stderr != *$'\e'* ]]
}

@test "the start of a command only" {
	refused mode
	[[ $stderr == *"'mode' "*list*show*add*set*unset*delete* ]]
}

@test "ambiguous prefix" {
	refused s
	[[ $stderr == *"ambiguous command 's': could be "*set*status*show* ]]
	refused mode s
	[[ $stderr == *"ambiguous command 's': could be "*show*set* ]]
}

@test "unique prefixes of commands and options" {
	run --separate-stderr -0 "$P" mo a --he
	[[ ${lines[0]} == "usage: presencectl mode add "* ]]
	# An option's whole name is never ambiguous: --for and --forever.
	refused set alice away --for
	[[ $stderr == *"--for needs a value: "* ]]
	refused set alice away --fo
	[[ $stderr == *"ambiguous option '--fo': could be --for, --forever"* ]]
}

@test "unknown option" {
	refused set alice away --untill 17:30
	[[ $stderr == *"unknown option '--untill'; did you mean '--until'?"* ]]
	refused set alice away --xyzzy
	[[ $stderr == *"see 'presencectl set --help'"* ]]
	refused --xyzzy status
	refused set alice away -5
	[[ $stderr == *"unknown option '-5'"*"'--'"* ]]
	refused set alice --db x away
	[[ $stderr == *"goes before the command"* ]]
	# Flags of a table are only for commands that print one.
	refused set alice away --json
}

@test "an option with a value that it does not take, or without one" {
	refused set alice away --forever=yes
	[[ $stderr == *"--forever takes no value"* ]]
	refused set alice away --note
	[[ $stderr == *"--note needs a value: TEXT"* ]]
	refused set alice away --note a --note b
	[[ $stderr == *"--note is given twice"* ]]
}

@test "too few arguments" {
	refused set
	[[ $stderr == *"<who> is missing; usage: presencectl set "* ]]
	refused set alice
	[[ $stderr == *"<mode> is missing; usage: presencectl set "*"<who>... <mode>"* ]]
	refused show
	[[ $stderr == *"is missing; usage: presencectl show "* ]]
}

@test "too many arguments" {
	refused show alice bob
	[[ $stderr == *"'bob' is one argument too many; usage: presencectl show "* ]]
	refused version x
	# An option's name behind -- is an argument.
	refused version -- --help
	[[ $stderr == *"'--help' is one argument too many"* ]]
}

@test "options that exclude each other" {
	refused set alice away --for 1h --until 17:30
	[[ $stderr == *"--for and --until exclude each other"* ]]
	refused set --forever alice away --for=1h
	[[ $stderr == *"--forever and --for exclude each other"* ]]
}

@test "values are checked before anything is opened" {
	refused set alice away --for soon
	[[ $stderr == *"--for: "*"soon"* ]]
	refused set alice away --for 0m
	refused status --output mode,nonsense
	[[ $stderr == *"unknown column 'nonsense'"* ]]
	refused mode add 'two words' type=away
	refused user set alice mobile
	[[ $stderr == *"'mobile' is not of the form key=value"* ]]
}

@test "help knows commands, nouns and nothing else" {
	run -0 "$P" help set
	[[ ${lines[0]} == "usage: presencectl set [--for DURATION | --until TIME | --forever]"* ]]
	run -0 "$P" help mode
	[[ $output == *"  mode add "* ]]
	run -0 "$P" mode -h
	[[ $output == *"  mode add "* ]]
	refused help mode nonsense
	refused help set alice
}

@test "output that cannot be written is an error" {
	run --separate-stderr -1 sh -c '"$1" help > /dev/full' sh "$P"
	[[ $stderr == "presencectl: cannot write output: "* ]]
}

@test "a reader that goes away is no reason to complain" {
	mkfifo pipe
	run --separate-stderr -1 bash -c 'exec 3<> pipe 4> pipe 3<&-; "$1" help >&4' bash "$P"
	[ -z "$stderr" ]
}

@test "completion: commands" {
	completes 'presencectl mode a' add
	completes 'presencectl mo a' add
	completes 'presencectl stat' status
	completes 'presencectl help mode a' add
	completes '/usr/bin/presencectl --db x stat' status
	completes 'presencectl nonsense '
	completes 'presencectl _comp'
	completes ''
	completes 'presencectl'
}

@test "completion: options and their values" {
	completes 'presencectl set x away --fo' --for --forever --forward-to
	completes 'presencectl set x away --for 1h --fo' --forward-to
	completes 'presencectl set x --for=2' --for=2h
	completes 'presencectl set x --for 2' 2h
	completes 'presencectl set -- x --fo'
	completes 'presencectl status --js' --json
	completes 'presencectl status --output us' user
	completes 'presencectl status --output=user,mod' --output=user,mode
	completes 'presencectl --con' --config
}

@test "completion: keys and their values" {
	completes 'presencectl mode set x ty' type=
	completes 'presencectl mode set x type=a' type=available type=away
	completes 'presencectl mode set x "type=a' type=available type=away
	completes 'presencectl mode set x lamp=' lamp=off lamp=busy lamp=hold lamp=ringing lamp=unavailable
	completes 'presencectl mode set x lamp=hold la' label=
	completes 'presencectl user set x dev' devices.
	completes 'presencectl user unset x mob' mobile
	completes 'presencectl user set x nonsense='
	completes 'presencectl schedule set x sp' special.
	completes 'presencectl schedule force x a' auto
}

@test "completion: files" {
	mkdir d
	touch d/one.conf d/.hidden
	completes 'presencectl --config d/' d/one.conf
	completes 'presencectl --config=./d' --config=./d/
	completes 'presencectl calendar events d/' d/one.conf
}

@test "completion: quiet without a database" {
	run --separate-stderr -0 "$P" _complete 'presencectl show '
	[ -z "$stderr" ]
	run -0 "$P" _complete 'presencectl show alice'
}

@test "completion: bash, with its own idea of words" {
	mkdir bin
	ln -s "$(realpath "$P")" bin/presencectl
	cat > try <<- 'END'
		. "$1"
		COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
		compopt() { :; }
		_presencectl presencectl "$3"
		printf '%s\n' "${COMPREPLY[@]}"
	END
	try() { # LINE, and the word from where bash would replace it
		PATH=$PWD/bin:$PATH run -0 bash try "$BATS_TEST_DIRNAME/../completions/presencectl.bash" "$@"
	}
	try 'presencectl mode set x type=a' a
	[ "$output" = $'available\naway' ]
	try 'presencectl set x --for=2' 2
	[ "$output" = 2h ]
	try 'presencectl mode set "å ä" ty' ty
	[ "$output" = type= ]
	try 'presencectl mo a' a
	[ "$output" = add ]
}

@test "shell: a script of commands" {
	printf '%s\n' version '# a comment' '' '  help set' 'presencectl version' quit nonsense > script
	run --separate-stderr -0 "$P" shell < script
	[ "$(grep -c '^presencectl [0-9]' <<< "$output")" -eq 2 ]
	[[ $output == *"usage: presencectl set "* ]]
	[ -z "$stderr" ]
}

@test "shell: a script stops at the first line that fails" {
	printf '%s\n' version '' staus version 'show a b' > script
	run --separate-stderr -2 "$P" shell < script
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == "presencectl: line 3: unknown command 'staus'; did you mean 'status'?" ]]
	run --separate-stderr -2 "$P" shell --keep-going < script
	[ "${#lines[@]}" -eq 2 ]
	[[ ${stderr_lines[0]} == "presencectl: line 3: "* ]]
	[[ ${stderr_lines[1]} == "presencectl: line 5: "* ]]
	[[ ${stderr_lines[2]} == "presencectl: 2 lines failed" ]]
	run --separate-stderr -2 "$P" shell <<< "show 'alice"
	[[ $stderr == *"line 1: a quote is not closed"* ]]
	run --separate-stderr -2 "$P" shell <<< "shell"
}

# On a terminal: `script` gives one, the words come through its standard input.
on_terminal() {
	command -v script > /dev/null || skip "no script(1)"
	run script -qec "$P $1" /dev/null
	output=${output//$'\r'/}
}

@test "shell: on a terminal, with history that is nobody else's" {
	XDG_STATE_HOME=$PWD/state on_terminal '' <<< $'staus\nversion\nexit'
	[ "$status" -eq 0 ]
	[[ $output == *"presence> "*"did you mean 'status'?"*"presencectl "[0-9]* ]]
	[ "$(stat -c %a state/presencectl/history)" = 600 ]
	[ "$(cat state/presencectl/history)" = $'staus\nversion\nexit' ]
	for i in {1..1010}; do echo "version $i"; done > state/presencectl/history
	XDG_STATE_HOME=$PWD/state on_terminal shell <<< exit
	[ "$(wc -l < state/presencectl/history)" -eq 1001 ]
	[ "$(head -1 state/presencectl/history)" = 'version 11' ]
	[ "$(stat -c %a state/presencectl/history)" = 600 ]
}

@test "shell: completion, and Ctrl-C, on a terminal" {
	cat > keys <<- 'END'
		set timeout 10
		proc want {what} {
			expect -ex $what {} timeout { puts "no $what"; exit 1 } eof { puts "ended"; exit 1 }
		}
		set env(TERM) dumb
		spawn -noecho [lindex $argv 0]
		want "presence> "
		send "mode set x type=unav\t"
		want "ailable "
		send "\x15sho\t"
		want "show "
		send "\003"
		want "presence> "
		send "mode \t\t"
		want "  delete  "
		want "presence> mode "
		send "\x15version\r"
		want "presencectl "
		want "presence> "
		send "\004"
		expect eof {} timeout { exit 1 }
		exit [lindex [wait] 3]
	END
	XDG_STATE_HOME=$PWD/state run -0 expect keys "$P"
}

@test "completion: calendars, schedules, overrides" {
	export PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db
	echo 'pbx = ( { name = "main"; } );' >"$PRESENCE_CONF"
	"$P" init
	"$P" user add alice extension=1001
	"$P" group add sales
	"$P" calendar add days --holidays 12-25
	"$P" calendar add desk --hours 'Mon 09:00-17:00'
	"$P" schedule add office hours='Mon 09:00-17:00'
	touch dates.ics
	completes 'presencectl calendar re' refresh
	completes 'presencectl calendar show d' days desk
	completes 'presencectl calendar busy da' days dates.ics
	completes 'presencectl calendar busy ./d' ./dates.ics
	completes 'presencectl calendar busy days --zone Europe/Stoc' Europe/Stockholm
	completes 'presencectl calendar add x --ho' --hours --holidays
	completes 'presencectl calendar set days zo' zone=
	completes 'presencectl calendar set days zone=Europe/Stoc' zone=Europe/Stockholm
	completes 'presencectl schedule show ' office
	completes 'presencectl schedule force office cl' closed
	completes 'presencectl schedule force office au' auto
	completes 'presencectl schedule assign office @' @sales
	completes 'presencectl schedule set office mode.b' mode.business= mode.break=
	completes 'presencectl schedule set office sp' special.
	completes 'presencectl schedule unset office sp' special
	completes 'presencectl schedule set office mode.break=aw' mode.break=away
	completes 'presencectl schedule set office calendars=days,de' calendars=days,desk
	completes 'presencectl user set alice schedule=' schedule=office
	completes 'presencectl user set alice busy=no' busy=none
	completes 'presencectl override cl' clear
	completes 'presencectl override set @s' @sales
	completes 'presencectl override set all dnd --r' --reason
	completes 'presencectl override clear a' alice all
	completes 'presencectl explain al' alice
	completes 'presencectl explain alice --at to' today tomorrow
	completes 'presencectl timeline @' @sales
	completes 'presencectl timeline all --l' --list
}
