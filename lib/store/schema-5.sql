-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 5: what phones do.

-- What the phones of a user do, as presenced has read it last, and since when. NULL: unknown. Without presenced nothing here is true.
-- edits counts the edits of the user since then: their devices may be others, and presenced reads them again. pbx is in small letters.
CREATE TABLE activity (
	user_id  INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	pbx      TEXT NOT NULL,
	activity TEXT,
	since    INTEGER NOT NULL,
	edits    INTEGER NOT NULL
) STRICT;
CREATE INDEX activity_edited ON activity (pbx) WHERE edits > 0;
