-- A browser that nobody touches for so many minutes is locked until its person gives their password again. One and the same for all browsers of an
-- account: whoever wants it wants it everywhere.
alter table account
    add column lock_minutes smallint,
    add constraint account_lock_minutes_check check (lock_minutes between 1 and 1440);

-- From when on nothing is told to who shows the session. Nothing, if it never locks.
alter table session add column locks_at timestamptz;

create index session_locks_at on session (locks_at) where locks_at is not null;
