-- Who may ask somebody for a secret chat. It is all that the database knows of secret chats.
alter table account
    add column secret_from text not null default 'contacts',
    add constraint account_secret_from_check check (secret_from in ('contacts', 'everyone', 'nobody'));
