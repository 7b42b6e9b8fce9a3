-- How people and groups show themselves.

-- Small enough to stand in the database: drawn by us, a few kilobytes each. Under one id it never changes.
create table picture (
    picture_id uuid not null,
    -- Who uploaded it.
    user_id uuid not null,
    media_type text not null,
    small bytea not null,
    large bytea not null,
    -- When it is to be removed: a day after its upload, unless somebody or something is shown by it; a day after another one took its place, since screens
    -- that were away may still ask for it.
    expires_at timestamptz,
    constraint picture_pkey primary key (picture_id),
    constraint picture_user_id_fkey foreign key (user_id) references account (user_id) on delete cascade
);
-- It is compressed already.
alter table picture alter column small set storage external, alter column large set storage external;

create index picture_expires_at on picture (expires_at) where expires_at is not null;

alter table account
    add column about text not null default '',
    add column picture_id uuid,
    -- Counts how often any of name, line and picture changed, so that screens know what is newer.
    add column profile_change bigint not null default 0;

alter table thread add column avatar_picture_id uuid;

-- Whoever was in a group and left it: their messages are still shown by how they are called.
create table former_member (
    user_id uuid not null,
    thread_id uuid not null,
    constraint former_member_pkey primary key (user_id, thread_id),
    constraint former_member_user_id_fkey foreign key (user_id) references account (user_id) on delete cascade,
    constraint former_member_thread_id_fkey foreign key (thread_id) references thread (thread_id)
);
