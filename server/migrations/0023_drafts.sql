-- What somebody has begun to write in a thread: one of the options with which they keep it, so that it is on all of their devices.

alter table member add column draft text;
