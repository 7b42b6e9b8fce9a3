-- Replies: what a message shows of the one that it answers.

-- Like files it stands on the message itself, as JSON, so that a page of messages stays one scan of one key; null for most messages. It carries
-- the quoted message's id and key, its sender, and its first words, which follow when it is edited or deleted.
alter table message add column reply_to jsonb;

-- Whom an edit or a deletion concerns.
create index message_reply_to on message (thread_id, ((reply_to ->> 'message_id')::uuid)) where reply_to is not null;
