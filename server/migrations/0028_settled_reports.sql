-- What is left of reports that are dealt with: the words of messages that may be deleted since. From here on such a report is deleted. An older server
-- that still serves sets `done_at`, as before.

delete from report where done_at is not null;
