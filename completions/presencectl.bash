# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for presencectl: the program itself knows what fits.
_presencectl()
{
	local head=${COMP_LINE:0:COMP_POINT} word IFS=$'\n'
	mapfile -t COMPREPLY < <(presencectl _complete "$head" 2>/dev/null)
	COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
	# Bash replaces only what follows the last of these in the word.
	word=${head##*[[:blank:]]}
	word=${word%"${word##*["$COMP_WORDBREAKS"]}"}
	COMPREPLY=("${COMPREPLY[@]#"$word"}")
	[[ ${COMPREPLY[0]-} != *[=/.] ]] || compopt -o nospace
}
complete -o nosort -F _presencectl presencectl
