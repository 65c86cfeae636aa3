# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for presencectl: the program itself knows what fits.
_presencectl()
{
	# Bash replaces the line from $2 on: behind an open quote, or behind the last of COMP_WORDBREAKS.
	local head=${COMP_LINE:0:COMP_POINT} IFS=$'\n' i
	local kept=${head%"$2"}
	mapfile -t COMPREPLY < <(presencectl _complete "$head" "$kept" 2>/dev/null)
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]%%$'\t'*}
		# Bash puts it into the line as it is: quote it. Behind a quote leave out what would not stay text there.
		case $kept in
		*\') [[ ${COMPREPLY[i]} != *\'* ]] || unset 'COMPREPLY[i]' ;;
		*\") [[ ${COMPREPLY[i]} != *[\$\`\"\\!]* ]] || unset 'COMPREPLY[i]' ;;
		*) [[ ${COMPREPLY[i]} != *[![:alnum:]@%+=:,./_-]* ]] || printf -v 'COMPREPLY[i]' %q "${COMPREPLY[i]}" ;;
		esac
	done
	[[ "${COMPREPLY[*]}" != *[=/.] ]] || compopt -o nospace
}
complete -o nosort -F _presencectl presencectl
