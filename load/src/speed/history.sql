-- {rows} messages as they come: every other one in one long thread, the others in {threads} threads in turn, so that what stands together in a thread does
-- not stand together on the disk. Person 1 is in all of them. The keys are made afterwards, which is quicker and leaves the same table.

insert into thread (thread_id, kind, title, avatar_hue, avatar_glyph, created_by, member_count, last_seq, active_at, change, members_change)
select md5('history ' || t)::uuid, 'group', 'History ' || t, 1, 'H', md5('person 1')::uuid, 1, 0, now(), 0, 0
from generate_series(0, {threads}) t;

insert into member (thread_id, user_id, role, active_hour)
select md5('history ' || t)::uuid, md5('person 1')::uuid, 'admin', date_trunc('hour', now()) from generate_series(0, {threads}) t;

alter table message drop constraint message_pkey, drop constraint message_message_id_key;

set synchronous_commit = off;
insert into message (thread_id, created_at, message_id, seq, sender_id, body)
select ids[place + 1], timestamptz '2020-01-01' + row * interval '1 second', lpad(to_hex(row), 32, '0')::uuid,
    case when place = 0 then row / 2 + 1 else row / (2 * {threads}) + 1 end,
    md5('person ' || row % 30 + 1)::uuid,
    rpad('Message ' || row || ' ', 40 + (row * 7919 % 120)::int, 'of some words that people wrote to each other ')
from (select array_agg(md5('history ' || t)::uuid order by t) as ids from generate_series(0, {threads}) t) thread,
    generate_series(0::bigint, {rows} - 1) row,
    lateral (select case when row % 2 = 0 then 0 else (row / 2) % {threads} + 1 end as place) chosen;

set maintenance_work_mem = '1GB';
alter table message
    add constraint message_pkey primary key (thread_id, created_at),
    add constraint message_message_id_key unique (thread_id, message_id);

update thread set last_seq = counted.last_seq, active_at = counted.active_at
from (select thread_id, (select seq from message where message.thread_id = thread.thread_id order by created_at desc limit 1) as last_seq,
        (select created_at from message where message.thread_id = thread.thread_id order by created_at desc limit 1) as active_at
    from thread where title like 'History%') counted
where thread.thread_id = counted.thread_id and counted.last_seq is not null;
