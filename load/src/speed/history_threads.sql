-- The threads of a long history: a long one, and {threads} others. Person 1 is in all of them. The keys of the messages are made afterwards, which is quicker and
-- leaves the same table.

insert into thread (thread_id, kind, title, avatar_hue, avatar_glyph, created_by, member_count, last_seq, active_at, change, members_change)
select md5('history ' || t)::uuid, 'group', 'History ' || t, 1, 'H', md5('person 1')::uuid, 1, 0, now(), 0, 0
from generate_series(0, {threads}) t;

insert into member (thread_id, user_id, role, active_hour)
select md5('history ' || t)::uuid, md5('person 1')::uuid, 'admin', date_trunc('hour', now()) from generate_series(0, {threads}) t;

alter table message drop constraint message_pkey, drop constraint message_message_id_key;
