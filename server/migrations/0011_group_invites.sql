-- Links by which people join a group, and who asks to be let in by one.

-- The link's secret is never stored, only its SHA-256.
create table group_invite (
    invite_id uuid not null,
    thread_id uuid not null,
    secret_hash bytea not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    uses_left integer not null,
    -- Whether an admin decides about each who comes by it.
    needs_approval boolean not null,
    constraint group_invite_pkey primary key (thread_id, invite_id),
    constraint group_invite_secret_hash_key unique (thread_id, secret_hash),
    constraint group_invite_thread_id_fkey foreign key (thread_id) references thread (thread_id),
    constraint group_invite_created_by_fkey foreign key (created_by) references account (user_id) on delete cascade,
    constraint group_invite_uses_left_check check (uses_left >= 0)
);

create table join_request (
    thread_id uuid not null,
    user_id uuid not null,
    requested_at timestamptz not null default now(),
    constraint join_request_pkey primary key (thread_id, user_id),
    constraint join_request_thread_id_fkey foreign key (thread_id) references thread (thread_id),
    constraint join_request_user_id_fkey foreign key (user_id) references account (user_id) on delete cascade
);

-- How many there are: whoever changes them holds the thread's row.
alter table thread add column request_count bigint not null default 0;
