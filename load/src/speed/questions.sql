-- {rows} messages: every other one between person 1 and person 2, the others between neighbours, in the four ways in which they are kept.

create table by_people (
    from_id uuid not null, to_id uuid not null, created_at timestamptz not null, body text not null
);
create table by_thread (thread_id uuid not null, created_at timestamptz not null, body text not null);
create table by_part (thread_id uuid not null, created_at timestamptz not null, body text not null) partition by hash (thread_id);
create table by_row (id bigint not null, thread_id uuid not null, created_at timestamptz not null, body text not null);
do $$ begin
    for part in 0..15 loop
        execute format('create table by_part_%s partition of by_part for values with (modulus 16, remainder %s)', part, part);
    end loop;
end $$;

set synchronous_commit = off;
create temporary table said as
select timestamptz '2020-01-01' + row * interval '1 second' as created_at,
    md5('person ' || case when row % 4 = 0 then 1 when row % 4 = 2 then 2 else row % 2000 + 3 end)::uuid as from_id,
    md5('person ' || case when row % 4 = 0 then 2 when row % 4 = 2 then 1 else row % 2000 + 4 end)::uuid as to_id,
    md5('direct ' || case when row % 2 = 0 then 1 else row % 2000 + 2 end)::uuid as thread_id,
    'Message ' || row || ', of some words that people wrote to each other' as body
from generate_series(0::bigint, {rows} - 1) row;

insert into by_people select from_id, to_id, created_at, body from said;
insert into by_thread select thread_id, created_at, body from said;
insert into by_part select thread_id, created_at, body from said;
drop table said;
reset synchronous_commit;

set maintenance_work_mem = '1GB';
create index by_people_there on by_people (from_id, to_id, created_at);
create index by_people_back on by_people (to_id, from_id, created_at);
alter table by_thread add primary key (thread_id, created_at);
alter table by_part add primary key (thread_id, created_at);
create index by_row_thread on by_row (thread_id, created_at);
