-- The people of the scenarios, and where they talk: {people} people who are signed in by the tokens bobbin_load_1, bobbin_load_2 and so on; as many groups
-- of 20, 20 for each person; a direct thread for each two neighbours; and three groups of 100, of 1,000 and of all.
-- Ids are the MD5 of what they are of, so that the scenarios know them without asking.

insert into account (user_id, username, display_name, password_hash, is_administrator)
select md5('person ' || i)::uuid, 'load_' || i, 'Load ' || i, 'none', false from generate_series(1, {people}) i;

insert into session (session_id, user_id, kind, secret_hash, label, created_at)
select md5('session ' || i)::uuid, md5('person ' || i)::uuid, 'token', sha256(convert_to('bobbin_load_' || i, 'UTF8')), 'load',
    now() - interval '1 day'
from generate_series(1, {people}) i;

create temporary table place as
select 'group ' || g as name, (g + 733 * k) % {people} + 1 as person from generate_series(1, {people}) g, generate_series(0, 19) k
union
select 'group of ' || size, i from unnest(array[100, 1000, {people}]) size, generate_series(1, size) i where i <= {people}
union
select 'direct ' || (i + 1) / 2, i from generate_series(1, {people}) i;

insert into thread (thread_id, kind, direct_low, direct_high, title, avatar_hue, avatar_glyph, created_by, member_count, last_seq, active_at,
    last_message_id, last_sender_id, last_excerpt, change, members_change)
select md5(name)::uuid,
    case when name like 'direct%' then 'direct' else 'group' end,
    case when name like 'direct%' then (min(md5('person ' || person)))::uuid end,
    case when name like 'direct%' then (max(md5('person ' || person)))::uuid end,
    case when name like 'direct%' then '' else name end,
    1, 'L', md5('person ' || min(person))::uuid, count(*), {messages}, now() - interval '1 day',
    case when {messages} > 0 then md5(name || ' ' || {messages})::uuid end,
    case when {messages} > 0 then md5('person ' || min(person))::uuid end,
    case when {messages} > 0 then 'the last words that were said here' end, 0, 0
from place group by name;

insert into member (thread_id, user_id, role, active_hour, read_seq, read_at)
select md5(name)::uuid, md5('person ' || person)::uuid, 'member', date_trunc('hour', now() - interval '1 day'), {messages}, now() - interval '1 day'
from place;

update member set own_count = {messages}, own_last_at = now() - interval '1 day', own_read_count = {messages}, role = 'admin'
from thread where thread.thread_id = member.thread_id and created_by = user_id;

insert into message (thread_id, created_at, message_id, seq, sender_id, body)
select thread_id, now() - interval '1 day' - interval '1 second' * ({messages} - seq), md5(name || ' ' || seq)::uuid, seq, created_by,
    'Message ' || seq || ' of ' || name || ', which is as long as most of what people say to each other.'
from (select distinct name from place) named join thread on thread_id = md5(name)::uuid, generate_series(1, {messages}) seq;

drop table place;
