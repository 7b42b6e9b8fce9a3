-- Lines in a group's log about what happened to it and by whom. Each tells of one of the thread's changes, and stands after the message that was the
-- last one then: both numbers are taken under the thread's row lock, so that the place is exact, and no message is counted or renumbered for it.

create table notice (
    thread_id uuid not null,
    after_seq bigint not null,
    change bigint not null,
    content jsonb not null,
    constraint notice_pkey primary key (thread_id, after_seq, change)
);

create unique index notice_change on notice (thread_id, change);
