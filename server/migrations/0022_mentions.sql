-- Who is called by name in a message. It stands on the message, as all that one shows; and a member counts the mentions of themselves, so that
-- unread ones are a subtraction, as unread messages are.

alter table message add column mentions jsonb;
alter table member
    add column mention_count bigint not null default 0,
    add column mention_read_count bigint not null default 0;

-- Where somebody was mentioned, to count those after what they have read.
create table mention (
    thread_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    constraint mention_pkey primary key (thread_id, user_id, created_at)
);
