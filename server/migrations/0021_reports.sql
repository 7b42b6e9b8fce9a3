-- Messages that somebody brought to the administrator's attention, with what they said then: what is reported may be edited or deleted later.

create table report (
    thread_id uuid not null,
    message_id uuid not null,
    reporter_id uuid not null,
    reported_at timestamptz not null default now(),
    author_id uuid not null,
    body text not null,
    reason text not null,
    done_at timestamptz,
    constraint report_pkey primary key (thread_id, message_id, reporter_id),
    constraint report_reporter_id_fkey foreign key (reporter_id) references account (user_id),
    constraint report_author_id_fkey foreign key (author_id) references account (user_id)
);

create index report_open on report (reported_at) where done_at is null;
