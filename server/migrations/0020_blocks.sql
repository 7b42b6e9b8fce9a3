-- Whoever blocks the other one of a direct thread gets nothing more from them there, and is not added to groups by them. It is one of their options
-- of that thread; the thread itself says that one of the two did, for the writer, which holds its row anyway.

alter table member add column is_blocked boolean not null default false;
alter table thread add column has_block boolean not null default false;

create index member_blocked on member (user_id) where is_blocked;
