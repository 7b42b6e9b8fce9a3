-- What somebody lets others see of them. Who hides one of these does not see it of others.
alter table account
    add column shows_typing boolean not null default true,
    add column shows_presence boolean not null default true,
    add column shows_receipts boolean not null default true;

-- When somebody last came or went. Kept apart: it is written often, and the account is not.
create table last_seen (
    user_id uuid not null,
    seen_at timestamptz not null,
    constraint last_seen_pkey primary key (user_id),
    constraint last_seen_user_id_fkey foreign key (user_id) references account (user_id) on delete cascade
) with (fillfactor = 50);

-- How far somebody had read when they last let that be seen. It stays where it is while they hide it: what others know is not taken back.
alter table member
    add column seen_seq bigint not null default 0;
update member set seen_seq = read_seq where read_seq > 0;
