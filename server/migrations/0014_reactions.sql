-- Reactions: the emoji that people put under messages.

-- Who put what under which message. Like messages it is asked for by thread, and without foreign keys, for the same reason.
create table reaction (
    thread_id uuid not null,
    message_id uuid not null,
    user_id uuid not null,
    emoji text not null,
    -- The thread's change that put it there: their order.
    change bigint not null,
    constraint reaction_pkey primary key (thread_id, message_id, user_id, emoji)
);

-- What a message shows of them: each emoji and how many people, as JSON; null for most messages. It stands on the message itself, so that a page
-- of messages stays one scan of one key; which ones are the reader's is read beside it, for messages that have any.
alter table message add column reactions jsonb;
