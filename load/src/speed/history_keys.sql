-- The keys, and what the threads say of their last messages.

set maintenance_work_mem = '1GB';
alter table message
    add constraint message_pkey primary key (thread_id, created_at),
    add constraint message_message_id_key unique (thread_id, message_id);

update thread set last_seq = counted.last_seq, active_at = counted.active_at
from (select thread_id, (select seq from message where message.thread_id = thread.thread_id order by created_at desc limit 1) as last_seq,
        (select created_at from message where message.thread_id = thread.thread_id order by created_at desc limit 1) as active_at
    from thread where title like 'History%') counted
where thread.thread_id = counted.thread_id and counted.last_seq is not null;
