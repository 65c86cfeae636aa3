# SPDX-License-Identifier: GPL-3.0-or-later
# Makes winzone.inc of CLDR's table and of tzdata's, which says what has become of old Olson names:
#   awk -f lib/calendar/winzone.awk /usr/share/zoneinfo/zone1970.tab /usr/share/zoneinfo/zone.tab /usr/share/zoneinfo/tzdata.zi \
#       /usr/share/doc/unicode-cldr-core/copyright /usr/share/unicode/cldr/common/supplemental/windowsZones.xml > lib/calendar/winzone.inc
# (Debian packages tzdata and unicode-cldr-core.)

function attribute(name) {
	return match($0, name "=\"[^\"]*\"") ? plain(substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3)) : ""
}

function plain(s) {
	gsub(/&amp;/, "\\&", s)
	gsub(/["\\]/, "\\\\&", s)
	return s
}

FILENAME ~ /\.tab$/ && !/^#/ { is_current[$3] = 1 }
FILENAME ~ /\.zi$/ && $1 == "L" { target[$3] = $2 }
FILENAME ~ /\/copyright$/ && /Copyright © .* All rights reserved/ { in_notice = 1 }
FILENAME ~ /\/copyright$/ && in_notice { sub(/^ \.?/, ""); notice[++notices] = $0 }
FILENAME !~ /\.xml$/ { next }

/<mapTimezones / { version = attribute("typeVersion") }

/^[ \t]*<!-- \(UTC/ {
	display = $0
	sub(/^[ \t]*<!-- \(UTC[^)]*\) /, "", display)
	sub(/ *-->.*/, "", display)
	offset = match($0, /\(UTC[-+0-9:]*/) ? substr($0, RSTART + 4, RLENGTH - 4) : ""
}

/territory="001"/ {
	olson = attribute("type")
	if (!(olson in is_current) && olson !~ /^Etc\// && olson in target)
		olson = target[olson]
	if (olson == "Asia/Almaty") # UTC+5 since 2024-03-01; this zone is UTC+6
		olson = "Asia/Bishkek"
	minutes = substr(offset, 2, 2) * 60 + substr(offset, 5, 2)
	lines[++n] = sprintf("{ \"%s\", \"%s\", %d, \"%s\" },", attribute("other"), plain(display),
		substr(offset, 1, 1) == "-" ? -minutes : minutes, olson)
}

END {
	print "/* Made by winzone.awk of CLDR's windowsZones.xml (typeVersion " version "), which comes by the terms below."
	print " * A line: name, display name, minutes east of UTC, Olson name."
	print " *"
	print " * SPDX-License-Identifier: Unicode-DFS-2016"
	print " *"
	for (i = 1; i <= notices; i++)
		print notice[i] == "" ? " *" : " * " notice[i]
	print " */"
	for (i = 1; i <= n; i++)
		print lines[i]
}
