-- A message's later life. What changes takes the next number of its thread's change, so that whoever was away asks for what came after.

alter table message
    -- The thread's change that last touched it. Null for nearly all.
    add column change bigint,
    add column edited_at timestamptz,
    -- The row stays, since numbers have no gap; its words are gone.
    add column deleted_at timestamptz;

create index message_change on message (thread_id, change) where change is not null;

-- What messages said before they were edited.
create table version (
    thread_id uuid not null,
    message_id uuid not null,
    -- The change that replaced it.
    change bigint not null,
    body text not null,
    written_at timestamptz not null,
    constraint version_pkey primary key (thread_id, message_id, change)
);

-- A thread's last_excerpt is null from here on while its last message is a deleted one.
