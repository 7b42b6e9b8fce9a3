-- Notes to self: a direct thread whose two people are one, so that nobody gets two of them.

alter table thread drop constraint thread_direct_check;
alter table thread add constraint thread_direct_check check ((kind = 'direct') = ((direct_low <= direct_high) is true));
