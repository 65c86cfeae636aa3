# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for presencectl: the program itself knows what fits.
complete -c presencectl -f -k -a '(presencectl _complete (commandline -cp | string collect) 2>/dev/null)'
