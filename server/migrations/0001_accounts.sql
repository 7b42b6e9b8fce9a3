-- Who may come in, and with what.

create table account (
    user_id uuid not null,
    username text not null,
    display_name text not null,
    password_hash text not null,
    is_administrator boolean not null,
    created_at timestamptz not null default now(),
    -- Every word of both names, for search by prefix. Punctuation is blanked first, since the parser would take `a.b` for a host.
    words tsvector not null generated always as
        (to_tsvector('simple', translate(username || ' ' || display_name, '._-@/:''"', '        '))) stored,
    constraint account_pkey primary key (user_id),
    constraint account_username_key unique (username)
);

create index account_words on account using gin (words);

-- A signed-in browser (`browser`) or a program's bearer token (`token`). The secret itself is never stored, only its SHA-256.
create table session (
    session_id uuid not null,
    user_id uuid not null,
    kind text not null,
    secret_hash bytea not null,
    label text not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz,
    constraint session_pkey primary key (session_id),
    constraint session_secret_hash_key unique (secret_hash),
    constraint session_user_id_fkey foreign key (user_id) references account (user_id) on delete cascade,
    constraint session_kind_check check (kind in ('browser', 'token'))
);

create index session_user_id on session (user_id, session_id);

-- A link that lets somebody sign up where registration is closed. The link's secret is never stored, only its SHA-256.
create table invite (
    invite_id uuid not null,
    secret_hash bytea not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    uses_left integer not null,
    constraint invite_pkey primary key (invite_id),
    constraint invite_secret_hash_key unique (secret_hash),
    constraint invite_created_by_fkey foreign key (created_by) references account (user_id) on delete cascade,
    constraint invite_uses_left_check check (uses_left >= 0)
);

-- What the administrator decides for the whole instance: one row.
create table instance (
    single boolean not null default true,
    is_registration_open boolean not null default true,
    constraint instance_pkey primary key (single),
    constraint instance_single_check check (single)
);

insert into instance default values;
