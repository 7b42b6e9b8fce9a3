-- Person 1 is in 60 more groups, and person 2 in {threads}, with the same names and last words; a group of 10 and one of {members}, most of whom never come,
-- have a name and as many messages as the one of all.

insert into account (user_id, username, display_name, password_hash, is_administrator)
select md5('person ' || i)::uuid, 'load_' || i, 'Load ' || i, 'none', false
from generate_series((select count(*) + 1 from account where username like 'load\_%'), {members} + 1) i;

create temporary table place as
select 'few ' || g as name, 1 as person, g from generate_series(1, 60) g
union all
select 'many ' || g, 2, g from generate_series(1, {threads}) g
union all
select 'account group few', i, 0 from generate_series(2, 11) i
union all
select 'account group many', i, 0 from generate_series(2, {members} + 1) i;

insert into thread (thread_id, kind, title, avatar_hue, avatar_glyph, created_by, member_count, last_seq, active_at, last_message_id,
    last_sender_id, last_excerpt, change, members_change)
select md5(name)::uuid, 'group', case name when 'account group few' then 'A group of some' when 'account group many' then 'A group of many'
    else 'A group ' || lpad((g % 60)::text, 2, '0') end, 1, 'A',
    md5('person ' || min(person))::uuid, count(*), source.last_seq, now() - g * interval '20 minutes', source.last_message_id,
    source.last_sender_id, source.last_excerpt, 0, 0
from place, (select * from thread where title like 'group of%' order by member_count desc limit 1) source
group by name, g, source.last_seq, source.last_message_id, source.last_sender_id, source.last_excerpt;

insert into member (thread_id, user_id, role, active_hour, read_seq, read_at)
select thread_id, md5('person ' || person)::uuid, 'member', date_trunc('hour', active_at), last_seq, active_at
from place join thread on thread_id = md5(name)::uuid;

insert into message (thread_id, created_at, message_id, seq, sender_id, body)
select md5(name)::uuid, message.created_at, message.message_id, message.seq, message.sender_id, message.body
from message, unnest(array['account group few', 'account group many']) name
where thread_id = (select thread_id from thread where title like 'group of%' order by member_count desc limit 1);

drop table place;
