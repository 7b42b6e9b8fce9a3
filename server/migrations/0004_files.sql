-- Files: what people upload to a thread and then send.

-- Like messages, files are asked for by thread, and every unique key starts with it. No foreign keys, for the same reason.
create table file (
    thread_id uuid not null,
    file_id uuid not null,
    -- What the bytes are stored under, with the thread's id before it. Another one for each attempt, so that none can touch what another has
    -- stored.
    object_id uuid not null,
    user_id uuid not null,
    -- The message that it was sent with.
    message_id uuid,
    name text not null,
    media_type text not null,
    size_bytes bigint not null,
    kind text not null,
    -- Of an image, upright.
    width integer,
    height integer,
    -- The media type of its smaller version, if it has one.
    thumbnail_type text,
    -- When it is to be removed: a day after its upload, unless it is sent; at once, when its message is deleted.
    expires_at timestamptz,
    constraint file_pkey primary key (thread_id, file_id),
    constraint file_kind_check check (kind in ('image', 'audio', 'video', 'other')),
    constraint file_image_check check ((kind = 'image') = (width is not null and height is not null))
);

create index file_expires_at on file (expires_at) where expires_at is not null;
create index file_message_id on file (thread_id, message_id) where message_id is not null;

-- What a message shows of its files, in their order, as JSON; null for nearly all messages. It never changes after sending, so it stands on the
-- message itself, and a page of messages stays one scan of one key.
alter table message add column files jsonb;
