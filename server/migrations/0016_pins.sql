-- Messages that are pinned on top of their thread.

alter table message
    -- The thread's change that pinned it: the order of the list. Null for nearly all.
    add column pin_change bigint;

create index message_pin_change on message (thread_id, pin_change) where pin_change is not null;

alter table thread
    -- How many are pinned, and what the last of them says, as JSON: what every look at the thread shows.
    add column pins jsonb;
