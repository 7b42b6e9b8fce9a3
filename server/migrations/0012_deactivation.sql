-- Accounts that the administrator has closed. What they wrote stays, and so does who they were.
alter table account add column deactivated_at timestamptz;
