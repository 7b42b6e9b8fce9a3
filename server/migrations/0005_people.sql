-- How a member keeps a thread.

alter table member
    add column muted_until timestamptz,
    -- A message clears it, unless the thread is muted when it comes.
    add column is_archived boolean not null default false,
    add column pinned_at timestamptz,
    add column is_marked_unread boolean not null default false,
    -- Counts the changes of the four.
    add column options_change bigint not null default 0;

-- The inbox and the archive are two ranges of one index, so that neither is read past to get at the other.
create index member_list on member (user_id, is_archived, active_hour desc) where active_hour is not null;
drop index member_inbox;

-- A handful of rows a person, for the top of the list.
create index member_pinned on member (user_id) where pinned_at is not null;
-- Whom a message brings the thread back to.
create index member_archived on member (thread_id) where is_archived;

alter table thread
    -- Whether a message may have to do so: whoever writes reads it with the row that they lock anyway.
    add column may_return boolean not null default false;
