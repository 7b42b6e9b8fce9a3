-- Forwarding: a message that brings another one's words and files along.

-- Its first author, as JSON; null for most messages.
alter table message add column forward jsonb;

-- A forwarded file is another file of the same bytes, which lie where they were first uploaded to: null, where that is the file's own thread.
alter table file add column object_thread_id uuid;
create index file_object_id on file (object_id);
