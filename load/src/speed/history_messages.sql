-- The messages {first} to {end} as they come: every other one in one long thread, the others in {threads} threads in turn, so that what stands together in a thread
-- does not stand together on the disk.

insert into message (thread_id, created_at, message_id, seq, sender_id, body)
select ids[place + 1], timestamptz '2020-01-01' + row * interval '1 second', lpad(to_hex(row), 32, '0')::uuid,
    case when place = 0 then row / 2 + 1 else row / (2 * {threads}) + 1 end,
    md5('person ' || row % 30 + 1)::uuid,
    rpad('Message ' || row || ' ', 40 + (row * 7919 % 120)::int, 'of some words that people wrote to each other ')
from (select array_agg(md5('history ' || t)::uuid order by t) as ids from generate_series(0, {threads}) t) thread,
    generate_series({first}::bigint, {end} - 1) row,
    lateral (select case when row % 2 = 0 then 0 else (row / 2) % {threads} + 1 end as place) chosen;
