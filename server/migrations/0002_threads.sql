-- Threads, their members, and the log of messages.

create table thread (
    thread_id uuid not null,
    kind text not null,
    -- The two people of a direct thread, the smaller id first: the same two never get two threads.
    direct_low uuid,
    direct_high uuid,
    title text not null,
    avatar_hue smallint not null,
    avatar_glyph text not null,
    created_by uuid not null,
    member_count bigint not null,
    -- The newest message's number, and when it was written: whoever writes holds this row from reading them until commit.
    last_seq bigint not null,
    active_at timestamptz not null,
    last_message_id uuid,
    last_sender_id uuid,
    last_excerpt text,
    -- Counts the changes besides new messages.
    change bigint not null,
    -- The change that last touched the members: what a cached set of members is checked against.
    members_change bigint not null,
    constraint thread_pkey primary key (thread_id),
    constraint thread_direct_key unique (direct_low, direct_high),
    constraint thread_kind_check check (kind in ('direct', 'group')),
    constraint thread_direct_check check ((kind = 'direct') = ((direct_low < direct_high) is true)),
    constraint thread_created_by_fkey foreign key (created_by) references account (user_id)
) with (fillfactor = 50);

create table member (
    thread_id uuid not null,
    user_id uuid not null,
    role text not null,
    joined_at timestamptz not null default now(),
    -- The hour of the thread's active_at, the key of the inbox. Copied here once an hour at most, so that a message costs no update a
    -- member. Null while the thread is in nobody's list: a direct thread before its first message, for the one who did not open it.
    active_hour timestamptz,
    read_seq bigint not null default 0,
    read_at timestamptz,
    -- One's own messages since joining, the newest of them, and how many stand at or before read_at: see Thread::unread.
    own_count bigint not null default 0,
    own_last_at timestamptz,
    own_read_count bigint not null default 0,
    constraint member_pkey primary key (thread_id, user_id),
    constraint member_thread_id_fkey foreign key (thread_id) references thread (thread_id),
    constraint member_user_id_fkey foreign key (user_id) references account (user_id),
    constraint member_role_check check (role in ('admin', 'member'))
) with (fillfactor = 80);

create index member_inbox on member (user_id, active_hour desc) where active_hour is not null;

-- The log. Asked for by thread, so that every unique key starts with it: it can be split by thread. No foreign keys: the writer
-- holds the thread's row, and neither threads nor accounts are ever deleted under their messages.
create table message (
    thread_id uuid not null,
    created_at timestamptz not null,
    message_id uuid not null,
    seq bigint not null,
    sender_id uuid not null,
    body text not null,
    constraint message_pkey primary key (thread_id, created_at),
    constraint message_message_id_key unique (thread_id, message_id)
);
