-- A link with which somebody who forgot their password chooses a new one: it is good once, and another one takes its place. The secret itself is told once,
-- and not kept.
create table reset (
    user_id uuid primary key references account on delete cascade,
    secret_hash bytea not null unique,
    expires_at timestamptz not null
);
